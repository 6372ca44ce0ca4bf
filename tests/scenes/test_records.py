"""Records: what was written comes back, broken files are named, and boxes move with the image."""

import dataclasses
import json

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import scenes
from course_utils.errors import CourseError
from course_utils.scenes import augmenting, painting, records


@pytest.fixture(scope="module")
def made():
    return scenes.digit_scenes(20, 1, empty=0.2)


@pytest.fixture
def path(made, tmp_path):
    """Return the path of a file with 20 scenes."""
    path = tmp_path / "some.digits.tfrecord"
    scenes.write_records(path, made)
    return path


def everything(dataset):
    """Return the images of all batches and, a scene each, the boxes and classes without padding."""
    images, boxes, classes = [], [], []
    for batch, objects in dataset.as_numpy_iterator():
        images.extend(batch)
        for each, labels in zip(objects["boxes"], objects["classes"]):
            boxes.append(each[labels >= 0])
            classes.append(labels[labels >= 0])
    return np.stack(images), boxes, classes


# There and back


@pytest.mark.parametrize("batch", [1, 7, 20, 50])
def test_what_was_written_is_read(made, path, batch):
    images, boxes, classes = everything(scenes.read_records(path, batch))
    assert images.dtype == np.float32
    assert np.array_equal(images, made.images.astype(np.float32) / 255)
    assert all(map(np.array_equal, boxes, made.boxes))
    assert all(map(np.array_equal, classes, made.labels))


def test_shapes_are_known_before_anything_is_read(path):
    images, objects = scenes.read_records(path, 4, seed=1, augment=True).element_spec
    assert images.shape == (None, 80, 80, 3) and images.dtype == tf.float32
    assert objects["boxes"].shape == (None, None, 4) and objects["boxes"].dtype == tf.float32
    assert objects["classes"].shape == (None, None) and objects["classes"].dtype == tf.int64


def test_padding_is_minus_one_as_keras_cv_has_it(made, path):
    keras_cv = pytest.importorskip("keras_cv")
    _, objects = next(iter(scenes.read_records(path, 20)))
    ragged = {"boxes": tf.ragged.stack(made.boxes), "classes": tf.ragged.stack(made.labels)}
    dense = keras_cv.bounding_box.to_dense(ragged)
    assert np.array_equal(objects["boxes"], dense["boxes"])
    assert np.array_equal(objects["classes"], dense["classes"])


def test_a_batch_without_any_object_is_a_batch(tmp_path):
    path = tmp_path / "none.tfrecord"
    scenes.write_records(path, scenes.digit_scenes(3, 1, empty=1.0))
    for augment in (False, True):
        images, objects = next(iter(scenes.read_records(path, 3, seed=1, augment=augment)))
        assert images.shape == (3, 80, 80, 3)
        assert objects["boxes"].shape == (3, 0, 4) and objects["classes"].shape == (3, 0)


def test_other_sizes_and_classes_travel_too(tmp_path):
    path = tmp_path / "garments"
    made = scenes.garment_scenes(4, 1, size=96)
    scenes.write_records(path, made)
    images, boxes, _ = everything(scenes.read_records(path, 4))
    assert images.shape == (4, 96, 96, 3) and all(map(np.array_equal, boxes, made.boxes))
    about = {"classes": list(made.classes), "scenes": 4, "size": [96, 96]}
    assert records.read_label_map(path) == about
    assert json.loads((tmp_path / "garments.json").read_text("utf-8")) == about


def test_a_second_writing_replaces_the_first(made, path):
    scenes.write_records(path, scenes.digit_scenes(2, 3))
    assert len(everything(scenes.read_records(path, 4))[0]) == 2


def test_a_seed_shuffles_anew_in_each_epoch_and_the_same_again(made, path):
    dataset = scenes.read_records(path, 20, seed=5)
    first, second = everything(dataset)[0], everything(dataset)[0]
    assert not np.array_equal(first, second)
    expected = {each.tobytes() for each in made.images.astype(np.float32) / 255}
    assert {each.tobytes() for each in first} == {each.tobytes() for each in second} == expected
    again = everything(scenes.read_records(path, 20, seed=5))[0]
    assert np.array_equal(first, again)


# What cannot be written


def with_object(made, number, box=None, label=None):
    """Return scenes in which the first object of a scene has another box or label."""
    boxes = [each.copy() for each in made.boxes]
    labels = [each.copy() for each in made.labels]
    if box is not None:
        boxes[number][0] = box
    if label is not None:
        labels[number][0] = label
    return dataclasses.replace(made, boxes=boxes, labels=labels)


def busy(made):
    """Return the number of the last scene with an object."""
    return max(number for number, each in enumerate(made.boxes) if len(each))


IMPOSSIBLE = [
    (-1, 0, 5, 5), (0, -0.5, 5, 5), (70, 70, 80.5, 80), (70, 70, 80, 81), (9, 3, 5, 5),
    (3, 9, 5, 5), (5, 5, 5, 9), (np.nan, 0, 5, 5), (0, 0, 5, np.inf),
]  # fmt: skip


