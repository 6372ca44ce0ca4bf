// ConvStepper in the browser: see course_utils.widgets.conv_stepper.

import { Refusal, channelOf, sumOf, unpacked, zeros } from "./arrays.js"
import { correlate, outputSize, pad, paddingOf, windowAt } from "./convolution.js"
import { escaped, table } from "./html.js"
import { shownBy } from "./shell.js"
import { channelLabel, looksSigned, number } from "./style.js"

export function prepare(inputs, name = inputs.name) {
  // made: what stays while the window moves
  return { ...inputs, name, image: unpacked(inputs.image), made: new Map() }
}

export function fields({ paddings }) {
  return [
    { name: "row", kind: "count", label: "Row", least: 0, most: 100 },
    { name: "column", kind: "count", label: "Column", least: 0, most: 100 },
    { name: "stride", kind: "count", label: "Stride", least: 1, most: 8 },
    { name: "padding", kind: "choice", label: "Padding", options: paddings },
    { name: "dilation", kind: "count", label: "Dilation", least: 1, most: 8 },
    { name: "bias", kind: "number", label: "Bias" },
    { name: "kernel", kind: "kernel", label: "Kernel" },
  ]
}

export function compute(state, fixed) {
  const { image, largest, unreadable } = fixed
  const kernel = withChannels(state.kernel)
  const axes = [0, 1].map((axis) => [image.shape[axis], kernel.shape[axis]])
  for (const [size, length] of axes) outputSize(size, length, state) // refuses what cannot be
  const zeros = axes.map(([size, length]) => paddingOf(size, length, state))
  const spans = axes.map(([, length]) => state.dilation * (length - 1) + 1)
  requireReadable(spans, largest, unreadable)
  const whole = pad(image, zeros)
  const everything = kept(fixed, "everything", settingOf(kernel, state), () =>
    correlate(image, kernel, state),
  )
  const window = windowAt(whole, kernel, state.row, state.column, state)
  const weighted = window.values.map((pixel, at) => pixel * kernel.values[at])
  const products = { shape: window.shape, values: weighted }
  const value = everything.values[state.row * everything.shape[1] + state.column]
  const pieces = [state.row, state.column].map((place, axis) =>
    pieceOf(image.shape[axis], zeros[axis], place * state.stride, spans[axis], largest),
  )
  const seen = pieces.map((piece, axis) =>
    outputsInside(piece, spans[axis], state.stride, everything.shape[axis]),
  )
  return {
    padded: cut(whole, pieces),
    zeros: pieces.map((piece) => piece.zeros),
    corner: pieces.map((piece) => piece.from - piece.before),
    taps: pieces.map((piece) => piece.first),
    output: withoutChannels(cut(withChannels(everything), seen)),
    first: seen.map((one) => one.from),
    places: everything.shape,
    spans, kernel, window, products, value,
  }
}

// Returns what is shown of one padded axis: all of it, or what is around the window that begins at
// `first`. `from` and `to` count from the first padded row, `first` becomes its place in the piece.
function pieceOf(size, [before, after], first, span, largest) {
  const all = before + size + after
  const wanted = first + Math.floor(span / 2) - Math.floor(largest / 2)
  const from = all <= largest ? 0 : Math.min(Math.max(wanted, 0), all - largest)
  const to = Math.min(from + largest, all)
  const zeros = [Math.max(before - from, 0), Math.max(to - before - size, 0)]
  return { from, to, before, zeros, first: first - from }
}

// Returns which outputs along one axis have their windows in the piece, from … to (excluded).
function outputsInside(piece, span, stride, count) {
  const last = Math.floor((piece.to - span) / stride)
  return { from: Math.ceil(piece.from / stride), to: Math.min(last + 1, count) }
}

function cut({ shape, values }, [rows, columns]) {
  const channels = shape[2]
  const part = zeros([rows.to - rows.from, columns.to - columns.from, channels])
  const line = part.shape[1] * channels
  for (let row = 0; row < part.shape[0]; row++) {
    const from = ((rows.from + row) * shape[1] + columns.from) * channels
    part.values.set(values.subarray(from, from + line), row * line)
  }
  return part
}

function withoutChannels({ shape, values }) {
  return { shape: shape.slice(0, 2), values }
}

function withChannels({ shape, values }) {
  return { shape: shape.length === 2 ? [...shape, 1] : shape, values }
}

// The sentence stands in Python, with places for what came.
function requireReadable([rows, columns], largest, sentence) {
  if (Math.max(rows, columns) <= largest) return
  const came = { rows, columns }
  throw new Refusal(sentence.replace(/\{(\w+)\}/g, (_, name) => came[name]))
}

