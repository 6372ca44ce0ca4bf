// KernelLab in the browser: see course_utils.widgets.kernel_lab.

import { Refusal, fromNested, rangeOf, sumOf, unpacked } from "./arrays.js"
import { shiftAndAdd, smallestOf } from "./convolution.js"
import { fitted, flipped, sameKernel, separate } from "./kernels.js"
import { shownBy } from "./shell.js"
import { decimals, general, number, pixels } from "./style.js"

export function prepare(inputs) {
  const kernels = Object.entries(inputs.kernels).map(([name, one]) => [name, fromNested(one)])
  return {
    ...inputs,
    kernels: Object.fromEntries(kernels),
    pictures: pictures(unpacked(inputs.photograph), inputs.luminance),
    table: unpacked(inputs.table),
    drawn: new Map(), // of photographs: they stay while the kernel changes
    filtered: new Map(), // the last output and target, which the next ones start from
  }
}

// Returns the photograph in each of its colours.
function pictures(photograph, weights) {
  const { shape, values } = photograph
  const measured = (picture) => ({ ...picture, smallest: smallestOf(picture.values) })
  const colour = measured(photograph)
  if (shape.length === 2) return { colour, grey: colour }
  const grey = new Float32Array(shape[0] * shape[1])
  for (let at = 0; at < grey.length; at++) {
    const [red, green, blue] = values.subarray(3 * at, 3 * at + 3)
    grey[at] = weights[0] * red + weights[1] * green + weights[2] * blue
  }
  return { colour, grey: measured({ shape: shape.slice(0, 2), values: grey }) }
}

export function fields({ photographs, kernels, custom, colours, views }) {
  return [
    { name: "photograph", kind: "choice", label: "Photograph", options: photographs },
    { name: "preset", kind: "choice", label: "Preset", options: [...Object.keys(kernels), custom] },
    { name: "colours", kind: "choice", label: "Colours", options: colours },
    { name: "view", kind: "choice", label: "View", options: views },
    { name: "kernel", kind: "kernel", label: "Kernel" },
  ]
}

// Only one photograph is here; another one has to come from Python.
export function waits(state, fixed) {
  return state.photograph !== fixed.name
}

export function compute(state, fixed) {
  const { kernels, pictures, found, sizes } = fixed
  requireLight(state.kernel, fixed.heaviest)
  const image = pictures[state.colours]
  const output = filtered("output", image, state.kernel, fixed)
  const secret = state.secret === null ? null : kernels[state.secret]
  const target = secret && filtered("target", image, secret, fixed)
  return {
    image,
    output,
    target,
    difference: target && meanDifference(output, target),
    found: secret !== null && sameKernel(state.kernel, secret, found, Math.max(...sizes)),
    factors: separate(state.kernel),
  }
}

// Returns what a kernel makes of an image, from what was asked for last under the same name.
function filtered(name, image, kernel, { filtered: last }) {
  const before = last.get(name)
  const output = shiftAndAdd(image, kernel, before?.image === image ? before : null)
  last.set(name, { image, kernel, output })
  return output
}

function requireLight({ values }, heaviest) {
  const size = (value) => Math.abs(value)
  const heavy = values.reduce((most, value) => (size(value) > size(most) ? value : most), 0)
  if (size(heavy) <= heaviest) return
  throw new Refusal(
    `Expected numbers from ${general(-heaviest)} to ${general(heaviest)} in the kernel. ` +
      `Received ${general(heavy)}.`,
  )
}

// Returns the mean difference over the part that both outputs cover, centres aligned.
function meanDifference(one, other) {
  const size = [0, 1].map((axis) => Math.min(one.shape[axis], other.shape[axis]))
  const [a, b] = [middleOf(one, size), middleOf(other, size)]
  return sumOf(a.map((value, at) => Math.abs(value - b[at]))) / a.length
}

function middleOf({ shape, values }, [height, width]) {
  const channels = shape[2] ?? 1
  const top = Math.floor((shape[0] - height) / 2)
  const left = Math.floor((shape[1] - width) / 2)
  const middle = new Float64Array(height * width * channels)
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * shape[1] + left) * channels
    middle.set(values.subarray(from, from + width * channels), row * width * channels)
  }
  return middle
}

