// Numbers and colours as course_utils.draw.style writes and chooses them.

import { rangeOf } from "./arrays.js"

const RGB = ["red", "green", "blue"]
const GREYS = Uint8Array.from({ length: 3 * 256 }, (_, at) => at / 3)

// Returns a number in at most two decimals, with a real minus sign: 3, 0.25, −1.5.
export function number(value) {
  if (!Number.isFinite(value)) return pythonName(value).replace("-", "−")
  const text = decimals(value, 2).replace(/0+$/, "").replace(/\.$/, "")
  return text === "-0" || text === "" ? "0" : text.replace("-", "−")
}

function pythonName(value) {
  return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf"
}

// Returns what Python's f"{value:.2f}" gives for 2 digits; 1 at least. toFixed differs from it in
// two things: it rounds a tie away from zero instead of to even, and goes over to 1e+21.
export function decimals(value, digits) {
  const size = Math.abs(value)
  const sign = value < 0 || Object.is(value, -0) ? "-" : ""
  if (size >= 1e21) return `${sign}${BigInt(size)}.${"0".repeat(digits)}`
  const doubled = size * 2 ** (digits + 1) // odd for a tie, and only then
  if (!Number.isInteger(doubled) || doubled % 2 === 0) return sign + size.toFixed(digits)
  const steps = (BigInt(doubled) * 5n ** BigInt(digits)) / 2n
  const text = String(steps + (steps & 1n)).padStart(digits + 1, "0")
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

// Returns what Python's f"{value:g}" gives for a value of at least a million.
export function general(value) {
  const [digits, exponent] = value.toExponential(5).split("e")
  const power = exponent.slice(1).padStart(2, "0")
  return `${digits.replace(/0+$/, "").replace(/\.$/, "")}e${exponent[0]}${power}`
}

// Returns a caption for one channel: three are a picture's red, green and blue.
export function channelLabel(name, channel, channels) {
  if (channels === 1) return name
  return `${name}, ${channels === 3 ? RGB[channel] : `channel ${channel}`}`
}

// Returns the symmetric colour limit of signed values: white stays at zero.
export function signedLimit(values) {
  const [least, most] = rangeOf(values)
  return Math.max(Math.abs(least), Math.abs(most)) || 1
}

// Returns true when there are values clearly below zero.
export function looksSigned(values) {
  return values.some((value) => value < -1e-6)
}

// Returns the level of each value, 0…255: of signed ones from blue over white at 128 to red; of
// others from black at 0 to white at 1, or at the largest value where that is above 1.
export function cellLevels(values, signed) {
  const most = signed ? signedLimit(values) : Math.max(1, rangeOf(values)[1])
  const level = signed
    ? (value) => Math.floor((value / most / 2 + 0.5) * 256)
    : (value) => (value / most) * 255
  // Cuts off, rounds halves to the even neighbour as NumPy does, and makes 0 of what is no number.
  return Uint8ClampedArray.from(values, level)
}

// Returns the red, green, blue and opacity of each pixel, ready for a canvas.
//
// image: (height, width) or (height, width, 3). signed: white at 0, red above and blue below; in
// colour mid-grey at 0. Otherwise 0 is black and 1 white, and what lies beyond is cut off.
export function pixels({ shape, values }, signed, table) {
  const levels = signed ? signedLevels(values) : plainLevels(values)
  const points = new Uint8ClampedArray(shape[0] * shape[1] * 4).fill(255)
  if (shape[2] === 3) copyColours(points, levels)
  else lookUpColours(points, levels, signed ? table : GREYS)
  return points
}

function copyColours(points, levels) {
  for (let from = 0, to = 0; from < levels.length; from += 3, to += 4) {
    points[to] = levels[from]
    points[to + 1] = levels[from + 1]
    points[to + 2] = levels[from + 2]
  }
}

function lookUpColours(points, levels, table) {
  for (let at = 0, to = 0; at < levels.length; at++, to += 4) {
    const from = 3 * levels[at]
    points[to] = table[from]
    points[to + 1] = table[from + 1]
    points[to + 2] = table[from + 2]
  }
}

// Levels lose their fractions on the way into a Uint8Array, as in NumPy.
function signedLevels(values) {
  const scale = 127 / signedLimit(values)
  const levels = new Uint8Array(values.length)
  for (let at = 0; at < levels.length; at++) levels[at] = values[at] * scale + 128
  return levels
}

function plainLevels(values) {
  // NumPy multiplies float32 in float32.
  const scaled = new values.constructor(values.length)
  for (let at = 0; at < scaled.length; at++) scaled[at] = clip(values[at], 0, 1) * 255
  return new Uint8Array(scaled)
}

function clip(value, least, most) {
  return Math.min(Math.max(value, least), most)
}
