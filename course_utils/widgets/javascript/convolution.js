// Convolution as course_utils.by_hand.convolution computes it; arrays are those of arrays.js.
//
// Reference: Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016).

import { Refusal, zeros } from "./arrays.js"

// Returns how many windows fit along one axis.
export function countPositions(size, kernel, stride = 1, dilation = 1) {
  return Math.floor((size - spanOf(kernel, dilation)) / stride) + 1
}

// Returns the zeros [before, after] one axis for padding "same", as Keras adds them.
export function samePadding(size, kernel, stride = 1, dilation = 1) {
  const positions = Math.ceil(size / stride)
  const total = Math.max((positions - 1) * stride + spanOf(kernel, dilation) - size, 0)
  const before = Math.floor(total / 2)
  return [before, total - before]
}

// Returns how many values a convolution gives along one axis, or throws a Refusal.
export function outputSize(size, kernel, { stride = 1, padding = "valid", dilation = 1 } = {}) {
  const padded = size + sumOfPair(paddingOf(size, kernel, { stride, padding, dilation }))
  const span = spanOf(kernel, dilation)
  if (span > padded) {
    throw new Refusal(
      `Expected a kernel that spans at most the ${padded} pixels of the padded image. ` +
        `Received one that spans ${span}.`,
    )
  }
  return countPositions(padded, kernel, stride, dilation)
}

// Returns the zeros [before, after] of one axis.
export function paddingOf(size, kernel, { stride = 1, padding = "valid", dilation = 1 } = {}) {
  return padding === "same" ? samePadding(size, kernel, stride, dilation) : [0, 0]
}

// Returns a (height, width, channels) image with zeros around it: [[top, bottom], [left, right]].
export function pad(image, [[top, bottom], [left, right]]) {
  const [height, width, channels] = image.shape
  const padded = zeros([top + height + bottom, left + width + right, channels])
  for (let row = 0; row < height; row++) {
    const line = image.values.subarray(row * width * channels, (row + 1) * width * channels)
    padded.values.set(line, ((top + row) * padded.shape[1] + left) * channels)
  }
  return padded
}

// Returns the values under one window: (kernel height, kernel width, channels).
export function windowAt(padded, kernel, row, column, { stride = 1, dilation = 1 } = {}) {
  const [height, width, channels] = kernel.shape
  const window = zeros(kernel.shape)
  let at = 0
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const y = row * stride + i * dilation
      const x = column * stride + j * dilation
      const from = (y * padded.shape[1] + x) * channels
      for (let c = 0; c < channels; c++) window.values[at++] = padded.values[from + c]
    }
  }
  return window
}

// Returns the (rows, columns) output of one filter, bias added, or throws a Refusal.
//
// image: (height, width, channels); kernel: (kernel height, kernel width, channels);
// setting: stride and dilation, integers; padding "valid" or "same"; bias.
export function correlate(image, kernel, setting = {}) {
  const axes = [0, 1].map((axis) => [image.shape[axis], kernel.shape[axis]])
  const output = zeros(axes.map(([size, length]) => outputSize(size, length, setting)))
  const padded = pad(image, axes.map(([size, length]) => paddingOf(size, length, setting)))
  const [rows, columns] = output.shape
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const window = windowAt(padded, kernel, row, column, setting).values
      let sum = 0
      for (let at = 0; at < window.length; at++) sum += window[at] * kernel.values[at]
      output.values[row * columns + column] = sum + (setting.bias ?? 0)
    }
  }
  return output
}

// Returns a photograph correlated with a (height, width) kernel wherever that fits, each channel
// alone: one shifted, weighted photograph for each weight.
//
// photograph: (height, width) or (height, width, 3) of 0…1, a Float32Array. As in NumPy the
// products are float32 and their sums float64, so both give the same digits.
//
// before: { kernel, output } of the same photograph. Where all sums are exact, and so the same in
// any order, only what a changed weight gave is taken away, and what it now gives added.
export function shiftAndAdd(photograph, kernel, before = null) {
  const [height, width, channels = 1] = photograph.shape
  const [kernelHeight, kernelWidth] = kernel.shape
  const [rows, columns] = [height - kernelHeight + 1, width - kernelWidth + 1]
  const shape = [rows, columns, ...photograph.shape.slice(2)]
  const place = { rows, line: columns * channels, pitch: width * channels }
  const known = before && addsExactly(photograph, kernel, before.kernel)
  const output = known ? { shape, values: before.output.values.slice() } : zeros(shape)
  for (let at = 0; at < kernel.values.length; at++) {
    const column = at % kernelWidth
    const shift = (((at - column) / kernelWidth) * width + column) * channels
    const weight = Math.fround(kernel.values[at])
    const past = known ? Math.fround(before.kernel.values[at]) : 0
    for (const part of weight === past ? [] : [-past, weight]) {
      if (part !== 0) addShifted(output.values, photograph.values, part, { shift, ...place })
    }
  }
  return output
}

// Returns whether kernels have one shape and weights of such sizes that no sum of their products
// with the photograph's values is ever rounded.
//
// Each product is a whole multiple of the last digit of the smallest one, which float32 gives 24
// binary digits; float64 has 53 for their sum: 29 more, of which one is left as a margin.
export function addsExactly({ values, smallest = smallestOf(values) }, kernel, other) {
  if (String(kernel.shape) !== String(other.shape)) return false
  const weights = Float32Array.of(...kernel.values, ...other.values)
  const product = Math.fround(smallestOf(weights) * smallest)
  return weights.reduce((sum, weight) => sum + Math.abs(weight), 0) <= 2 ** 28 * product
}

// Returns the smallest size of a value that is not 0; Infinity where there is none.
export function smallestOf(values) {
  let least = Infinity
  for (let at = 0; at < values.length; at++) {
    const size = Math.abs(values[at])
    if (size !== 0 && size < least) least = size
  }
  return least
}

// Adds the weighted photograph to the sums: `rows` lines of `line` values, `pitch` values apart.
function addShifted(sums, values, weight, { shift, rows, line, pitch }) {
  for (let row = 0; row < rows; row++) {
    const from = shift + row * pitch
    const to = row * line
    for (let at = 0; at < line; at++) sums[to + at] += Math.fround(weight * values[from + at])
  }
}

function spanOf(kernel, dilation) {
  return dilation * (kernel - 1) + 1
}

function sumOfPair([before, after]) {
  return before + after
}
