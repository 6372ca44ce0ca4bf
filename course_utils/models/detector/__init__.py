"""The pieces of a two-stage detector, in TensorFlow: lesson 06 looks at one after the other.

`models.faster_rcnn` puts them together. Boxes are float32 x1 y1 x2 y2 in pixels, batches first.
Batches of true boxes are padded: their class is then -1, keras-cv's convention, and whatever their
corners are they have no area. What is not the lesson comes from keras-cv where it works.

References: Ren and others, Faster R-CNN (2015); He and others, Mask R-CNN (2017), for RoIAlign; Lin
and others, Feature pyramid networks (2017), for the fine maps from which RoIs are read.
"""

from importlib.util import find_spec

from course_utils.errors import CourseError

if find_spec("keras_cv") is None:
    raise CourseError(
        "The detector expected keras-cv, received a Python without it: run "
        "`pip install --no-deps keras-cv==0.9.0`, then restart the kernel."
    )
