"""Moments of a lesson: what stands after each of its cells, kept so that it can be put back.

A cell that is left out when a lesson runs again must leave behind what it left the first time.
Three things are kept: plain data, as copies; the numbers in Keras' variables, which training
changes in place; and where Python's and NumPy's random numbers had got to. Everything else, such
as functions and explorers, is kept as it is.
"""

import random
import re
import sys
from dataclasses import dataclass, field, fields, is_dataclass

import numpy as np

CONTAINERS = (list, tuple, set, dict)
VALUES = (bool, int, float, complex, str, bytes, type(None), np.generic)
# IPython's own names: what was typed, what came, folders.
HIDDEN = re.compile(r"In|Out|_+|_[iod]h|_i+|_i?\d+")


@dataclass
class Moment:
    """What one cell made or changed.

    Attributes:
        values: {name: value}, plain data copied.
        numbers: {id: (Keras variable, its numbers)}.
        chance: the states of `random` and of `numpy.random` before the cell ran.
        changed: names whose value is another one or has other content since the cell ran.
    """

    values: dict = field(default_factory=dict)
    numbers: dict = field(default_factory=dict)
    chance: tuple = ()
    changed: set = field(default_factory=set)


class Recorder:
    """Watches the names of a lesson's first run; one Moment comes of each cell.

    Args:
        names: the namespace in which the cells run.
    """

    def __init__(self, names):
        self.names = names
        self.known, self.numbers = copied(visible(names)), {}
        self.objects = dict(visible(names))

    def before(self):
        """Note what no cell may be told by: where chance has got to."""
        self.chance = random.getstate(), np.random.get_state()

    def after(self):
        """Return the Moment of the cell that has just run."""
        now = visible(self.names)
        moved = {}
        for name, value in now.items():
            for variable in variables_in(value):
                numbers = numbers_of(variable)
                known = self.numbers.get(id(variable))
                if known is None or not same(numbers, known[1]):
                    moved[id(variable)] = (variable, numbers)
        changed = {name for name, value in now.items() if self._is_new(name, value, moved)}
        values = {name: copied(now[name]) for name in changed}
        self.known |= values
        self.numbers |= moved
        self.objects = dict(now)
        return Moment(values, moved, self.chance, changed)

    def _is_new(self, name, value, moved):
        if name not in self.objects or self.objects[name] is not value:
            return True
        if any(id(variable) in moved for variable in variables_in(value)):
            return True
        return not same(value, self.known[name])


def put_back(moments, names):
    """Let names and variables be as several cells, one after the other, left them.

    Plain data is lent, not copied: `take_copies` before anything runs that may change it.

    Args:
        moments: the Moments of the cells, in order.
        names: the namespace.

    Returns:
        The names that were put back, a set.
    """
    values, numbers = {}, {}
    for moment in moments:
        values |= moment.values
        numbers |= moment.numbers
    names.update(values)
    for variable, value in numbers.values():
        variable.assign(value)
    return set(values)


def take_copies(wanted, names):
    """Put copies of plain data, which may be changed in place, under some of the names."""
    names.update({name: copied(names[name]) for name in wanted if name in names})


def is_as_left(value, name, moments):
    """Return True for plain data, and for a network, that is what a name stood for after moments.

    Of everything else, such as a function, nobody knows: False.

    Args:
        value: what the name stands for now.
        name: the name.
        moments: the Moments of all cells down to some place, in order.
    """
    left = next((one.values[name] for one in reversed(moments) if name in one.values), None)
    variables = variables_in(value)
    if not variables:
        return _is_data(value) and same(value, left)
    numbers = {key: pair[1] for moment in moments for key, pair in moment.numbers.items()}
    return value is left and all(same(numbers_of(one), numbers.get(id(one))) for one in variables)


def set_chance(moment):
    """Let random numbers go on from where they were before the moment's cell ran."""
    python, numpy = moment.chance
    random.setstate(python)
    np.random.set_state(numpy)


def visible(names):
    """Return names and values without IPython's own."""
    return {name: value for name, value in names.items() if not HIDDEN.fullmatch(name)}


def is_plain(value):
    """Return True for what is copied: arrays, and lists, tuples, sets and dicts."""
    return type(value) in (np.ndarray, *CONTAINERS)


def _is_data(value):
    """Return True for what `same` compares by its content all the way down."""
    if type(value) is dict:
        return all(map(_is_data, value.values()))
    if type(value) in CONTAINERS:
        return all(map(_is_data, value))
    if _is_record(value):
        return _is_data(_fields_of(value))
    return isinstance(value, VALUES) or type(value) is np.ndarray and not value.dtype.hasobject


def _is_record(value):
    return is_dataclass(value) and not isinstance(value, type)


def _fields_of(value):
    return {field.name: getattr(value, field.name) for field in fields(value)}


def copied(value):
    """Return a copy of plain data, all the way down; everything else is returned itself."""
    if type(value) is np.ndarray:
        return value.copy()
    if type(value) is dict:
        return {key: copied(one) for key, one in value.items()}
    return type(value)(map(copied, value)) if type(value) in CONTAINERS else value


def same(one, other):
    """Return True for equal data; anything else is the same only as itself."""
    if one is other or type(one) is not type(other):
        return one is other
    if isinstance(one, VALUES):
        return repr(one) == repr(other)  # NaN is the same as NaN, and -0.0 is not as 0.0
    if _is_record(one):
        return same(_fields_of(one), _fields_of(other))
    if not is_plain(one):
        return False
    if type(one) is np.ndarray:
        return _same_arrays(one, other)
    if len(one) != len(other):
        return False
    if type(one) is set:
        return one == other
    if type(one) is dict:
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return all(map(same, one, other))


def _same_arrays(one, other):
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.dtype.hasobject:
        return np.array_equal(one, other)
    return np.array_equal(_bytes_of(one), _bytes_of(other))  # NaN is the same as NaN


def _bytes_of(array):
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)


def variables_in(value):
    """Return the Keras variables of a network, a layer or an optimizer, or of several in a list."""
    keras = sys.modules.get("keras")
    if keras is None:
        return []
    if type(value) in CONTAINERS:
        parts = value.values() if type(value) is dict else value
        return [variable for part in parts for variable in variables_in(part)]
    if isinstance(value, keras.Variable):
        return [value]
    if isinstance(value, keras.layers.Layer):
        return [*value.variables, *variables_in(_built_optimizer(value))]
    return list(value.variables) if isinstance(value, keras.optimizers.Optimizer) else []


def _built_optimizer(network):
    """Return a network's optimizer with all of its variables, or None.

    Most of them come into being in `fit`. Made before, they can be put back to what they were then.
    """
    optimizer = getattr(network, "optimizer", None)
    if optimizer is not None and network.built and not optimizer.built:
        optimizer.build(network.trainable_variables)
    return optimizer


def numbers_of(variable):
    """Return a copy of a variable's numbers."""
    return np.array(variable.numpy())
