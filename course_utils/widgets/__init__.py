"""Explorers: pictures that answer when a setting is changed, by hand or from code.

Each loads when it is first used: those that look into a network need Keras, the others do not.
"""

from importlib import import_module

_MODULES = {
    "AnchorExplorer": "anchor_explorer",
    "Attribution": "attribution",
    "ConvArithmetic": "conv_arithmetic",
    "ConvStepper": "conv_stepper",
    "DigitPad": "digit_pad",
    "DigitUpload": "digit_upload",
    "ErrorExplorer": "error_explorer",
    "FeatureVisualisation": "feature_visualisation",
    "FilterExplorer": "filter_explorer",
    "IoUPlayground": "iou_playground",
    "KernelLab": "kernel_lab",
    "KernelTraining": "kernel_training",
    "NMSStepper": "nms_stepper",
    "ProposalReplay": "proposal_replay",
    "ReceptiveField": "receptive_field",
    "RoIAlignLab": "roi_align_lab",
    "SegmentationViewer": "segmentation_viewer",
    "watching": "training",
}
__all__ = list(_MODULES)


def __getattr__(name):
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_MODULES])