// Moves a row or column that a new setting left outside back to the last one.
export function settle(state, changes, { image }) {
  const kernel = withChannels(state.kernel)
  const last = [0, 1].map((axis) => outputSize(image.shape[axis], kernel.shape[axis], state) - 1)
  return { ...state, row: Math.min(state.row, last[0]), column: Math.min(state.column, last[1]) }
}

export function limits({ places: [rows, columns] }) {
  return { row: rows - 1, column: columns - 1 }
}

// Returns the place so many windows on, row by row; after the last comes the first.
export function step({ places: [rows, columns] }, { row, column }, by) {
  const all = rows * columns
  const place = (row * columns + column + by + all) % all
  return { row: Math.floor(place / columns), column: place % columns }
}

export function describe(data, state, { image }) {
  const { kernel, value } = data
  const [height, width, channels] = image.shape
  const [rows, columns] = data.places
  return (
    `An image of ${height} × ${width} values in ${channels} channel${channels > 1 ? "s" : ""}, ` +
    `a ${kernel.shape[0]} × ${kernel.shape[1]} kernel, stride ${state.stride}, ` +
    `padding ${state.padding}, dilation ${state.dilation}, bias ${number(state.bias)}. ` +
    `The output has ${rows} × ${columns} values. ${pieceInWords(data)}` +
    `The window of output row ${state.row}, column ${state.column} is framed; ` +
    `it gives ${number(value)}.`
  )
}

// Which part is shown, or nothing where all of it is.
function pieceInWords({ output, places, corner: [top, left], padded: { shape } }) {
  if (output.shape.every((size, axis) => size === places[axis])) return ""
  const signed = (at) => `${at}`.replace("-", "−")
  const rows = `rows ${signed(top)} to ${signed(top + shape[0] - 1)}`
  return `Shown of the image: ${rows}, columns ${signed(left)} to ${signed(left + shape[1] - 1)}. `
}

export function readout(data, state) {
  const place = `Row ${state.row}, column ${state.column}`
  return `${place}: ${sumInWords(data)} + bias ${number(state.bias)} = <b>${number(data.value)}</b>`
}

// Products of a small window, channel sums of a deep one.
function sumInWords({ kernel, window, products }) {
  const channels = products.shape[2]
  const all = products.values.length
  if (channels === 1 && all > 9) return `sum of ${all} products ${number(sumOf(products.values))}`
  if (channels === 1) {
    const pairs = Array.from(window.values, (pixel, at) => [pixel, kernel.values[at]])
    return pairs.map(([pixel, weight]) => `${number(pixel)}×${number(weight)}`).join(" + ")
  }
  const sums = Array.from({ length: channels }, (_, at) => sumOf(channelOf(products, at).values))
  return sums.map((sum, at) => `${channelLabel("sum", at, channels)} ${number(sum)}`).join(" + ")
}

export function views(data, state, fixed) {
  const { window, kernel, products } = data
  const hatched = outside(data)
  const [top, left] = data.taps
  const inWindow = (row, column) =>
    hatched(top + row * state.dilation, left + column * state.dilation)
  // These three stay in one line, to be read as one equation.
  const step =
    part(blocks("window", window, fixed, data, { hatched: inWindow })) +
    part(blocks("× kernel", kernel, fixed, data, { signed: true })) +
    part(blocks("= products", products, fixed, data, { signed: true }))
  const words = escaped(describe(data, state, fixed))
  // It changes neither image nor output: what is framed in them is told here.
  return {
    image: kept(fixed, "image", [data.corner, data.zeros, data.spans], () =>
      figure(
        `${fixed.name}-image`,
        blocks("image", data.padded, fixed, data, { hatched }) + hoverFrames(data, fixed),
      ),
    ),
    output: kept(fixed, "output", [data.corner, data.first, settingOf(kernel, state)], () =>
      figure(`${fixed.name}-output`, hoverRules(data, state, fixed) + outputBlock(data, fixed)),
    ),
    step: group(words, marks(data, state, fixed) + step),
  }
}

// Returns what `make` gives; the last one again as long as the key is the same.
function kept({ made }, name, key, make) {
  const words = JSON.stringify(key)
  if (made.get(name)?.words !== words) made.set(name, { words, result: make() })
  return made.get(name).result
}

// Returns all that the outputs hang on.
function settingOf({ shape, values }, { bias, stride, padding, dilation }) {
  return [shape, [...values], bias, stride, padding, dilation]
}

