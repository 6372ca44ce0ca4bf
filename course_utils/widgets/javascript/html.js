// Pieces of a live picture in HTML, letter by letter those of course_utils.widgets.html.

import { cellLevels, decimals, looksSigned, number } from "./style.js"

const UNSAFE = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" }

export function escaped(text) {
  return String(text).replace(/[&<>"']/g, (letter) => UNSAFE[letter])
}

// Returns a table of numbers, coloured as html.table colours them.
//
// values: (height, width). look: what Python hands over, { longest, smallest }.
// hatched(row, column): whether a cell is a zero that padding added.
export function table({ shape: [height, width], values }, look, options = {}) {
  const { hatched = never, signed = looksSigned(values) } = options
  const [kind, levels] = [signed ? "s" : "g", cellLevels(values, signed)]
  let text = "<table>"
  for (let row = 0; row < height; row++) {
    text += "<tr>"
    for (let column = 0; column < width; column++) {
      const at = row * width + column
      text += cell(number(values[at]), hatched(row, column) ? "zero" : kind + levels[at], look)
    }
    text += "</tr>"
  }
  return text + "</table>"
}

function never() {
  return false
}

function cell(text, kind, { longest, smallest }) {
  const { length } = text
  if (length <= longest) return `<td class="${kind}">${text}</td>`
  if (length <= smallest) return `<td class="${kind} n${length}">${text}</td>`
  const size = decimals((12 * longest) / length, 1)
  return `<td class="${kind}" style="font-size:${size}px">${text}</td>`
}
