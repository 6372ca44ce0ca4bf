// Pieces of a live picture in HTML, letter by letter those of course_utils.widgets.html.

import { cellColours, decimals, inkOn, looksSigned, number, rounded } from "./style.js"

const UNSAFE = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" }

export function escaped(text) {
  return String(text).replace(/[&<>"']/g, (letter) => UNSAFE[letter])
}

// Returns a table of numbers, coloured as html.table colours them.
//
// values: (height, width). look: what Python hands over, { table, longest }. marked(row, column):
// whether a cell has the CSS class `mark`; hatched likewise for a zero that padding added.
// extra(row, column): html to add to a cell.
export function table({ shape: [height, width], values }, look, options = {}) {
  const { marked = never, mark = "here", hatched = never, extra = nothing } = options
  const colours = cellColours(values, options.signed ?? looksSigned(values), look.table)
  let text = "<table>"
  for (let row = 0; row < height; row++) {
    text += "<tr>"
    for (let column = 0; column < width; column++) {
      const at = row * width + column
      const zero = hatched(row, column)
      const kind = (zero ? "zero" : "") + (marked(row, column) ? ` ${mark}` : "")
      const style = zero ? "" : styleOf(colours[at])
      text += cell(number(values[at]), style, kind, extra(row, column), look.longest)
    }
    text += "</tr>"
  }
  return text + "</table>"
}

function never() {
  return false
}

function nothing() {
  return ""
}

function styleOf(colour) {
  return `background-color:rgb(${colour.map(rounded).join(",")});color:${inkOn(colour)}`
}

function cell(text, style, kind, extra, longest) {
  const small = decimals((12 * longest) / text.length, 1)
  const size = text.length > longest ? `;font-size:${small}px` : ""
  return `<td class="${kind}" style="${style}${size}">${text}${extra}</td>`
}
