"""Words that fit: text broken into lines of so many letters."""

import re

POINTS = 72  # an inch
LETTER = 0.62  # a letter's width in parts of the font's size, on average; bold ones are wider
LINE = 1.25  # a line's height, likewise

# Where a line may be broken: after a space or an underscore, within camelCase; never in 3 × 3.
BREAKS = re.compile(r"(?<=[ _])(?<!× )(?!× )|(?<=[a-z])(?=[A-Z])")


def fold(text, letters):
    """Return text in lines of at most so many letters; a name may be broken inside too."""
    return "\n".join(line for part in str(text).split("\n") for line in _lines(part, letters))


def _lines(text, letters):
    pieces = [piece for word in BREAKS.split(text) for piece in _chunks(word, letters)]
    lines = [""]
    for piece in pieces:
        if len((lines[-1] + piece).rstrip()) > letters:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _chunks(word, letters):
    """Cut a word that no line could hold."""
    if len(word.rstrip()) <= letters:
        return [word]
    return [word[start : start + letters] for start in range(0, len(word), letters)]


def longest_word(text):
    """Return the letters of the longest piece that `fold` would rather leave whole."""
    pieces = [piece for line in str(text).split("\n") for piece in BREAKS.split(line)]
    return max(len(piece.rstrip()) for piece in pieces)


def letters_in(inches, size):
    """Return how many letters of a font of `size` points fit into so many inches."""
    return max(int(inches * POINTS / (size * LETTER)), 1)


def width_of(text, size):
    """Return about how many inches text takes in a font of `size` points."""
    return max(map(len, str(text).split("\n"))) * size * LETTER / POINTS


def height_of(text, size):
    """Return about how many inches the lines of a text take."""
    return (str(text).count("\n") + 1) * size * LINE / POINTS
