"""Lesson 00: a reference for each exercise, and the slips that its check knows by name.

The reference's source is what `.solution()` shows, and what a solved run puts into the lesson's
cells: it uses only what stands there, `np`.
"""

import numpy as np

from course_utils.exercises.slips import SlipList

SLIPS = SlipList()

# --- pixels ------------------------------------------------------------------------------------

pixels = 28 * 28

SLIPS.slip(
    "pixels",
    "rows and columns are added",
    "Every row has 28 pixels of its own: that calls for a product.",
)(28 + 28)

SLIPS.slip(
    "pixels",
    "only one row is counted",
    "There are 28 of them, one below the other.",
)(28)

SLIPS.slip(
    "pixels",
    "the border is counted in place of the area",
    "The pixels inside count as well.",
)(4 * 28)

SLIPS.slip(
    "pixels",
    "each pixel is counted three times",
    "Colour photographs have three numbers a pixel; these digits are grey, and it is the pixels "
    "that count.",
)(3 * 28 * 28)

SLIPS.slip(
    "pixels",
    "the columns are counted from 0 to 27, as 27",
    "From 0 to 27 there are 28 numbers.",
)(27 * 28)

SLIPS.slip(
    "pixels",
    "rows and columns are both counted from 0 to 27, as 27",
    "Python begins to count at 0, so its last row is number 27, and there are 28 of them.",
)(27 * 27)

# --- brightest ---------------------------------------------------------------------------------


def brightest(image):
    """Return the largest value of a picture.

    image: (height, width), 0 to 255; returns one number.
    """
    return image.max()


_AXIS = (
    "there is a largest value for each row or column",
    "With an axis, `max` answers for each row or each column; here one number is wanted for the "
    "whole picture.",
)


@SLIPS.slip("brightest", *_AXIS)
def brightest_of_rows(image):
    return image.max(axis=1)


@SLIPS.slip("brightest", *_AXIS)
def brightest_of_columns(image):
    return image.max(axis=0)


@SLIPS.slip(
    "brightest",
    "the place is returned in place of the value",
    "`argmax` says where the largest value stands; what stands there is wanted.",
)
def brightest_place(image):
    return image.argmax()


@SLIPS.slip(
    "brightest",
    "the darkest pixel is taken",
    "0 is black: the brighter a pixel, the larger its value.",
)
def brightest_darkest(image):
    return image.min()


@SLIPS.slip(
    "brightest",
    "only the first row is looked at",
    "`image[0]` is a row, and the brightest pixel may stand in any other.",
)
def brightest_of_first_row(image):
    return max(image[0])


@SLIPS.slip(
    "brightest",
    "Python's own `max` compares whole rows",
    "It cannot say which of two rows is larger. An array has a method that looks at each value.",
)
def brightest_python(image):
    return max(image)


@SLIPS.slip(
    "brightest",
    "the mean brightness is taken",
    "One pixel is asked for, the brightest one, and not the average of all.",
)
def brightest_mean(image):
    return image.mean()


# --- crop --------------------------------------------------------------------------------------


def crop(image, top, left, height, width):
    """Return the rectangle whose top left corner is at row `top` and column `left`.

    image: (rows, columns); returns (height, width).
    """
    rows = slice(top, top + height)
    columns = slice(left, left + width)
    return image[rows, columns]


@SLIPS.slip(
    "crop",
    "the slices end at `height` and `width`",
    "A slice names its end, not its length: the end lies `height` rows below `top`.",
)
def crop_short(image, top, left, height, width):
    return image[top:height, left:width]


@SLIPS.slip(
    "crop",
    "one row and one column too many",
    "The end of a slice is left out already: no 1 has to be added or taken away.",
)
def crop_too_large(image, top, left, height, width):
    return image[top : top + height + 1, left : left + width + 1]


@SLIPS.slip(
    "crop",
    "one row and one column too few",
    "The end of a slice is left out already: no 1 has to be added or taken away.",
)
def crop_too_small(image, top, left, height, width):
    return image[top : top + height - 1, left : left + width - 1]


@SLIPS.slip(
    "crop",
    "columns come before rows",
    "The first axis counts rows, from the top; the second counts columns, from the left.",
)
def crop_exchanged(image, top, left, height, width):
    return image[left : left + width, top : top + height]