function outputBlock(data, fixed) {
  const signed = looksSigned(data.kernel.values) || looksSigned(data.output.values)
  return block("output", table(data.output, fixed, { signed }), fixed, data)
}

function outside({ padded: { shape: [height, width] }, zeros: [[top, bottom], [left, right]] }) {
  return (row, column) =>
    row < top || row >= height - bottom || column < left || column >= width - right
}

const FRAME = "outline:3px solid #E69F00;outline-offset:-3px"

// Returns the style that frames the window in each channel, and the output that it gives. Rules
// instead of classes in the cells: large tables are then not laid out again.
function marks({ taps, kernel, first }, { row, column, dilation }, { name }) {
  const [rows, columns] = taps.map((tap, axis) => every(tap, kernel.shape[axis], dilation))
  const [down, across] = [row - first[0] + 1, column - first[1] + 1]
  return (
    `<style>.${name}-image tr${rows} td${columns},` +
    `.${name}-output tr:nth-child(${down}) td:nth-child(${across}){${FRAME}}</style>`
  )
}

// Returns the CSS that selects so many rows or columns, which lie equally far apart.
function every(first, count, dilation) {
  const [apart, last] = [count > 1 ? dilation : 1, first + (count - 1) * dilation]
  return `:nth-child(${apart}n+${first + 1}):nth-child(-n+${last + 1})`
}

// Returns a frame for each channel, which `hoverRules` places and shows.
function hoverFrames(data, fixed) {
  const [height, width] = data.spans.map((span, axis) => span * fixed.cell[axis])
  let text = ""
  for (let channel = 0; channel < data.padded.shape[2]; channel++) {
    const top = fixed.caption + channel * pitchOf(data, fixed)
    const style = `width:${width}px;height:${height}px;margin-top:${top}px`
    text += `<i class="course-hover" style="${style}"></i>`
  }
  return text
}

// Returns the style that frames the window of the output value that is pointed at.
function hoverRules({ taps, first, output }, state, { name, cell: [height, width] }) {
  const own = [state.row - first[0], state.column - first[1]]
  const placeOf = (at, axis) => taps[axis] + (at - own[axis]) * state.stride
  const places = (axis) => Array.from({ length: output.shape[axis] }, (_, at) => placeOf(at, axis))
  const rule = (pointed, then) =>
    `.course-explorer:has(.${name}-output ${pointed}) .${name}-image i{${then}}`
  const down = places(0).map((row, at) =>
    rule(`tr:nth-child(${at + 1}) td:hover`, `display:block;top:${row * height}px`),
  )
  const across = places(1).map((column, at) =>
    rule(`td:nth-child(${at + 1}):hover`, `left:${column * width}px`),
  )
  return `<style>${down.join("")}${across.join("")}</style>`
}

const VIEW = "margin:0 16px 0 0"

function figure(name, content) {
  return `<figure class="course-view ${name}" style="${VIEW}">${content}</figure>`
}

function group(words, content) {
  const style = "display:flex;flex-wrap:wrap;margin:0"
  const start = `<div class="course-view" role="group" aria-label="${words}" style="${style}">`
  return `${start}${content}</div>`
}

function part(content) {
  return `<div style="${VIEW}">${content}</div>`
}

// Returns an array's channels as tables under each other, each as high as the padded image.
function blocks(name, values, fixed, data, options) {
  const channels = values.shape[2]
  let text = ""
  for (let channel = 0; channel < channels; channel++) {
    const one = table(channelOf(values, channel), fixed, options)
    text += block(channelLabel(name, channel, channels), one, fixed, data)
  }
  return text
}

function block(caption, content, fixed, data) {
  return (
    `<div style="height:${pitchOf(data, fixed)}px"><div class="caption" ` +
    `style="height:${fixed.caption}px">${caption}</div>${content}</div>`
  )
}

// Returns the pixels from one channel's caption to the next one's.
function pitchOf({ padded: { shape: [tall] } }, { caption, cell: [height], gap }) {
  return caption + tall * height + gap
}

export function actions(shell) {
  const move = (by) => shell.set(step(shell.data, shell.state, by))
  return {
    Back: () => move(-1),
    Step: () => move(1),
    // Once through and no further: an explorer that nobody looks at any more comes to rest.
    Run: () => {
      const [rows, columns] = shell.data.places
      shell.repeat(() => move(1), shell.fixed.pace, rows * columns)
    },
    Stop: () => {
      shell.stop()
      shell.model.send({ press: "Stop" }) // Python may be running it too
    },
  }
}

export function waits() {
  return false
}

const front = {
  prepare, fields, compute, settle, limits, describe, readout, views, actions, waits,
}

export default shownBy(front)
