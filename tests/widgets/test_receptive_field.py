"""ReceptiveField against the arithmetic of lesson 02 and the probe; its places and refusals."""

import sys
from pathlib import Path

import keras
import live
import numpy as np
import pytest
from keras import layers

sys.path.append(str(Path(__file__).parents[1] / "probe"))
import zoo

from course_utils.by_hand.convolution import receptive_field
from course_utils.models.classifier import build_network
from course_utils.probe import receptive_box
from course_utils.widgets.receptive_field import ReceptiveField


def pictures(model, count=3):
    return np.random.default_rng(0).random((count, *model.input_shape[1:]), np.float32)


@pytest.fixture(scope="module")
def reader():
    keras.utils.set_random_seed(4)
    return ReceptiveField((model := build_network()), pictures(model))


@pytest.fixture
def field(reader):
    return reader.reset()


@pytest.mark.parametrize("make", zoo.MODELS, ids=lambda make: make.__name__)
def test_models_of_all_kinds_are_looked_into(make):
    keras.utils.set_random_seed(3)
    field = ReceptiveField((model := make()), pictures(model, 1))
    probe = field.probe
    field.live()
    for name, place in probe.convolutions.items():
        field.set(layer=name)
        state, here = field.state, (field.state.row, field.state.column)
        assert field.data.box == receptive_box(probe.steps, place, *here, field._sizes)
        gradient = probe.unit_gradient(field.images[0], name, *here, state.unit)
        np.testing.assert_allclose(field.data.slope, gradient.sum(axis=-1), atol=1e-6)
        np.testing.assert_array_equal(
            field.data.map, probe.look(field.images[0])[0][name][..., state.unit]
        )
        outside = np.ones(gradient.shape[:2], bool)
        top, left, bottom, right = field.data.box
        outside[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = False
        assert not field.data.strengths[outside].any()
        assert live.refusal(field) == "" and name in field.description
    assert field.draw(field.data, field.state).png()


def test_boxes_grow_as_the_formula_says(field):
    chain = [(5, 2), (3, 1), (2, 2), (3, 1)]
    expected = [receptive_field(chain[:count]) for count in range(1, 5)]
    names = ["convolution_1", "convolution_2", "pooling", "convolution_3"]
    assert field.state.layer == "convolution_3"
    assert [(one.name, one.size, one.jump) for one in field.data.growth] == [
        (name, (size, size), (jump, jump)) for name, (size, jump) in zip(names, expected)
    ]
    assert field.data.size == (expected[-1][0],) * 2 and "19 × 19" in live.readout(field)


def test_the_default_is_the_middle_and_none_means_it(field):
    assert (field.state.row, field.state.column) == (3, 3)
    field.set(row=0, column=0)
    assert (field.set(row=None).state.row, field.state.column) == (3, 0)
    assert field.data.inside == (19, 13)


def test_a_corner_reaches_into_the_padding(field):
    assert "padding" not in field.description and field.data.inside == field.data.size
    field.set(row=0, column=5)
    top, left, bottom, right = field.data.box
    assert top < 0 and right > 28
    assert field.data.inside == (bottom, 28 - left)
    assert "padding" in field.description and "reaches into the padding" in live.readout(field)
    field.set(layer="convolution_1", row=0, column=0)
    assert "padding" not in field.description


def test_margins_hold_every_box_of_the_layer(field):
    for layer in field.probe.convolutions:
        margins = field.set(layer=layer).data.margins
        for row, column in [(0, 0), (field.data.map.shape[0] - 1, field.data.map.shape[1] - 1)]:
            top, left, bottom, right = field.set(row=row, column=column).data.box
            assert field.data.margins == margins
            assert -top < margins[0] and -left < margins[1]
            assert bottom - 28 < margins[2] and right - 28 < margins[3]


def test_the_effective_field_is_the_fewest_pixels_that_carry_nine_tenths(field):
    field.set(layer="convolution_2")
    field.strongest()
    strengths, wanted = sorted(field.data.strengths.ravel(), reverse=True), field.data.effective
    assert sum(strengths[:wanted]) >= 0.9 * sum(strengths) * (1 - 1e-6)
    assert sum(strengths[: wanted - 1]) < 0.9 * sum(strengths)
    assert f"on {wanted} of 81 pixels" in live.readout(field)


def test_another_layer_looks_at_the_same_pixels(field):
    for start in [(0, 0), (5, 2), (3, 3)]:
        field.set(layer="convolution_3", row=start[0], column=start[1])
        top, left, bottom, right = field.data.box
        there = field.set(layer="convolution_1").data.box
        # A corner's box has its middle beyond what the first layer looks at: the edge is nearest.
        assert abs((there[0] + there[2]) - (top + bottom)) / 2 <= 3
        assert abs((there[1] + there[3]) - (left + right)) / 2 <= 3
        field.set(layer="convolution_3")
        assert (field.state.row, field.state.column) == start


def test_a_filter_that_the_next_layer_lacks_is_its_last(field):
    field.set(unit=60)
    assert field.set(layer="convolution_1").state.unit == 15
    with pytest.raises(ValueError, match="Expected unit from 0 to 15"):
        field.set(unit=16)


# --- units that are off --------------------------------------------------------------------------


@pytest.fixture
def half_off():
    """A network whose first filter is off everywhere, the second only in the lower half."""
    model = keras.Sequential([
        keras.Input((12, 12, 1)), layers.Conv2D(2, 3, activation="relu", name="c")
    ])  # fmt: skip
    model.layers[0].set_weights([np.ones((3, 3, 1, 2)), np.array([-100.0, -4.5])])
    picture = np.zeros((1, 12, 12, 1))
    picture[:, :6] = 0.9
    picture[0, 2, 3] = 1.0
    return ReceptiveField(model, picture)


def test_a_unit_that_is_off_is_told_and_not_drawn_empty(half_off):
    half_off.live()
    half_off.set(unit=1, row=9, column=9)
    assert half_off.data.off and half_off.data.effective == 0
    assert "This unit is off on this picture" in live.readout(half_off)
    gradient = half_off.views(half_off.data, half_off.state)["gradient"]
    assert "press Strongest place" in gradient and "<img" not in gradient
    assert half_off.draw(half_off.data, half_off.state).png()
    live.press(half_off, "Strongest place")
    assert not half_off.data.off and half_off.data.effective == 9
    assert half_off.data.map[half_off.state.row, half_off.state.column] == half_off.data.map.max()
    assert "off" not in live.readout(half_off)


def test_a_filter_that_is_off_everywhere_has_no_strongest_place(half_off):
    before = half_off.state
    with pytest.raises(ValueError, match=r"^Expected a filter .* Received filter 0 of c"):
        half_off.strongest()
    live.press(half_off, "Strongest place")
    assert "off at every place" in live.refusal(half_off) and half_off.state is before


def test_without_an_activation_values_below_zero_have_a_strongest_place(half_off):
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(1, 3, name="c")])
    model.layers[0].set_weights([-np.ones((3, 3, 1, 1)), np.array([-1.0])])
    field = ReceptiveField(model, pictures(model))
    field.strongest()
    assert field.data.map[field.state.row, field.state.column] == field.data.map.max() < 0


