// IoUPlayground in the browser: see course_utils.widgets.iou_playground.

import { Refusal } from "./arrays.js"
import { areaOf, encode, enclosingBox, sharedBox, shareOf } from "./boxes.js"
import { escaped } from "./html.js"
import { boxShape, cornersInWords, labelAt, laidOver, rows, swatch } from "./overlay.js"
import { shownBy } from "./shell.js"
import { number } from "./style.js"

const BOX = "#0072B2"
const OTHER = "#D55E00"
const INTERSECTION = "#E69F00"
const UNION = "#56B4E9"
const ENCLOSING = "#555555"
const CORNERS = { "upper left": "01", "upper right": "21", "lower left": "03", "lower right": "23" }

export function prepare(inputs) {
  return inputs
}

export function fields({ presets, custom }) {
  return [
    { name: "preset", kind: "choice", label: "Preset", options: [...Object.keys(presets), custom] },
    { name: "box", kind: "box", label: "Box" },
    { name: "other", kind: "box", label: "Other" },
  ]
}

export function compute(state, fixed) {
  const pair = ["box", "other"].map((name) => required(name, state[name], fixed))
  const areas = pair.map(areaOf)
  const [shared, enclosing] = [sharedBox(...pair), enclosingBox(...pair)]
  const [intersection, around] = [areaOf(shared), areaOf(enclosing)]
  const union = areas[0] + areas[1] - intersection
  const iou = shareOf(intersection, union)
  const giou = iou - shareOf(around - union, around)
  const deltas = areas.every((one) => one > 0) ? encode(...pair) : null
  return { pair, areas, intersection, union, around, iou, giou, shared, enclosing, deltas }
}

// Returns a box as a list, or throws a Refusal.
function required(name, { values }, { size: [height, width], sentences }) {
  const [x1, y1, x2, y2] = values
  const refuse = (sentence) => {
    const corners = [...values].map(number).join(", ")
    const came = { name, width, height, corners }
    const text = sentence + sentences.received
    throw new Refusal(text.replace(/\{(\w+)\}/g, (_, word) => came[word]))
  }
  if (x2 < x1 || y2 < y1) refuse(sentences.turned)
  if (x1 < 0 || y1 < 0 || x2 > width || y2 > height) refuse(sentences.outside)
  return [...values]
}

// A preset brings its boxes; boxes that were moved are no preset any more.
export function settle(state, changes, { presets, custom }) {
  const [chosen, moved] = ["preset" in changes, "box" in changes || "other" in changes]
  if (moved && !chosen) return { ...state, preset: custom }
  if (!chosen || moved || !(state.preset in presets)) return state
  const [box, other] = presets[state.preset].map(asArray)
  return { ...state, box, other }
}

function asArray(values) {
  return { shape: [4], values: Float64Array.from(values) }
}

export function limits() {
  return {}
}

export function describe(data, state, { size: [height, width] }) {
  const [box, other] = data.pair.map(cornersInWords)
  return (
    `Two boxes on a picture of ${width} × ${height} pixels, ${state.preset}: box from ${box}, ` +
    `other from ${other}; ${relation(data)}. Their intersection is filled in orange, their union ` +
    `tinted, the smallest box around both dotted. ` +
    `IoU ${number(data.iou)}, generalised IoU ${number(data.giou)}.`
  )
}

export function readout(data) {
  const deltas = deltaLines(data).map(([name, , value]) => `${name} ${value}`)
  return (
    `IoU <b>${number(data.iou)}</b>, generalised IoU <b>${number(data.giou)}</b>: ` +
    `${relation(data)}. Intersection ${number(data.intersection)}, union ${number(data.union)} ` +
    `square pixels. Deltas of box as seen from other: ${deltas.join(", ")}.`
  )
}

function relation({ areas, intersection, iou }) {
  if (areas.includes(0)) return "one of them is empty"
  if (intersection === 0) return "they share no area"
  if (iou === 1) return "they are the same box"
  if (areas.includes(intersection)) return "one lies inside the other"
  return "they overlap in part"
}

function overlapLines(data) {
  const areas = data.areas.map(number)
  const [shared, union, around] = [data.intersection, data.union, data.around].map(number)
  const generalised = `${number(data.iou)} − (${around} − ${union}) / ${around}`
  return [
    ["intersection", sides(data.shared), shared],
    ["union", `${areas[0]} + ${areas[1]} − ${shared}`, union],
    ["IoU", data.union ? `${shared} / ${union}` : "no area", number(data.iou)],
    ["box around both", sides(data.enclosing), around],
    ["generalised IoU", data.around ? generalised : "no area", number(data.giou)],
  ]
}

function sides([x1, y1, x2, y2]) {
  return `${number(x2 - x1)} × ${number(y2 - y1)}`
}

function deltaLines({ pair, deltas }) {
  const names = ["tx", "ty", "tw", "th"]
  if (deltas === null) return names.map((name) => [name, "an empty box has none", "–"])
  const [size, unit] = pair.map(([x1, y1, x2, y2]) => [x2 - x1, y2 - y1])
  const centre = (box, axis) => box[axis] + (box[axis + 2] - box[axis]) / 2
  return names.map((name, at) => {
    const axis = at % 2
    const [here, there] = pair.map((box) => number(centre(box, axis)))
    const whole = number(unit[axis])
    const shift = `(${here} − ${there}) / ${whole}`
    const how = at < 2 ? shift : `log(${number(size[axis])} / ${whole})`
    return [name, how, number(deltas[at])]
  })
}

export function views(data, state, fixed) {
  const words = escaped(describe(data, state, fixed))
  const content = laidOver(fixed.picture, shapes(data, fixed), fixed.size, fixed.shown)
  return {
    scene:
      `<figure class="course-view" aria-label="${words}">` +
      `<figcaption>box and other</figcaption>${content}</figure>`,
    numbers: numbers(data, fixed),
  }
}