@pytest.mark.parametrize("box", IMPOSSIBLE, ids=str)
def test_an_impossible_box_is_named(made, tmp_path, box):
    number = busy(made)
    with pytest.raises(ValueError, match=rf"box 0 at \[.*\] in scene {number}: ") as caught:
        scenes.write_records(tmp_path / "a", with_object(made, number, box=box))
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("label", [-1, 10, 2**40])
def test_an_impossible_label_is_named(made, tmp_path, label):
    number = busy(made)
    with pytest.raises(ValueError, match=f"label {label} of 10 classes in scene {number}: "):
        scenes.write_records(tmp_path / "a", with_object(made, number, label=label))


@pytest.mark.parametrize(
    "change",
    [
        lambda made: {"images": made.images / 255},
        lambda made: {"images": made.images[..., 0]},
        lambda made: {"images": made.images[..., :1]},
        lambda made: {"boxes": made.boxes[:-1]},
        lambda made: {"labels": made.labels + made.labels},
        lambda made: {"boxes": [each[:, :3] for each in made.boxes]},
        lambda made: {"boxes": [each[:-1] for each in made.boxes]},
        lambda made: {"labels": [each.astype(float) for each in made.labels]},
        lambda made: {"labels": [each[:, np.newaxis] for each in made.labels]},
    ],
)
def test_what_are_no_scenes_get_a_sentence(made, tmp_path, change):
    with pytest.raises(ValueError, match=r"^Expected .*\. Received .*: [^\n]*\.$"):
        scenes.write_records(tmp_path / "a", dataclasses.replace(made, **change(made)))
    assert not list(tmp_path.iterdir())


# Broken files


def refuse(path, said):
    """Assert that reading fails with one sentence that names the file and says this."""
    with pytest.raises(CourseError) as caught:
        scenes.read_records(path, 4)
    sentence = str(caught.value)
    assert said in sentence and path.stem in sentence
    assert sentence.startswith("Expected ") and "Received " in sentence
    assert "\n" not in sentence


def test_a_missing_file_or_label_map_is_named(path):
    path.rename(path.with_name("other"))
    refuse(path, "no such file")
    records.label_map_path(path).unlink()
    refuse(path, "label map")


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "null", '{"classes": ["a"]}',
        '{"classes": 3, "scenes": 20, "size": [80, 80]}',
        '{"classes": ["a"], "scenes": "many", "size": [80, 80]}',
        '{"classes": ["a"], "scenes": 20, "size": 80}',
        '{"classes": ["a"], "scenes": 20, "size": [80]}',
    ],
)  # fmt: skip
def test_what_is_no_label_map_is_refused(path, text):
    records.label_map_path(path).write_text(text, encoding="utf-8")
    refuse(path, "something else")


@pytest.mark.parametrize("left", [0.5, 0.99])
def test_a_file_cut_short_is_refused(path, left):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * left)])
    refuse(path, "damaged after record " + ("19" if left == 0.99 else ""))


def test_an_empty_file_is_refused(path):
    path.write_bytes(b"")
    refuse(path, "0 of 20 records")


def test_a_file_that_ends_between_two_records_is_refused(made, path):
    first = records.to_record(made.images[0], made.boxes[0], made.labels[0])
    rewrite(path, [first])
    refuse(path, "1 of 20 records")


