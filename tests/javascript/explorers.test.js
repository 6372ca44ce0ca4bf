// ConvStepper, KernelLab and IoUPlayground, computed here, against the same explorers in Python.

import assert from "node:assert/strict"
import test from "node:test"
import {
  Refusal, fromNested, toNested, unpacked,
} from "../../course_utils/widgets/javascript/arrays.js"
import * as lab from "../../course_utils/widgets/javascript/lab.js"
import * as overlap from "../../course_utils/widgets/javascript/overlap.js"
import * as stepper from "../../course_utils/widgets/javascript/stepper.js"
import { fixture } from "./fixtures.js"

const FRONTS = { stepper, lab, overlap }

function arrived(values) {
  return changed(values, (value) => (Array.isArray(value) ? fromNested(value) : value))
}

function plain(values) {
  return changed(values, (value) => (value?.shape ? toNested(value) : value))
}

function changed(values, change) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))
}

// Compares the html of a view, or the words and pixels of a picture.
function compare(found, expected) {
  if (typeof expected === "string") return assert.equal(found, expected)
  const { caption, alt, width, size, points } = found
  const { colours, ...words } = expected
  assert.deepEqual({ caption, alt, width, size }, words)
  const differs = points.filter((_, at) => at % 4 < 3).map((level, at) => level !== colours[at])
  assert.ok(differs.every((one) => !one))
}

for (const one of fixture("explorers")) {
  const { name, front, inputs, states, moves, refusals, fields, actions } = one
  const { prepare, compute, settle, describe, readout, views, limits } = FRONTS[front]
  const fixed = prepare(inputs)

  test(`${name}: words and pictures of each state`, () => {
    for (const { values, description, said, shown, most } of states) {
      const state = arrived(values)
      const data = compute(state, fixed)
      assert.equal(describe(data, state, fixed), description)
      assert.equal(readout(data, state, fixed), said)
      assert.deepEqual(limits(data), most)
      const found = views(data, state, fixed)
      assert.deepEqual(Object.keys(found), Object.keys(shown))
      for (const view of Object.keys(shown)) {
        const { base64, ...words } = shown[view]
        const colours = base64 && unpacked({ kind: "raw", bytes: { base64 } })
        compare(found[view], colours ? { ...words, colours } : shown[view])
      }
    }
  })

  test(`${name}: changes settle alike`, () => {
    for (const { before, changes, after } of moves) {
      const wanted = { ...arrived(before), ...arrived(changes) }
      assert.deepEqual(plain(settle(wanted, changes, fixed)), after)
    }
  })

  test(`${name}: refusals in the same words`, () => {
    for (const { before, changes, sentence } of refusals) {
      const set = () => {
        const wanted = { ...arrived(before), ...arrived(changes) }
        compute(settle(wanted, changes, fixed), fixed)
      }
      assert.throws(set, (error) => error instanceof Refusal && error.message === sentence)
    }
  })

  test(`${name}: the same inputs and buttons`, () => {
    assert.deepEqual(FRONTS[front].fields(fixed), fields)
    assert.deepEqual([...Object.keys(FRONTS[front].actions({ fixed })), "Reset"], actions)
  })
}

test("steps go through all places and around", () => {
  const data = { places: [2, 3] }
  let place = { row: 0, column: 0 }
  const places = [1, 1, 1, 1, 1, 1, -1].map((by) => (place = stepper.step(data, place, by)))
  const expected = [[0, 1], [0, 2], [1, 0], [1, 1], [1, 2], [0, 0], [1, 2]]
  assert.deepEqual(places.map(({ row, column }) => [row, column]), expected)
})

test("any kernel but identity can be hidden, and is revealed", () => {
  const kernel = fromNested([[1, -1]])
  const kernels = { a: kernel, identity: kernel, b: kernel }
  const secrets = [0, 0.49, 0.5, 0.999].map((chance) => lab.guess({ kernels }, chance).secret)
  assert.deepEqual(secrets, ["a", "a", "b", "b"])
  assert.deepEqual(lab.giveUp({ secret: "a" }), { preset: "a", secret: null })
  const sentence = "Expected a game in progress. Received none: press Guess first."
  assert.throws(() => lab.giveUp({ secret: null }), new Refusal(sentence))
})

// --- dragging boxes -------------------------------------------------------------------------------

const PLACE = { size: [90, 120], grid: 1 }

function dragged(corners, grip, shift, fixed = PLACE) {
  const state = { box: fromNested(corners), other: fromNested([0, 0, 1, 1]) }
  return toNested(overlap.moved(state, `box ${grip}`, shift, fixed).box)
}

test("a box is dragged by steps of the grid, and keeps its size at the edges", () => {
  const box = [10, 20, 40, 60.5]
  assert.deepEqual(dragged(box, "0123", [5.4, -3.6]), [15, 16, 45, 56.5])
  assert.deepEqual(dragged(box, "0123", [-50, 100]), [0, 49.5, 30, 90])
  assert.deepEqual(dragged(box, "0123", [1000, -1000]), [90, 0, 120, 40.5])
  const fine = { ...PLACE, grid: 0.25 }
  assert.deepEqual(dragged(box, "0123", [0.3, -0.1], fine), [10.25, 20, 40.25, 60.5])
})

test("a corner or a side is dragged alone, to the opposite one and to the edges", () => {
  const box = [10, 20, 40, 60]
  assert.deepEqual(dragged(box, "01", [5, 5]), [15, 25, 40, 60])
  assert.deepEqual(dragged(box, "23", [500, 500]), [10, 20, 120, 90])
  assert.deepEqual(dragged(box, "01", [500, 500]), [40, 60, 40, 60])
  assert.deepEqual(dragged(box, "21", [-500, -500]), [10, 0, 10, 60])
  assert.deepEqual(dragged(box, "3", [7, -5]), [10, 20, 40, 55])
  assert.deepEqual(dragged(box, "0", [-2.6, 9]), [7, 20, 40, 60])
})

test("what is dragged can always be", () => {
  let seed = 1
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647
  const grips = ["0123", "01", "21", "03", "23", "0", "1", "2", "3"]
  let corners = [10, 20, 40, 60]
  for (let turn = 0; turn < 2000; turn++) {
    const shift = [chance(), chance()].map((one) => (one - 0.5) * 90)
    corners = dragged(corners, grips[turn % 9], shift)
    const [x1, y1, x2, y2] = corners
    assert.ok(x1 >= 0 && y1 >= 0 && x1 <= x2 && y1 <= y2 && x2 <= 120 && y2 <= 90, `${corners}`)
  }
})

test("swapped boxes are swapped", () => {
  assert.deepEqual(overlap.swapped({ preset: "nested", box: 1, other: 2 }), { box: 2, other: 1 })
})
