"""Scenes that were never made: moved, enlarged and lit by chance, their boxes with them.

Nothing is mirrored: a mirrored 3 is no digit.
"""

import tensorflow as tf

SMALLEST = 0.8  # share of a scene's side that the window keeps
VISIBLE = 0.5  # share of a box's area that must be left for its object to count
CONTRAST, BRIGHTNESS = 0.2, 0.1


def augmented(scenes, seed):
    """Return a Dataset whose scenes are zoomed and lit anew in each epoch.

    Args:
        scenes: tf.data.Dataset of (image, objects), as `parse` returns them.
        seed: a whole number.
    """
    chances = tf.data.Dataset.random(seed, rerandomize_each_iteration=True).batch(2)

    def change(scene, chance):
        image, objects = zoomed(*scene, chance)
        return lit(image, chance), objects

    return tf.data.Dataset.zip((scenes, chances)).map(change, num_parallel_calls=tf.data.AUTOTUNE)


def zoomed(image, objects, chance):
    """Cut a window out of a scene, enlarge it to the scene's size, and take the boxes along.

    Args:
        image: (height, width, 3) float32.
        objects: {"boxes": (n, 4) float32, "classes": (n,) int64}.
        chance: (2,) int64, the seed.
    """
    size = tf.cast(tf.shape(image)[:2], tf.float32)
    corner, sides = window_in(size, chance)
    (top, left), (height, width) = (tf.unstack(tf.cast(n, tf.int32)) for n in (corner, sides))
    part = image[top : top + height, left : left + width]
    enlarged = tf.ensure_shape(tf.image.resize(part, tf.shape(image)[:2]), image.shape)
    origin, zoom = (tf.tile(each[::-1], [2]) for each in (corner, size / sides))  # y x to x y x y
    return enlarged, still_visible((objects["boxes"] - origin) * zoom, objects["classes"], size)


def window_in(size, chance):
    """Return the corner and the sides of a random window, in whole pixels: two (2,), y before x."""
    random = tf.random.stateless_uniform((3,), chance)
    sides = tf.round(size * (SMALLEST + random[0] * (1 - SMALLEST)))
    return tf.round((size - sides) * random[1:]), sides


def still_visible(boxes, classes, size):
    """Clip boxes to the image, and drop objects that are mostly outside.

    Args:
        boxes: (n, 4) float32, x1 y1 x2 y2 in pixels.
        classes: (n,) int64.
        size: (2,) float32, height and width.
    """
    inside = tf.clip_by_value(boxes, 0.0, tf.tile(size[::-1], [2]))
    areas = [tf.reduce_prod(each[:, 2:] - each[:, :2], axis=1) for each in (inside, boxes)]
    kept = areas[0] >= VISIBLE * areas[1]
    return {"boxes": inside[kept], "classes": classes[kept]}


def lit(image, chance):
    """Return an image with another contrast and brightness, still in 0…1."""
    contrast, brightness = tf.unstack(tf.random.stateless_uniform((2,), chance + 1, -1, 1))
    changed = (image - 0.5) * (1 + CONTRAST * contrast) + 0.5 + BRIGHTNESS * brightness
    return tf.clip_by_value(changed, 0.0, 1.0)
