// Small kernels as matrices: their two factors, their sizes, whether two are the same.

import { zeros } from "./arrays.js"

const SWEEPS = 30 // turns over all pairs of columns; some five are enough

// Returns [column, row], whose product a kernel is, or null if there is no such pair.
//
// kernel: (height, width). tolerance: the second singular value, relative to the first, that
// counts as zero.
export function separate(kernel, tolerance = 1e-9) {
  const turned = orthogonalised(columnsOf(kernel))
  const sizes = turned.map((column) => Math.sqrt(dot(column, column)))
  const order = sizes.map((_, at) => at).sort((a, b) => sizes[b] - sizes[a])
  const [first, second] = order.map((at) => sizes[at])
  if (first === 0 || second > tolerance * first) return null
  const unit = turned[order[0]].map((value) => value / first)
  const scale = unit.find((value) => Math.abs(value) > tolerance)
  const row = columnsOf(kernel).map((column) => dot(column, unit) * scale)
  return [unit.map((value) => value / scale), row]
}

// Returns the columns turned until each is orthogonal to the others; their lengths are then the
// singular values. Reference: Hestenes (1958), one-sided Jacobi rotations.
function orthogonalised(columns) {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let turned = false
    for (let p = 0; p < columns.length; p++) {
      for (let q = p + 1; q < columns.length; q++) {
        turned = rotate(columns, p, q) || turned
      }
    }
    if (!turned) break
  }
  return columns
}

// Turns two columns in their plane; returns whether they were not yet orthogonal.
function rotate(columns, p, q) {
  const [one, other] = [columns[p], columns[q]]
  const [a, b, c] = [dot(one, one), dot(other, other), dot(one, other)]
  if (Math.abs(c) <= 1e-15 * Math.sqrt(a * b) || c === 0) return false
  const slope = (b - a) / (2 * c)
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(1 + slope * slope))
  const cosine = 1 / Math.sqrt(1 + tangent * tangent)
  const sine = cosine * tangent
  columns[p] = one.map((value, at) => cosine * value - sine * other[at])
  columns[q] = one.map((value, at) => sine * value + cosine * other[at])
  return true
}

function columnsOf({ shape: [height, width], values }) {
  const rows = [...Array(height).keys()]
  return [...Array(width).keys()].map((column) => rows.map((row) => values[row * width + column]))
}

function dot(one, other) {
  return one.reduce((sum, value, at) => sum + value * other[at], 0)
}

// Returns a kernel as `size` × `size` values: zeros around it, or its middle.
export function fitted({ shape: [height, width], values }, size) {
  const fit = zeros([size, size])
  const offset = (length) => Math.floor(size / 2) - Math.floor(length / 2)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [y, x] = [row + offset(height), column + offset(width)]
      const inside = y >= 0 && y < size && x >= 0 && x < size
      if (inside) fit.values[y * size + x] = values[row * width + column]
    }
  }
  return fit
}

// Returns whether a kernel is the other, up to a share of the other's largest weight.
export function sameKernel(kernel, other, share, largest) {
  const [one, two] = [fitted(kernel, largest).values, fitted(other, largest).values]
  const most = (values) => values.reduce((high, value) => Math.max(high, Math.abs(value)), 0)
  return most(one.map((value, at) => value - two[at])) <= share * most(two)
}

// Returns a kernel turned by half a circle.
export function flipped({ shape, values }) {
  return { shape, values: values.slice().reverse() }
}
