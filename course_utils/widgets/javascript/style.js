// Numbers and colours as course_utils.draw.style writes and chooses them.

import { rangeOf } from "./arrays.js"

const RGB = ["red", "green", "blue"]

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

// Returns one background per value as [red, green, blue] in 0…255, not yet rounded.
//
// table: 256 × 3 bytes, blue over white to red. Signed values are coloured by it, around white;
// others grey, from black at 0 to white at 1, or at the largest value where that is above 1.
export function cellColours(values, signed, table) {
  if (!signed) {
    const most = Math.max(1, rangeOf(values)[1])
    return Array.from(values, (value) => Array(3).fill(clip(value / most, 0, 1) * 255))
  }
  const limit = signedLimit(values)
  return Array.from(values, (value) => {
    const at = clip(Math.floor((value / limit / 2 + 0.5) * 256), 0, 255)
    return Number.isNaN(at) ? [0, 0, 0] : [...table.subarray(3 * at, 3 * at + 3)]
  })
}

// Returns "black" or "white", whichever is easier to read on a colour in 0…255.
//
// Reference: WCAG 2.2, contrast ratio: from a relative luminance of 0.179 black is better.
export function inkOn(colour) {
  const [red, green, blue] = colour.map(linear)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "black" : "white"
}

function linear(level) {
  const share = level / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

// Rounds as NumPy does: halves go to the even neighbour.
export function rounded(value) {
  const low = Math.floor(value)
  return value - low === 0.5 ? low + (low % 2) : Math.round(value)
}

// Returns the red, green, blue and opacity of each pixel, ready for a canvas.
//
// image: (height, width) or (height, width, 3). signed: white at 0, red above and blue below; in
// colour mid-grey at 0. Otherwise 0 is black and 1 white, and what lies beyond is cut off.
export function pixels({ shape, values }, signed, table) {
  const level = signed ? signedLevels(values) : plainLevels(values)
  const channels = shape[2] ?? 1
  const points = new Uint8ClampedArray(shape[0] * shape[1] * 4)
  for (let from = 0, to = 0; from < values.length; from += channels, to += 4) {
    for (let colour = 0; colour < 3; colour++) {
      const one = level(values[channels === 3 ? from + colour : from])
      points[to + colour] = signed && channels === 1 ? table[3 * one + colour] : one
    }
    points[to + 3] = 255
  }
  return points
}

function signedLevels(values) {
  const scale = 127 / signedLimit(values)
  return (value) => Math.floor(value * scale + 128)
}

function plainLevels(values) {
  // NumPy multiplies float32 in float32.
  const precise = values instanceof Float32Array ? Math.fround : (value) => value
  return (value) => Math.floor(precise(clip(value, 0, 1) * 255))
}

function clip(value, least, most) {
  return Math.min(Math.max(value, least), most)
}