# --- by hand -------------------------------------------------------------------------------------


def test_pointing_at_the_feature_map_chooses_its_unit(field):
    for x, y, place in [(0.0, 0.0, (0, 0)), (1.0, 1.0, (5, 5)), (0.6, 0.2, (1, 3))]:
        field.picked("map", x, y)
        assert (field.state.row, field.state.column) == place


def test_pointing_at_the_picture_chooses_the_unit_that_looks_there(field):
    margins = field.data.margins
    size = 28 + margins[0] + margins[2]
    for row, column in [(0, 0), (2, 4), (5, 5)]:
        top, left, bottom, right = field.set(row=row, column=column).data.box
        y, x = ((a + b) / 2 + margins[0] for a, b in ((top, bottom), (left, right)))
        field.set(row=1, column=1)
        field.picked("picture", x / size, y / size)
        assert (field.state.row, field.state.column) == (row, column)


def test_fields_follow_the_layer(field):
    field.live()
    live.find(field, "Layer").value = "convolution_1"
    assert live.find(field, "Row").max == live.find(field, "Column").max == 11
    assert live.find(field, "Filter").max == 15 and live.find(field, "Picture").max == 2
    live.find(field, "Row").value = 11
    live.find(field, "Layer").value = "convolution_3"
    assert live.find(field, "Row").max == 5 and live.refusal(field) == ""
    live.find(field, "Picture").value = 2
    np.testing.assert_array_equal(field.data.picture, field.images[2, ..., 0])


def test_long_networks_have_a_short_table():
    model = keras.Sequential([keras.Input((40, 40, 1))])
    for number in range(20):
        model.add(layers.Conv2D(1, 3, padding="same", name=f"layer_{number}"))
    field = ReceptiveField(model, pictures(model, 1))
    field.live()
    assert field.data.size == (41, 41)
    assert "layer_2 7 × 7, …, layer_13" in field.description
    assert field.views(field.data, field.state)["growth"].count("<tr>") == 12
    assert field.draw(field.data, field.state).png()


