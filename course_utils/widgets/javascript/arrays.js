// Arrays as NumPy lays them out: { shape, values }, flat, the last axis fastest.

// Says in one sentence why a setting cannot be, as Python's ValueError does.
export class Refusal extends Error {}

// Returns an array of zeros.
export function zeros(shape) {
  return { shape, values: new Float64Array(shape.reduce((a, b) => a * b, 1)) }
}

// Returns nested lists of numbers as an array.
export function fromNested(nested) {
  const shape = []
  for (let part = nested; Array.isArray(part); part = part[0]) shape.push(part.length)
  return { shape, values: Float64Array.from(nested.flat(shape.length - 1)) }
}

// Returns an array as nested lists, as it goes to the kernel.
export function toNested({ shape, values }) {
  const parts = [...values]
  return shape.slice(1).reduceRight((list, size) => {
    const groups = []
    for (let at = 0; at < list.length; at += size) groups.push(list.slice(at, at + size))
    return groups
  }, parts)
}

export function sameArray(one, other) {
  return (
    String(one.shape) === String(other?.shape) &&
    one.values.every((value, at) => value === other.values[at])
  )
}

// Returns what Python handed over, { shape, kind, bytes }: an array, or the bytes alone for "raw".
//
// kind: "float64", "float32", or "levels", float32 values of 0…1 kept as 0…255. bytes: a DataView
// in a notebook, { base64 } in an exported page; numbers lie with their lowest byte first.
export function unpacked({ shape, kind, bytes }) {
  const raw = bytes.base64 === undefined ? bytesOf(bytes) : decoded(bytes.base64)
  if (kind === "raw") return raw
  const values = {
    float64: () => new Float64Array(raw.buffer),
    float32: () => new Float32Array(raw.buffer),
    levels: () => Float32Array.from(raw, (level) => level / 255),
  }
  return { shape, values: values[kind]() }
}

// A copy: the numbers in a message need not start where a Float64Array may.
function bytesOf({ buffer, byteOffset, byteLength }) {
  return new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength))
}

function decoded(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
}

// Returns one channel of (height, width, channels) as (height, width).
export function channelOf({ shape, values }, channel) {
  const [height, width, channels] = shape
  const one = zeros([height, width])
  for (let at = 0; at < one.values.length; at++) one.values[at] = values[at * channels + channel]
  return one
}

// Returns the smallest and the largest value; NaN for both where one is NaN.
export function rangeOf(values) {
  let [least, most] = [Infinity, -Infinity]
  for (let at = 0; at < values.length; at++) {
    const value = values[at]
    if (Number.isNaN(value)) return [NaN, NaN]
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

export function sumOf(values) {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