// A preset brings its kernel and its view; an edited kernel is no preset any more.
export function settle(state, changes, { kernels, custom }) {
  const [chosen, edited] = ["preset" in changes, "kernel" in changes]
  const kernel = chosen && !edited ? (kernels[state.preset] ?? state.kernel) : state.kernel
  return {
    ...state,
    kernel,
    preset: edited && !chosen ? custom : state.preset,
    view: chosen && !("view" in changes) ? fittingView(kernel) : state.view,
  }
}

function fittingView({ values }) {
  return Math.abs(sumOf(values)) < 1e-6 ? "signed" : "as a picture"
}

export function limits() {
  return {}
}

export function describe({ image, output }, state) {
  const size = ({ shape }) => `${shape[0]} × ${shape[1]}`
  const hidden = state.secret ? " A third picture is the output of a hidden kernel." : ""
  return (
    `The photograph ${state.photograph} in ${state.colours}, ${size(image)} pixels, ` +
    `and beside it the output of the ${size(state.kernel)} kernel ${state.preset}, ` +
    `${size(output)}, shown ${state.view}. ` +
    `The kernel's values sum to ${number(sumOf(state.kernel.values))}.${hidden}`
  )
}

export function readout(data, state) {
  const [low, high] = rangeOf(data.output.values)
  return (
    `Output from ${number(low)} to ${number(high)}. ` +
    `Kernel sum ${number(sumOf(state.kernel.values))}. ` +
    `${separability(state.kernel, data.factors)}${game(data, state)}`
  )
}

function separability({ shape, values }, factors) {
  if (factors === null) return "Not separable: no column times row gives this kernel."
  const [column, row] = factors.map((part) => part.map(factor).join(" "))
  return (
    `Separable: column [${column}] times row [${row}], ${sumOf(shape)} multiplications a pixel ` +
    `instead of ${values.length}.`
  )
}

// The last digits of a factor are noise, which must not decide how it is rounded.
function factor(value) {
  return number(Number(value.toFixed(9)))
}

function game(data, state) {
  if (!state.secret) return ""
  if (data.found) return ` <b>Found: the hidden kernel is ${state.secret}.</b>`
  return ` <b>Mean difference from the target: ${decimals(data.difference, 3)}.</b>`
}

export function views(data, state, fixed) {
  const [height, width] = data.image.shape
  const across = Math.trunc((fixed.shown * width) / Math.max(height, width))
  const picture = (caption, { shape, values }, signed, alt) => ({
    caption, alt, width: across, size: shape.slice(0, 2),
    points: pixels({ shape, values }, signed, fixed.table),
  })
  const signed = state.view === "signed"
  const hidden = "hidden kernel's output"
  if (!fixed.drawn.has(data.image)) {
    const alt = `photograph ${state.photograph}`
    fixed.drawn.set(data.image, picture("photograph", data.image, false, alt))
  }
  return {
    photograph: fixed.drawn.get(data.image),
    output: picture("output", data.output, signed, describe(data, state)),
    [hidden]: data.target ? picture(hidden, data.target, signed, hidden) : "",
  }
}

export function actions(shell) {
  const resized = (size) => () => shell.set({ kernel: fitted(shell.state.kernel, size) })
  const sizes = shell.fixed.sizes.map((size) => [`${size} × ${size}`, resized(size)])
  return {
    ...Object.fromEntries(sizes),
    Flip: () => shell.set({ kernel: flipped(shell.state.kernel) }),
    "Guess the kernel": () => shell.set(guess(shell.fixed, Math.random())),
    "Give up": () => shell.set(giveUp(shell.state)),
  }
}

// Returns the changes that hide a kernel; chance lies in 0…1.
export function guess({ kernels }, chance) {
  const names = Object.keys(kernels).filter((name) => name !== "identity")
  const secret = names[Math.floor(chance * names.length)]
  return { secret, preset: "identity", view: fittingView(kernels[secret]) }
}

// Returns the changes that reveal it.
export function giveUp({ secret }) {
  if (secret) return { preset: secret, secret: null }
  throw new Refusal("Expected a game in progress. Received none: press Guess first.")
}

const front = {
  prepare, fields, compute, settle, limits, describe, readout, views, actions, waits,
}

export default shownBy(front)
