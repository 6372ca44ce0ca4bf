// What pytest computed with NumPy, for tests/widgets/test_javascript.py to run these tests on.

import { readFileSync } from "node:fs"

export function fixture(name) {
  return JSON.parse(readFileSync(`${process.env.COURSE_FIXTURES}/${name}.json`, "utf8"))
}

// Returns the largest distance between numbers, in units of the larger one above 1.
export function distance(one, other) {
  if (one.length !== other.length) return Infinity
  return Array.from(one).reduce((most, value, at) => {
    const size = Math.max(1, Math.abs(value), Math.abs(other[at]))
    return Math.max(most, Math.abs(value - other[at]) / size)
  }, 0)
}
