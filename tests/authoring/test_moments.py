"""What stood after a cell can be put back: data, networks, chance, and nothing else changed."""

import dataclasses
import random

import numpy as np
import pytest

from course_utils.authoring.moments import (
    Recorder,
    copied,
    is_as_left,
    put_back,
    same,
    set_chance,
    take_copies,
)


@pytest.fixture
def names():
    return {"In": [], "Out": {}, "_": 1, "_i3": "typed"}


def recorded(names, *cells):
    """Run functions of the names as cells; return the Moment of each."""
    recorder, moments = Recorder(names), []
    for cell in cells:
        recorder.before()
        cell(names)
        moments.append(recorder.after())
    return moments


def test_data_come_back_as_they_were_after_each_cell(names):
    first, second, third = recorded(
        names,
        lambda n: n.update(a=np.zeros(3), rows=[np.ones(2)], text="x", nan=np.array([np.nan])),
        lambda n: n["rows"].append(n["a"] + 1),
        lambda n: n["a"].fill(7),
    )
    assert [one.changed for one in (first, second, third)] == [
        {"a", "rows", "text", "nan"}, {"rows"}, {"a"},
    ]  # fmt: skip
    again = {}
    assert put_back([first, second], again) == {"a", "rows", "text", "nan"}
    take_copies({"a", "rows", "none of them"}, again)
    assert again["a"].tolist() == [0, 0, 0] and len(again["rows"]) == 2 and again["text"] == "x"
    again["a"][0] = 5
    again["rows"].clear()
    put_back([first, second, third], again)
    assert again["a"].tolist() == [7, 7, 7] and len(again["rows"]) == 2


def test_what_ipython_keeps_for_itself_is_no_name_of_a_lesson(names):
    (moment,) = recorded(names, lambda n: n.update(_=2, _i4="", Out={1: 2}, _helper=3))
    assert moment.changed == {"_helper"}


def test_other_objects_stay_themselves(names):
    class Explorer:
        pass

    (moment,) = recorded(names, lambda n: n.update(one=Explorer(), several=[Explorer()]))
    again = {}
    put_back([moment], again)
    assert again["one"] is names["one"] and again["several"][0] is names["several"][0]
    assert again["several"] is not names["several"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1], (1,)), ([1], [1, 2]), ({"a": [1]}, {"a": [2]}), ({"a": 1}, {"b": 1}), ({1}, {2}),
        (np.zeros(2), np.zeros((2, 1))), (np.zeros(2), np.zeros(2, "f4")),
        (np.zeros(2), np.ones(2)), ([np.zeros(2)], [np.ones(2)]), (object(), object()),
        (np.array(["a"]), np.array(["b"])),
    ],
)  # fmt: skip
def test_what_is_not_the_same(one, other):
    assert not same(one, other)
    for each in (one, other):
        assert same(each, copied(each))


@dataclasses.dataclass(frozen=True)
class Scene:
    image: np.ndarray
    name: str = "one"


@pytest.mark.parametrize(
    ("value", "again", "other"),
    [
        (np.array([0.5, np.nan]), np.array([0.5, np.nan]), np.array([0.5, 1])),
        (0.5, 0.5, 0.25), (np.float32(1), np.float32(1), np.float64(1)), (True, True, 1),
        (float("nan"), float("nan"), 0.0), ("text", "text", "other"), (None, None, 0),
        ([np.ones(2), {"a": 2}], [np.ones(2), {"a": 2}], [np.ones(2), {"a": 3}]),
        (Scene(np.ones(2)), Scene(np.ones(2)), Scene(np.zeros(2))),
        (Scene(np.ones(2)), Scene(np.ones(2)), Scene(np.ones(2), "two")),
        (np.zeros((0, 4)), np.zeros((0, 4)), np.zeros((0, 2))),
        (np.ones((2, 3)), np.ones((3, 2)).T, np.ones((3, 2))),
    ],
)  # fmt: skip
def test_data_is_as_left_where_it_has_the_same_content(names, value, again, other):
    moments = recorded(names, lambda n: n.update(x=value), lambda n: n.update(y=1))
    assert is_as_left(again, "x", moments)
    assert not is_as_left(other, "x", moments)
    assert not is_as_left(again, "y", moments)


@pytest.mark.parametrize(
    "value", [print, lambda: 1, object(), [object()], Scene, Scene(print), np.array([print])]
)
def test_of_what_is_no_data_nobody_knows_whether_it_is_as_left(names, value):
    assert not is_as_left(value, "x", recorded(names, lambda n: n.update(x=value)))


def test_chance_goes_on_from_where_it_was(names):
    def draw(n):
        n.update(drawn=(random.random(), float(np.random.random())))

    moments = recorded(names, draw, draw)
    for moment in (moments[1], moments[0], moments[1]):
        again = {}
        set_chance(moment)
        draw(again)
        assert again["drawn"] == moment.values["drawn"]


def test_a_network_comes_back_as_trained_as_it_was(names):
    keras = pytest.importorskip("keras")
    x = np.arange(8.0).reshape(8, 1) / 8

    def build(n):
        layers = [keras.Input((1,)), keras.layers.Dense(1), keras.layers.Dropout(0.5)]
        network = keras.Sequential(layers)
        network.compile(optimizer="adam", loss="mse")
        n.update(network=network, pair={"of": [network]})

    def train(n):
        n["network"].fit(x, 3 * x, verbose=0)

    def predict(n):
        n["network"].predict(x, verbose=0)

    built, looked, trained, further = recorded(names, build, predict, train, train)
    network = names["network"]
    assert is_as_left(network, "network", [built, looked, trained, further])
    assert not is_as_left(network, "network", [built, looked, trained])
    assert looked.changed == set() and looked.numbers == {}
    assert trained.changed == further.changed == {"network", "pair"}
    assert trained.values["network"] is network
    after = state(network)
    put_back([built, looked, trained], names)
    assert state(network) != after and int(network.optimizer.iterations) == 1
    train(names)
    assert int(network.optimizer.iterations) == 2
    put_back([built], names)
    assert int(network.optimizer.iterations) == 0
    put_back([built, looked, trained, further], names)
    assert state(network) == after


def state(network):
    variables = [*network.variables, *network.optimizer.variables]
    return [np.asarray(variable).tolist() for variable in variables]