function shapes({ pair: [box, other], shared, enclosing }, { size, shown }) {
  const union = boxShape(other, `fill:${UNION}`) + boxShape(box, `fill:${UNION}`)
  return [
    `<g style="opacity:0.45">${union}</g>`,
    boxShape(shared, `fill:${INTERSECTION};fill-opacity:0.75`),
    boxShape(enclosing, line(ENCLOSING, 1.5, "2 4")),
    boxShape(other, line(OTHER, 3, "9 4")),
    boxShape(box, line(BOX, 3)),
    labelAt("other", other, size, shown, OTHER, true),
    labelAt("box", box, size, shown, BOX),
  ].join("")
}

function line(colour, width, dashes = "none") {
  return `fill:none;stroke:${colour};stroke-width:${width};stroke-dasharray:${dashes}`
}

function numbers(data, { faces }) {
  const lines = [...overlapLines(data), ...deltaLines(data)]
  const found = lines.map(([name, how, value]) => {
    const patch = name in faces ? swatch(faces[name]) : ""
    return [patch + name, how, `<b>${value}</b>`]
  })
  const caption = "how they overlap, and the deltas of box as seen from other"
  return `<figure class="course-view"><figcaption>${caption}</figcaption>${rows(found)}</figure>`
}

// --- what a hand takes hold of: here alone, for without a browser nothing can be dragged --------

// Returns the views with grips laid over the scene.
function gripped(data, state, fixed) {
  const { scene, numbers } = views(data, state, fixed)
  const unit = fixed.size[1] / fixed.shown // a pixel on screen in pixels of the picture
  const [box, other] = data.pair
  const all = grips("other", other, OTHER, unit) + grips("box", box, BOX, unit)
  return { scene: scene.replace("</svg>", `${all}</svg>`), numbers }
}

// A grip's name says which corner numbers it moves: "box 01" is the upper left corner.
function grips(name, [x1, y1, x2, y2], colour, unit) {
  const [middle, wide, tall] = [[(x1 + x2) / 2, (y1 + y2) / 2], x2 - x1, y2 - y1]
  const [edge, corner, handle] = [12, 24, 10].map((size) => size * unit)
  const hit = (grip, place, size, cursor, more) =>
    `<g class="course-grip" data-grip="${name} ${grip}" style="cursor:${cursor}" ${more}>` +
    `${centred(place, size, "fill:transparent;stroke:none")}`
  const body = hit("0123", middle, [Math.max(wide, edge), Math.max(tall, edge)], "move",
    reached(`${name}: arrow keys move it, with Shift farther`))
  const edges = [
    ["0", [x1, middle[1]], [edge, tall]], ["2", [x2, middle[1]], [edge, tall]],
    ["1", [middle[0], y1], [wide, edge]], ["3", [middle[0], y2], [wide, edge]],
  ].map(([grip, place, size]) => {
    return `${hit(grip, place, size, grip % 2 ? "ns-resize" : "ew-resize", "")}</g>`
  })
  const corners = Object.entries(CORNERS).map(([where, grip]) => {
    const place = [[x1, y1, x2, y2][grip[0]], [x1, y1, x2, y2][grip[1]]]
    const cursor = grip === "01" || grip === "23" ? "nwse-resize" : "nesw-resize"
    const words = reached(`${name}, ${where} corner: arrow keys move it, with Shift farther`)
    const square = centred(place, [handle, handle], `fill:#fff;stroke:${colour};stroke-width:2`)
    return `${hit(grip, place, [corner, corner], cursor, words)}${square}</g>`
  })
  return `${body}</g>${edges.join("")}${corners.join("")}`
}

function reached(label) {
  return `tabindex="0" role="application" aria-label="${label}"`
}

function centred([x, y], [width, height], style) {
  return boxShape([x - width / 2, y - height / 2, x + width / 2, y + height / 2], style)
}

// Returns the changes that drag a grip [right, down] pixels away from where it was in a state.
export function moved(state, grip, shift, fixed) {
  const [name, places] = grip.split(" ")
  const before = [...state[name].values]
  const after =
    places.length === 4
      ? pushed(before, shift, fixed)
      : pulled(before, [...places].map(Number), shift, fixed)
  return { [name]: asArray(after) }
}

// A box as a whole stops at the picture's edges.
function pushed(corners, shift, { size: [height, width], grid }) {
  const least = [-corners[0], -corners[1]]
  const most = [width - corners[2], height - corners[3]]
  const far = shift.map((one, axis) => within(snapped(one, grid), least[axis], most[axis]))
  return corners.map((value, at) => value + far[at % 2])
}

// A side stops at the picture's edge, and at the opposite side.
function pulled(corners, places, shift, { size: [height, width], grid }) {
  const after = [...corners]
  for (const at of places) {
    const least = at < 2 ? 0 : corners[at - 2]
    const most = at < 2 ? corners[at + 2] : [width, height][at - 2]
    after[at] = within(snapped(corners[at] + shift[at % 2], grid), least, most)
  }
  return after
}

function snapped(value, grid) {
  return Math.round(value / grid) * grid
}

function within(value, least, most) {
  return Math.min(Math.max(value, least), most)
}

// --- buttons ----------------------------------------------------------------------------------

// IoU stays, the deltas do not.
export function swapped({ box, other }) {
  return { box: other, other: box }
}

export function actions(shell) {
  return { Swap: () => shell.set(swapped(shell.state)) }
}

export function waits() {
  return false
}

const front = {
  prepare, fields, compute, settle, limits, describe, readout, views: gripped, actions, waits,
  moved,
}

export default shownBy(front)
