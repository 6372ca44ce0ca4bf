// Numbers, colours and cells against draw.style and widgets.html.

import assert from "node:assert/strict"
import test from "node:test"
import { fromNested, unpacked } from "../../course_utils/widgets/javascript/arrays.js"
import * as html from "../../course_utils/widgets/javascript/html.js"
import * as style from "../../course_utils/widgets/javascript/style.js"
import { fixture } from "./fixtures.js"

test("numbers are written as Python writes them", () => {
  for (const { value, number, fixed, general } of fixture("numbers")) {
    const float = Number(value) // as text, for JSON knows no infinity
    assert.equal(style.number(float), number, value)
    if (fixed) assert.deepEqual([1, 2, 3, 4].map((n) => style.decimals(float, n)), fixed, value)
    if (general) assert.equal(style.general(float), general, value)
  }
})

test("channels are called alike", () => {
  for (const { channel, channels, label } of fixture("labels")) {
    assert.equal(style.channelLabel("image", channel, channels), label)
  }
})

test("tables are the same to the letter", () => {
  const { look, tables } = fixture("tables")
  look.table = unpacked(look.table)
  for (const { values, signed, expected } of tables) {
    const options = signed === null ? {} : { signed }
    assert.equal(html.table(fromNested(values), look, options), expected)
  }
})

test("pictures have the same pixels", () => {
  const { table, pictures } = fixture("pixels")
  for (const { values, signed, expected } of pictures) {
    const points = style.pixels(unpacked(values), signed, unpacked(table))
    const colours = points.filter((_, at) => at % 4 < 3)
    assert.ok(points.every((opacity, at) => at % 4 < 3 || opacity === 255))
    assert.deepEqual([...colours], [...unpacked(expected)])
  }
})

test("words are escaped", () => {
  const { text, expected } = fixture("hostile")
  assert.equal(html.escaped(text), expected)
})