@SLIPS.slip(
    "crop",
    "`top` and `left` are exchanged",
    "`top` is where the rows begin, `left` where the columns begin.",
)
def crop_corner_exchanged(image, top, left, height, width):
    return image[left : left + height, top : top + width]


@SLIPS.slip(
    "crop",
    "`height` and `width` are exchanged",
    "The height counts rows, the width counts columns.",
)
def crop_size_exchanged(image, top, left, height, width):
    return image[top : top + width, left : left + height]


@SLIPS.slip(
    "crop",
    "only rows are cut",
    "A second slice, after a comma, cuts the columns.",
)
def crop_rows(image, top, left, height, width):
    return image[top : top + height]


@SLIPS.slip(
    "crop",
    "the second slice cuts rows again",
    "Two pairs of brackets after each other both cut rows: put both slices into one pair, with a "
    "comma.",
)
def crop_rows_twice(image, top, left, height, width):
    return image[top : top + height][left : left + width]


@SLIPS.slip(
    "crop",
    "everything from the corner on is kept",
    "Without an end, a slice goes on to the last row and the last column.",
)
def crop_open(image, top, left, height, width):
    return image[top:, left:]


# --- ink_share ---------------------------------------------------------------------------------


def ink_share(image, threshold):
    """Return the share of the pixels that are brighter than the threshold, 0 to 1.

    image: (height, width), 0 to 255; threshold: one number; returns one number.
    """
    is_ink = image > threshold
    return np.count_nonzero(is_ink) / is_ink.size


@SLIPS.slip(
    "ink_share",
    "the pixels are counted, and not divided",
    "A share lies between 0 and 1: divide by how many pixels there are.",
)
def ink_share_count(image, threshold):
    return np.sum(image > threshold)


@SLIPS.slip(
    "ink_share",
    "pixels equal to the threshold are counted too",
    "Brighter means above the threshold: `>` leaves it out, `>=` does not.",
)
def ink_share_at_least(image, threshold):
    return np.mean(image >= threshold)


@SLIPS.slip(
    "ink_share",
    "the dark pixels are counted",
    "Ink is bright here and paper is dark: 255 is the most ink, 0 is none.",
)
def ink_share_paper(image, threshold):
    return np.mean(image < threshold)


@SLIPS.slip(
    "ink_share",
    "the dark pixels are counted, with those at the threshold",
    "Ink is bright here and paper is dark: 255 is the most ink, 0 is none.",
)
def ink_share_paper_at_most(image, threshold):
    return np.mean(image <= threshold)


@SLIPS.slip(
    "ink_share",
    "the count is divided by the number of rows",
    "`len` of a picture counts its rows; `size` counts all of its pixels.",
)
def ink_share_by_rows(image, threshold):
    return np.sum(image > threshold) / len(image)


@SLIPS.slip(
    "ink_share",
    "there is a share for each row or column",
    "With an axis, `mean` answers for each row or column; one share is wanted for the picture.",
)
def ink_share_of_rows(image, threshold):
    return np.mean(image > threshold, axis=1)


@SLIPS.slip(
    "ink_share",
    "there is a share for each row or column",
    "With an axis, `mean` answers for each row or column; one share is wanted for the picture.",
)
def ink_share_of_columns(image, threshold):
    return np.mean(image > threshold, axis=0)


@SLIPS.slip(
    "ink_share",
    "the mean of the bright pixels is taken",
    "How bright they are does not count, only how many of all pixels they are.",
)
def ink_share_mean(image, threshold):
    return image[image > threshold].mean()


@SLIPS.slip(
    "ink_share",
    "brightness is added up where pixels are to be counted",
    "A pixel above the threshold counts as one, however bright it is.",
)
def ink_share_brightness(image, threshold):
    return image[image > threshold].sum() / image.sum()


@SLIPS.slip(
    "ink_share",
    "it is given in percent",
    "A share lies between 0 and 1: half of the pixels are 0.5.",
)
def ink_share_percent(image, threshold):
    return 100 * np.mean(image > threshold)


@SLIPS.slip(
    "ink_share",
    "the threshold is not used",
    "Not every pixel above 0 counts: compare with `threshold`.",
)
def ink_share_any(image, threshold):
    return np.mean(image > 0)


# --- invert ------------------------------------------------------------------------------------