def test_a_changed_bit_is_noticed(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    refuse(path, "damaged after record")


def test_a_folder_is_no_file_of_records(tmp_path, path):
    path.unlink()
    path.mkdir()
    refuse(path, "cannot be read")


def rewrite(path, contents):
    with tf.io.TFRecordWriter(str(path)) as writer:
        for content in contents:
            writer.write(content)


def example(**fields):
    """Return a record with these fields, whatever they are."""
    feature = {}
    for name, values in fields.items():
        kinds = {bytes: "bytes_list", float: "float_list", int: "int64_list"}
        lists = {bytes: tf.train.BytesList, float: tf.train.FloatList, int: tf.train.Int64List}
        kind = type(values[0]) if values else float
        feature[name] = tf.train.Feature(**{kinds[kind]: lists[kind](value=values)})
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


PICTURE = [tf.io.encode_png(np.zeros((80, 80, 3), np.uint8)).numpy()]
SMALLER = [tf.io.encode_png(np.zeros((80, 79, 3), np.uint8)).numpy()]
BOX = [1.0, 2.0, 3.0, 4.0]
BAD_RECORDS = {
    "bytes that are no": b"\xff\xff no example",
    "no PNG": example(boxes=BOX, labels=[1]),
    "no PNG in": example(image=[b"GIF89a"], boxes=BOX, labels=[1]),
    "no PNG in its field": example(image=[PICTURE[0][:20]], boxes=BOX, labels=[1]),
    "80 × 79 pixels": example(image=SMALLER, boxes=BOX, labels=[1]),
    "4 numbers of boxes for 0 labels": example(image=PICTURE, boxes=BOX, labels=[]),
    "3 numbers of boxes for 1 labels": example(image=PICTURE, boxes=BOX[:3], labels=[1]),
    "0 numbers of boxes for 1 labels": example(image=PICTURE, labels=[1]),
    "label 10 of 10": example(image=PICTURE, boxes=BOX, labels=[10]),
    "box 1 at [1.0, 2.0, 3.0, 80.5]": example(
        image=PICTURE, boxes=[*BOX, 1.0, 2.0, 3.0, 80.5], labels=[1, 1]
    ),
    "box 0 at [nan, 2.0": example(image=PICTURE, boxes=[float("nan"), *BOX[1:]], labels=[1]),
}


@pytest.mark.parametrize("said", BAD_RECORDS)
def test_a_bad_record_is_named_by_its_number(path, said):
    rewrite(path, [example(image=PICTURE, boxes=BOX, labels=[1])] * 2 + [BAD_RECORDS[said]])
    refuse(path, f"record 3 with {said}" if " at " in said or "label" in said else said)
    refuse(path, "record 3 ")


@pytest.mark.parametrize("seed", [None, -1, 1.5, "a"])
def test_augmenting_needs_a_seed(path, seed):
    with pytest.raises(ValueError, match="Expected seed as a whole number .* Received"):
        scenes.read_records(path, 4, seed=seed, augment=True)


@pytest.mark.parametrize("batch", [0, -1, 2.5, None, True])
def test_a_batch_has_at_least_one_scene(path, batch):
    with pytest.raises(ValueError, match="Expected batch as a whole number"):
        scenes.read_records(path, batch)


# Augmenting


def test_an_augmented_set_is_new_in_each_epoch_and_the_same_again(path):
    dataset = scenes.read_records(path, 20, seed=5, augment=True)
    (first, boxes, _), (second, _, _) = everything(dataset), everything(dataset)
    assert not np.allclose(first, second)
    again, same_boxes, _ = everything(scenes.read_records(path, 20, seed=5, augment=True))
    assert np.array_equal(first, again) and all(map(np.array_equal, boxes, same_boxes))
    inside = np.concatenate(boxes)
    assert first.min() >= 0 and first.max() <= 1
    assert inside.min() >= 0 and inside.max() <= 80 and (inside[:, 2:] > inside[:, :2]).all()


@settings(max_examples=30)
@given(st.integers(0, 2**31), st.integers(0, 40), st.integers(0, 40))
def test_a_box_stays_around_its_object(seed, left, top):
    """A white rectangle on black: where it is afterwards, the image itself says."""
    image = np.zeros((60, 80, 3), np.float32)
    image[top : top + 20, left : left + 30] = 1
    boxes = np.array([[left, top, left + 30, top + 20]], np.float32)
    objects = {"boxes": tf.constant(boxes), "classes": tf.constant([4], tf.int64)}
    moved, found = augmenting.zoomed(tf.constant(image), objects, tf.constant([seed, 1], tf.int64))
    assert moved.shape == image.shape
    if found["classes"].shape[0]:
        seen = painting.extent(moved.numpy()[..., 0] > 0.5)
        np.testing.assert_allclose(found["boxes"][0], seen, atol=0.51)


def test_an_object_mostly_outside_is_dropped_and_the_others_keep_their_class():
    boxes = tf.constant([[-6.0, 0, 4, 10], [-5, 0, 5, 10], [70, 70, 90, 75], [1, 2, 3, 4]])
    classes = tf.constant([1, 2, 3, 4], tf.int64)
    kept = augmenting.still_visible(boxes, classes, tf.constant([80.0, 80.0]))
    assert kept["classes"].numpy().tolist() == [2, 3, 4]
    assert kept["boxes"].numpy().tolist() == [[0, 0, 5, 10], [70, 70, 80, 75], [1, 2, 3, 4]]


def test_objects_outside_far_away_never_come_back():
    boxes = tf.constant([[-30.0, -20, -10, -5], [90, 90, 95, 99]])
    kept = augmenting.still_visible(boxes, tf.zeros(2, tf.int64), tf.constant([80.0, 80.0]))
    assert kept["boxes"].shape == (0, 4)


def test_light_changes_and_stays_in_range():
    image = tf.constant(np.linspace(0, 1, 300).reshape(10, 10, 3), tf.float32)
    lights = [augmenting.lit(image, tf.constant([n, 2], tf.int64)).numpy() for n in range(30)]
    means = [each.mean() for each in lights]
    assert min(means) < 0.45 and max(means) > 0.55
    assert min(each.min() for each in lights) >= 0 and max(each.max() for each in lights) <= 1
    for each in lights:
        assert (np.diff(each.ravel()) >= 0).all(), "no value overtakes another"