def test_layers_at_which_nothing_grows_are_left_out_but_the_last():
    model = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(2, 3, name="one")])
    model.add(layers.Conv2D(2, 1, name="two"))
    model.add(layers.Conv2D(2, 1, name="three"))
    field = ReceptiveField(model, pictures(model, 1))
    assert field.description.endswith("layer by layer: one 3 × 3, three 3 × 3.")
    assert [one.name for one in field.data.growth] == ["one", "two", "three"]


def test_a_unit_that_sees_padding_alone_is_off():
    model = keras.Sequential([
        keras.Input((8, 8, 1)), layers.ZeroPadding2D(5), layers.Conv2D(1, 3, name="c")
    ])  # fmt: skip
    field = ReceptiveField(model, pictures(model, 1), row=0, column=15)
    field.live()
    assert field.data.off and field.data.inside == (0, 0) and field.data.box == (-5, 10, -2, 13)
    assert "0 × 0 of them in the picture" in live.readout(field)
    assert field.draw(field.data, field.state).png()


# --- refusals ------------------------------------------------------------------------------------


IMPOSSIBLE = {
    "unknown layer": dict(layer="dense"), "no layer": dict(layer=None), "list": dict(layer=["c"]),
    "picture beyond": dict(picture=3), "picture below": dict(picture=-1), "half": dict(picture=0.5),
    "unit beyond": dict(unit=64), "unit True": dict(unit=True), "unit None": dict(unit=None),
    "row beyond": dict(row=6), "row below": dict(row=-1), "row text": dict(row="two"),
    "column NaN": dict(column=np.nan), "column beyond": dict(column=6),
    "row of another layer": dict(layer="convolution_3", row=11), "unit array": dict(unit=[1]),
}  # fmt: skip


@pytest.mark.parametrize("changes", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_is_refused_and_nothing_moves(field, changes):
    before, data = field.state, field.data
    with pytest.raises(ValueError, match=r"^Expected .* Received .*\.$"):
        field.set(**changes)
    assert field.state is before and field.data is data


def test_a_layer_that_does_not_exist_is_told_with_those_that_do(field):
    sentence = "one of convolution_1, convolution_2, convolution_3. Received 'dense'"
    with pytest.raises(ValueError, match=sentence):
        field.set(layer="dense")
    with pytest.raises(ValueError, match=sentence):
        ReceptiveField(field.probe.model, field.images, "dense")


BAD_IMAGES = {
    "another size": np.zeros((2, 20, 20, 1)), "one row": np.zeros(28),
    "none": np.zeros((0, 28, 28, 1)), "text": "digits", "NaN": np.full((1, 28, 28, 1), np.nan),
    "infinite": np.full((1, 28, 28, 1), np.inf), "None": None, "ragged": [[1, 2], [3]],
}  # fmt: skip


@pytest.mark.parametrize("images", BAD_IMAGES.values(), ids=BAD_IMAGES)
def test_images_that_cannot_be_are_refused(field, images):
    with pytest.raises(ValueError, match=r"^Expected .*\. ?Received .*\.$"):
        ReceptiveField(field.probe.model, images)


def test_a_network_of_nans_is_told():
    model = zoo.sequential()
    model.get_layer("a").set_weights([w * np.nan for w in model.get_layer("a").get_weights()])
    with pytest.raises(ValueError, match="NaN or infinity in 'c': its training went wrong"):
        ReceptiveField(model, pictures(model))


def test_what_was_handed_over_may_change_afterwards():
    model = zoo.sequential()
    images = pictures(model)
    field = ReceptiveField(model, images)
    images[:] = 0
    assert field.images.max() > 0.9 and not field.images.flags.writeable


def test_what_the_network_learns_afterwards_is_seen():
    model = zoo.sequential()
    field = ReceptiveField(model, pictures(model), "a")
    model.get_layer("a").set_weights([0 * w + 2 for w in model.get_layer("a").get_weights()])
    field.set(unit=1)
    np.testing.assert_allclose(field.data.strengths.max(), 2)


@pytest.mark.parametrize("cut", [np.s_[..., 0], np.s_[:1, ..., 0], np.s_[0]])
def test_grey_pictures_need_no_channel_axis_and_one_is_enough(field, cut):
    images = field.images[cut]
    other = ReceptiveField(field.probe.model, images)
    np.testing.assert_array_equal(other.images, field.images[: len(other.images)])
