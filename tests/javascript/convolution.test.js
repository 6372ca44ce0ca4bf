// Convolution in the browser against by_hand.convolution.

import assert from "node:assert/strict"
import test from "node:test"
import {
  Refusal, fromNested, toNested, unpacked,
} from "../../course_utils/widgets/javascript/arrays.js"
import * as convolution from "../../course_utils/widgets/javascript/convolution.js"
import { distance, fixture } from "./fixtures.js"

test("output sizes and padding are those of Keras' arithmetic", () => {
  for (const { size, kernel, setting, expected, zeros } of fixture("sizes")) {
    assert.equal(convolution.outputSize(size, kernel, setting), expected)
    assert.deepEqual(convolution.paddingOf(size, kernel, setting), zeros)
  }
})

test("a kernel that does not fit is refused in Python's words", () => {
  for (const { size, kernel, setting, sentence } of fixture("misfits")) {
    const refused = (error) => error instanceof Refusal && error.message === sentence
    assert.throws(() => convolution.outputSize(size, kernel, setting), refused)
    const [image, weights] = [[size, size, 1], [kernel, kernel, 1]].map((shape) => filled(shape))
    assert.throws(() => convolution.correlate(image, weights, setting), refused)
  }
})

function filled(shape) {
  return { shape, values: new Float64Array(shape.reduce((a, b) => a * b)).fill(1) }
}

test("correlate gives what NumPy gives", () => {
  for (const { image, kernel, setting, output } of fixture("correlations")) {
    const found = convolution.correlate(fromNested(image), fromNested(kernel), setting)
    const expected = fromNested(output)
    assert.deepEqual(found.shape, expected.shape)
    assert.ok(distance(found.values, expected.values) < 1e-12)
  }
})

test("a photograph shifted and added gives NumPy's digits, to the last", () => {
  for (const { photograph, kernel, output } of fixture("photographs")) {
    const found = convolution.shiftAndAdd(unpacked(photograph), fromNested(kernel))
    const expected = unpacked(output)
    assert.deepEqual(found, expected)
  }
})

test("a changed weight gives NumPy's digits too, to the last", () => {
  const exact = new Set()
  for (const { photograph, steps } of fixture("edits")) {
    const image = unpacked(photograph)
    let before = null
    for (const step of steps) {
      const kernel = fromNested(step.kernel)
      const output = convolution.shiftAndAdd(image, kernel, before)
      assert.deepEqual(output, unpacked(step.output))
      if (before) exact.add(convolution.addsExactly(image, kernel, before.kernel))
      before = { kernel, output }
    }
  }
  assert.deepEqual([...exact].sort(), [false, true]) // both ways were met
})

test("arrays arrive as they were sent, and go as nested lists", () => {
  for (const { array, nested } of fixture("arrays")) {
    const found = unpacked(array)
    assert.deepEqual(toNested(found), nested)
    assert.deepEqual([...fromNested(nested).values], [...found.values])
    const apart = new Uint8Array(3 + Buffer.from(array.bytes.base64, "base64").length)
    apart.set(Buffer.from(array.bytes.base64, "base64"), 3)
    const bytes = new DataView(apart.buffer, 3)
    assert.deepEqual(unpacked({ ...array, bytes }), found)
  }
})
