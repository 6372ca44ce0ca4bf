// Two boxes as course_utils.by_hand.boxes compares them: [x1, y1, x2, y2] each.
//
// References: Rezatofighi et al., Generalized intersection over union (2019); Ren et al., Faster
// R-CNN (2015), equation 2.

export function areaOf([x1, y1, x2, y2]) {
  return (x2 - x1) * (y2 - y1)
}

// Returns the box that both cover; where they do not meet, one without area between them.
export function sharedBox(box, other) {
  const [x1, y1] = [0, 1].map((at) => Math.max(box[at], other[at]))
  const [x2, y2] = [2, 3].map((at) => Math.min(box[at], other[at]))
  return [x1, y1, Math.max(x1, x2), Math.max(y1, y2)]
}

// Returns the smallest box around both.
export function enclosingBox(box, other) {
  return box.map((value, at) => Math[at < 2 ? "min" : "max"](value, other[at]))
}

// Returns a share of a whole, 0 where there is none.
export function shareOf(part, whole) {
  return part / (whole > 0 ? whole : 1)
}

// Returns the deltas [tx, ty, tw, th] that turn an anchor into a box.
export function encode(box, anchor) {
  const [[centre, size], [from, unit]] = [box, anchor].map(centreAndSize)
  const shifts = centre.map((value, axis) => (value - from[axis]) / unit[axis])
  return [...shifts, ...size.map((value, axis) => Math.log(value / unit[axis]))]
}

function centreAndSize([x1, y1, x2, y2]) {
  const size = [x2 - x1, y2 - y1]
  return [[x1 + size[0] / 2, y1 + size[1] / 2], size]
}
