"""What SegmentationViewer shows: layers over the image, bars at a pixel, a table of IoUs."""

import zlib
from html import escape

from course_utils.draw.error_sheet import part
from course_utils.draw.mask_layers import (
    CLEAR,
    class_layer,
    class_palette,
    error_layer,
    error_palette,
)
from course_utils.draw.masks import ERRORS, TRUE_LINE
from course_utils.draw.probabilities import share
from course_utils.draw.style import BLUE, ORANGE
from course_utils.widgets import html, overlay

SHOWN = 320  # pixels on screen along the longer side
SHARPEST = 2 * SHOWN  # pixels of a mask along it that are sent
BAR = 110  # pixels of a probability of 1
FRAME = 12  # pixels of the frame around the chosen pixel, at least
GREYED = "filter:grayscale(1) contrast(0.5) brightness(0.85)"  # about `draw.heat.greyed`
CHOSEN = f"font-weight:bold;background:{ORANGE}44"
OUTLINE = "border:1px solid #000"
FILL = "position:absolute;left:0;top:0;width:100%;height:100%"


def ground_name(pixels):
    """Return the CSS class of an image: another one for each image on a page."""
    return f"ground-{zlib.crc32(pixels.tobytes()):08x}"


def ground(pixels):
    """Return the image as a rule of CSS. It is sent once; then layers move above it.

    With the image in it, each change of a layer would be ten times as large.
    """
    source = html.address_of(pixels)
    if len(source) >= overlay.HEAVY:
        source = html.address_of(overlay.reduced(pixels), photograph=True)
    smooth = "auto" if max(pixels.shape) > SHOWN else "pixelated"
    rule = f"background:url({source}) 0 0 / 100% 100%;image-rendering:{smooth}"
    return f"<style>.course-view .{ground_name(pixels)}{{{rule}}}</style>"


def zoom_of(size):
    """Return how often each pixel of a mask is repeated."""
    return max(SHOWN // max(size), 1)


def classes_over(viewer, mask, state, words):
    """Return the classes of a mask over the image."""
    layer = class_layer(_thinned(mask), zoom_of(mask.shape))
    return _over(viewer, layer, class_palette(), state, words)


def errors_over(viewer, data, state, words):
    """Return the errors over a grey copy of the image."""
    layer = error_layer(_thinned(viewer.truth), _thinned(data.kinds), zoom_of(data.kinds.shape))
    return _over(viewer, layer, error_palette(), state, words, GREYED)


def errors(data):
    """Return what the colours of the error map mean, with the count of each kind."""
    lines = [
        (_error_swatch(entry), f"{data.counts[kind]:,}", escape(entry.text))
        for kind, entry in ERRORS.items()
    ]
    line = overlay.swatch(f"background:#fff;{OUTLINE}")
    return overlay.rows([*lines, (line, "", escape(TRUE_LINE.text))])


def _error_swatch(entry):
    """Return a patch in the colour of a kind of error, with stripes where it has them."""
    stripes = f"repeating-linear-gradient(135deg,#000 0 2px,{entry.colour} 2px 6px)"
    return overlay.swatch(f"background:{stripes if entry.hatch else entry.colour};{OUTLINE}")


def _thinned(mask):
    """Return a mask without more pixels than can be seen."""
    apart = -(-max(mask.shape) // SHARPEST)
    return mask[::apart, ::apart]


def _over(viewer, layer, palette, state, words, filtered=""):
    width = min(layer.shape[1], round(SHOWN * layer.shape[1] / max(layer.shape))) or 1
    picture = html.image(layer, words, width, palette=palette, clear=layer == CLEAR)
    return (
        f'<div data-pick="pixel" style="position:relative;width:{width}px;max-width:100%">'
        f'<i class="{ground_name(viewer.image)}" style="{FILL};{filtered}"></i>'
        f'<div style="position:relative;opacity:{state.opacity:.10g}">{picture}</div>'
        f"{_frame(state, viewer.truth.shape)}</div>"
    )


def _frame(state, size):
    """Return a frame around the chosen pixel, black and white, to be seen on every colour."""
    (top, high), (left, wide) = (
        (100 * place / side, 100 / side) for place, side in zip((state.row, state.column), size)
    )
    return (
        f'<i style="position:absolute;left:{left + wide / 2:.3f}%;top:{top + high / 2:.3f}%;'
        f"width:max({wide:.3f}%,{FRAME}px);height:max({high:.3f}%,{FRAME}px);"
        "transform:translate(-50%,-50%);box-sizing:border-box;pointer-events:none;"
        'border:2px solid #fff;outline:2px solid #000"></i>'
    )


def pixel(data, classes):
    """Return the probabilities of the classes at the chosen pixel as bars with their numbers."""
    swatches = _swatches(len(classes))
    lines = []
    for place, name in enumerate(classes):
        marks = [word for word, at in (("said", data.said), ("truth", data.true)) if at == place]
        bar = () if data.chances is None else (_bar(data.chances[place], place == data.said),)
        cells = (swatches[place] + escape(name), *bar, ", ".join(marks))
        lines.append([f"<b>{cell}</b>" if place == data.said else cell for cell in cells])
    note = "A mask has no probabilities." if data.chances is None else ""
    return overlay.rows(lines) + note


def _bar(chance, is_largest):
    """Return a probability as a bar and a number."""
    colour = ORANGE if is_largest else BLUE
    bar = f"display:inline-block;width:{BAR * chance:.1f}px;height:11px;background:{colour}"
    return (
        f'<span style="display:inline-block;width:{BAR}px;margin-right:6px">'
        f'<span style="{bar}"></span></span>{share(chance).replace("<", "&lt;")}'
    )


def _swatches(count):
    """Return a patch in the colour of each class; the background is clear."""
    colours = class_palette()[1:count].tolist()
    faces = [f"background:rgb({red},{green},{blue})" for red, green, blue in colours]
    clear = overlay.swatch("border:1px dashed currentColor")
    return [clear, *(overlay.swatch(f"{face};{OUTLINE}") for face in faces)]


def table(viewer, chosen):
    """Return the IoU of each class (rows) by each prediction (columns), the means below.

    Pointing at a column chooses its prediction.
    """
    names = list(viewer.masks)
    swatches = _swatches(len(viewer.classes))
    heads = [swatch + escape(name) for swatch, name in zip(swatches, viewer.classes)]
    columns = [(place, name == chosen) for place, name in enumerate(names)]
    lines = [_line("class", [escape(name) for name in names], columns, "th")]
    for head, values in zip([*heads, "mean"], [*viewer.overlaps, viewer.means]):
        lines.append(_line(head, [part(value) for value in values], columns, "td"))
    return (
        f'<div style="overflow:auto;max-width:100%"><table class="words">{"".join(lines)}</table>'
        "</div>"
    )


def _line(head, texts, columns, tag):
    """Return a row of the table; what is in the chosen column stands out."""
    scope = "col" if tag == "th" else "row"
    cells = "".join(
        f'<{tag} data-pick="column {place}" style="text-align:right;{CHOSEN * is_chosen}">{text}'
        f"</{tag}>"
        for text, (place, is_chosen) in zip(texts, columns)
    )
    return f'<tr><th scope="{scope}">{head}</th>{cells}</tr>'
