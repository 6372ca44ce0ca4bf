"""The words of IoUPlayground: how each number comes about."""

from course_utils.draw.style import number

NO_DELTAS = "an empty box has none"


def lines(data, state):
    """Return [(name, how it is computed, value)] as texts, in the order in which they are read."""
    return [*overlap_lines(data), *delta_lines(data, state)]


def overlap_lines(data):
    """Return the lines from the intersection to the generalised IoU."""
    areas = [number(one) for one in data.areas]
    shared, union, around = (number(one) for one in (data.intersection, data.union, data.around))
    return [
        ("intersection", _sides(data.shared), shared),
        ("union", f"{areas[0]} + {areas[1]} − {shared}", union),
        ("IoU", f"{shared} / {union}" if data.union else "no area", number(data.iou)),
        ("box around both", _sides(data.enclosing), around),
        ("generalised IoU", _generalised(data, union, around), number(data.giou)),
    ]


def _generalised(data, union, around):
    return f"{number(data.iou)} − ({around} − {union}) / {around}" if data.around else "no area"


def _sides(corners):
    x1, y1, x2, y2 = corners.tolist()
    return f"{number(x2 - x1)} × {number(y2 - y1)}"


def delta_lines(data, state):
    """Return the lines of tx, ty, tw, th: the box as seen from the other one."""
    if data.deltas is None:
        return [(name, NO_DELTAS, "–") for name in ("tx", "ty", "tw", "th")]
    (x1, y1, x2, y2), (u1, v1, u2, v2) = state.box.tolist(), state.other.tolist()
    wide, tall = number(u2 - u1), number(v2 - v1)
    right, down = _centre(x1, x2, u1, u2), _centre(y1, y2, v1, v2)
    tx, ty, tw, th = (number(one) for one in data.deltas.tolist())
    return [
        ("tx", f"({right}) / {wide}", tx),
        ("ty", f"({down}) / {tall}", ty),
        ("tw", f"log({number(x2 - x1)} / {wide})", tw),
        ("th", f"log({number(y2 - y1)} / {tall})", th),
    ]


def _centre(low, high, other_low, other_high):
    """Return the difference of two centres as text."""
    centre, other = low + (high - low) / 2, other_low + (other_high - other_low) / 2
    return f"{number(centre)} − {number(other)}"


def relation(data):
    """Return how the two boxes lie to each other, in a few words."""
    if 0 in data.areas:
        return "one of them is empty"
    if data.intersection == 0:
        return "they share no area"
    if data.iou == 1:
        return "they are the same box"
    if data.intersection in data.areas:
        return "one lies inside the other"
    return "they overlap in part"