def invert(image):
    """Return the picture with black and white exchanged.

    image: (height, width), uint8 from 0 to 255; returns the same shape, 255 where it was 0.
    """
    white = np.full_like(image, 255)
    return white - image


_WRAPPED = (
    "values below 0 have begun again at 255",
    "In `uint8` there is nothing below 0. Begin at the largest value and take the pixel away from "
    "it.",
)


@SLIPS.slip("invert", *_WRAPPED)
def invert_negative(image):
    return -image


@SLIPS.slip("invert", *_WRAPPED)
def invert_backwards(image):
    return image - np.uint8(255)


@SLIPS.slip(
    "invert",
    "the picture is taken away from 1",
    "These pictures go up to 255, not to 1, and in `uint8` what lies below 0 begins again at 255.",
)
def invert_from_one(image):
    return np.uint8(1) - image


@SLIPS.slip(
    "invert",
    "the result goes from 0 to 1",
    "The picture is to keep its range: white is 255.",
)
def invert_to_one(image):
    return 1 - image / 255


@SLIPS.slip(
    "invert",
    "the picture is taken away from 256",
    "There are 256 values, but the largest of them is 255, for the first is 0.",
)
def invert_from_256(image):
    return 256 - image.astype(int)


@SLIPS.slip(
    "invert",
    "the picture's own brightest pixel is taken for white",
    "White is 255 in every picture, whether one of its pixels reaches it or not.",
)
def invert_from_largest(image):
    return image.max() - image


@SLIPS.slip(
    "invert",
    "the picture is turned upside down",
    "The pixels stay where they are; it is their values that change.",
)
def invert_rows(image):
    return image[::-1]


@SLIPS.slip(
    "invert",
    "the picture is mirrored",
    "All pixels stay where they are; it is their values that change.",
)
def invert_columns(image):
    return image[:, ::-1]


@SLIPS.slip(
    "invert",
    "every pixel has become black or white",
    "A grey pixel stays grey: 100 becomes 155.",
)
def invert_threshold(image):
    return np.where(image > 127, 0, 255)


# --- count_right -------------------------------------------------------------------------------


def count_right(labels, predictions):
    """Return how many predictions are right.

    labels, predictions: (n,), the true class and the predicted one of each picture; returns one
    number.
    """
    agree = labels == predictions
    return np.count_nonzero(agree)


@SLIPS.slip(
    "count_right",
    "it is a share in place of a count",
    "How many are right is a whole number: add up, do not average.",
)
def count_right_share(labels, predictions):
    return np.mean(labels == predictions)


@SLIPS.slip(
    "count_right",
    "the wrong ones are counted",
    "Count where the two are equal, not where they differ.",
)
def count_right_wrong_ones(labels, predictions):
    return np.sum(labels != predictions)


@SLIPS.slip(
    "count_right",
    "all predictions are counted",
    "`len` of a comparison counts its False, too.",
)
def count_right_all(labels, predictions):
    return len(labels == predictions)


@SLIPS.slip(
    "count_right",
    "predictions are looked up among all labels",
    "A prediction has to equal the label of its own picture, at the same place.",
)
def count_right_anywhere(labels, predictions):
    return sum(prediction in labels for prediction in predictions)


@SLIPS.slip(
    "count_right",
    "different classes are counted, not pictures",
    "A set holds each class once: two pictures of one class both count.",
)
def count_right_sets(labels, predictions):
    return len(set(labels.tolist()) & set(predictions.tolist()))


@SLIPS.slip(
    "count_right",
    "the order of the pictures is lost",
    "Sorting takes each prediction away from its picture.",
)
def count_right_sorted(labels, predictions):
    return np.sum(np.sort(labels) == np.sort(predictions))


@SLIPS.slip(
    "count_right",
    "the differences are added up",
    "How far apart two class numbers are means nothing: they are equal, or they are not.",
)
def count_right_differences(labels, predictions):
    return np.sum(np.abs(labels.astype(int) - predictions))


@SLIPS.slip(
    "count_right",
    "counting stops at the first mistake",
    "Go on after a wrong one, to the last picture.",
)
def count_right_until_wrong(labels, predictions):
    count = 0
    for label, prediction in zip(labels, predictions):
        if label != prediction:
            break
        count += 1
    return count
