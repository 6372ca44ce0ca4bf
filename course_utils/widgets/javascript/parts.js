// Inputs with one protocol, { element, write }: each has a label that a screen reader finds.
//
// An input calls changed(value, typing): while somebody types, `typing` is the input, whose text
// then stays as it is; afterwards it is null. A text that is no number changes nothing.

import { channelLabel, decimals } from "./style.js"

export const STYLE = `<style>
.course-front { color: var(--jp-ui-font-color1, inherit); line-height: 1.4;
  font: 13px/1.4 var(--jp-ui-font-family, system-ui, sans-serif); }
.course-front .course-view td { text-align: center; padding: 0; }
.course-front .row { display: flex; flex-flow: row wrap; align-items: flex-start; }
.course-front .fields { max-width: 36rem; }
.course-front .field { display: flex; align-items: center; margin: 2px 16px 2px 0; }
.course-front .field > label { margin-right: 8px; white-space: nowrap; }
.course-front .field > input { width: 4.5rem; }
.course-front .corners input { width: 3.7rem; }
.course-front input, .course-front select { font: inherit; color: inherit; height: 28px;
  padding: 0 4px; box-sizing: border-box; border: 1px solid var(--jp-border-color1, #888);
  background: var(--jp-layout-color1, transparent); }
.course-front option { color: #111; background: #fff; }
.course-front .kernel { margin: 2px 16px 2px 0; }
.course-front .cells { display: grid; gap: 2px; }
.course-front .cells input { width: 3.9rem; }
.course-front .cells label { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
.course-front .cell { position: relative; }
.course-front .course-grip { user-select: none; }
.course-front .course-grip:focus { outline: none; }
.course-front .course-grip:focus-visible { outline: 3px solid #000; outline-offset: -1px; }
.course-front .course-grip:focus-visible rect:first-child { stroke: #fff !important;
  stroke-width: 3; }
.course-front button { font: inherit; color: inherit; height: 28px; margin: 2px; padding: 0 10px;
  border: 1px solid transparent; background: var(--jp-layout-color2, #8883); cursor: pointer; }
.course-front button:hover { background: var(--jp-layout-color3, #8885); }
.course-front :is(input, select, button):focus-visible { outline: 2px solid #0072B2;
  outline-offset: 1px; }
</style>`

let count = 0 // of labelled inputs, for the ids that tie a label to its input
const OWN = Math.random().toString(36).slice(2) // another explorer on the page counts for itself

// Returns an element with attributes and children.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

function labelled(input, text, kind) {
  input.id = `course-${OWN}-${++count}`
  return element("div", { class: kind }, element("label", { for: input.id }, text), input)
}

// Returns the input of one setting: a "count", a "number", a "choice", a "kernel" or a "box".
export function field(described, changed) {
  const makers = {
    count: countField, number: numberField, choice: choiceField, kernel: kernelGrid, box: boxFields,
  }
  return makers[described.kind](described, changed)
}

// A whole number within limits that move with the state; arrow keys step it.
function countField({ label, least, most }, changed) {
  const input = element("input", { type: "number", step: 1, min: least, max: most })
  const within = (value) => Math.min(Math.max(Math.trunc(value), least), Number(input.max))
  listen(input, (value, typing) => changed(within(value), typing))
  return {
    element: labelled(input, label, "field"),
    write(value, typing, limit = most) {
      input.max = limit
      writeNumber(input, value, typing)
    },
  }
}

// A real number.
function numberField({ label, step = 0.25 }, changed) {
  const input = element("input", { type: "number", step })
  listen(input, changed)
  return {
    element: labelled(input, label, "field"),
    write: (value, typing) => writeNumber(input, value, typing),
  }
}

// A box as four numbers: its corners in pixels.
function boxFields({ label }, changed) {
  let exact = null
  const edited = (at) => (value, typing) => {
    const values = exact.values.slice()
    values[at] = value
    changed({ shape: exact.shape, values }, typing)
  }
  const cells = ["x1", "y1", "x2", "y2"].map((corner, at) =>
    numberField({ label: `${label} ${corner}`, step: 1 }, edited(at)),
  )
  return {
    element: element("div", { class: "row corners" }, ...cells.map((cell) => cell.element)),
    write(corners, typing) {
      exact = corners
      cells.forEach((cell, at) => cell.write(corners.values[at], typing))
    },
  }
}

// One of several names.
function choiceField({ label, options }, changed) {
  const select = element("select", {}, ...options.map((name) => element("option", {}, name)))
  select.addEventListener("change", () => changed(select.value, null))
  return {
    element: labelled(select, label, "field"),
    write(value) {
      select.value = value
    },
  }
}

// A kernel as a grid of number fields, one grid for each channel.
function kernelGrid({ label }, changed) {
  const grid = element("div", { class: "row" })
  let [shape, cells, exact] = ["", [], null]
  const edited = (at, value, typing) => {
    const values = exact.values.slice()
    values[at] = value
    changed({ shape: exact.shape, values }, typing)
  }
  return {
    element: grid,
    write(kernel, typing) {
      exact = kernel
      if (String(kernel.shape) !== shape) {
        shape = String(kernel.shape)
        cells = buildGrids(grid, label, kernel.shape, edited)
      }
      // A field shows four decimals; the exact value is kept until somebody edits it.
      cells.forEach((cell, at) => writeNumber(cell, Number(decimals(exact.values[at], 4)), typing))
    },
  }
}

// Fills the grid with empty fields and returns them in the order of the kernel's values.
function buildGrids(grid, label, [height, width, channels = 1], edited) {
  const cells = []
  const tables = Array.from({ length: channels }, (_, channel) => {
    const places = []
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const at = (row * width + column) * channels + channel
        const name = channelLabel(`${label} row ${row}, column ${column}`, channel, channels)
        cells[at] = element("input", { type: "number", step: 0.25 })
        listen(cells[at], (value, typing) => edited(at, value, typing))
        places.push(labelled(cells[at], name, "cell"))
      }
    }
    const style = `grid-template-columns: repeat(${width}, max-content)`
    const title = element("b", {}, channelLabel(label, channel, channels))
    const table = element("div", { class: "cells", style }, ...places)
    return element("div", { class: "kernel" }, title, table)
  })
  grid.replaceChildren(...tables)
  return cells
}

function listen(input, changed) {
  const given = () => Number.isFinite(input.valueAsNumber)
  const done = () => {
    if (given()) changed(input.valueAsNumber, null)
    else input.value = input.dataset.value
  }
  input.addEventListener("input", () => given() && changed(input.valueAsNumber, input))
  input.addEventListener("change", done)
  // In JupyterLab Enter does not end the typing by itself.
  input.addEventListener("keydown", ({ key }) => key === "Enter" && done())
}

function writeNumber(input, value, typing) {
  if (input.dataset.value !== String(value)) input.dataset.value = value
  if (input !== typing && input.valueAsNumber !== value) input.value = value
}
