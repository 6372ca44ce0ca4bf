// Boxes over a picture, as SVG, letter by letter those of course_utils.widgets.overlay.

import { escaped } from "./html.js"
import { decimals, number } from "./style.js"

const LETTERS = 13 // pixels of height on screen

// Returns an <img> with shapes over it, which count in pixels of [height, width].
export function laidOver(image, shapes, [height, width], shown) {
  return (
    `<div style="position:relative;width:${shown}px;max-width:100%">` +
    `${image}<svg role="group" viewBox="0 0 ${width} ${height}" ` +
    `style="position:absolute;left:0;top:0;width:100%;height:100%;overflow:visible">` +
    `${shapes}</svg></div>`
  )
}

// Returns the outline or face of a box.
export function boxShape([x1, y1, x2, y2], style) {
  const [x, y, width, height] = [x1, y1, x2 - x1, y2 - y1].map((value) => decimals(value, 2))
  const place = `x="${x}" y="${y}" width="${width}" height="${height}"`
  return `<rect ${place} style="vector-effect:non-scaling-stroke;${style}"></rect>`
}

// Returns words at the upper left corner of a box, or below its lower left one.
export function labelAt(text, [x1, y1, , y2], [height, width], shown, colour, below = false) {
  const letter = (LETTERS * width) / shown // pixels on screen in pixels of the picture
  const most = Math.max(width - 0.6 * letter * text.length, 0)
  const x = Math.min(Math.max(x1 + 0.6 * letter, 0), most)
  const beside = below ? y2 + letter : y1 - 0.3 * letter
  const y = Math.min(Math.max(beside, letter), height - 0.3 * letter)
  const style =
    `fill:${colour};font:bold ${decimals(letter, 2)}px sans-serif;stroke:#fff;` +
    `stroke-width:${decimals(0.25 * letter, 2)};stroke-linejoin:round;paint-order:stroke;` +
    "pointer-events:none"
  const place = `x="${decimals(x, 2)}" y="${decimals(y, 2)}"`
  return `<text ${place} style="${style}">${escaped(text)}</text>`
}

// Returns a small patch that shows in words what a colour stands for.
export function swatch(style) {
  return (
    '<i style="display:inline-block;width:14px;height:14px;margin-right:6px;' +
    `vertical-align:-2px;box-sizing:border-box;${style}"></i>`
  )
}

// Returns a table of words.
export function rows(lines) {
  const row = (line) => line.map((part) => `<td>${part}</td>`).join("")
  return `<table class="words">${lines.map((line) => `<tr>${row(line)}</tr>`).join("")}</table>`
}

export function cornersInWords(corners) {
  const [x1, y1, x2, y2] = corners.map(number)
  return `${x1}, ${y1} to ${x2}, ${y2}`
}
