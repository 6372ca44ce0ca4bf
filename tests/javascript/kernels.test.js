// Factors, sizes and sameness of kernels against by_hand.kernels and KernelLab.

import assert from "node:assert/strict"
import test from "node:test"
import { fromNested, toNested } from "../../course_utils/widgets/javascript/arrays.js"
import * as kernels from "../../course_utils/widgets/javascript/kernels.js"
import { distance, fixture } from "./fixtures.js"

test("the same kernels are separable, into the same factors", () => {
  for (const { kernel, factors } of fixture("factors")) {
    const found = kernels.separate(fromNested(kernel))
    assert.equal(found === null, factors === null, String(kernel))
    if (found) assert.ok(distance(found.flat(), factors.flat()) < 1e-9, String(kernel))
  }
})

test("a kernel takes another size, and turns", () => {
  for (const { kernel, size, fitted, flipped } of fixture("resized")) {
    assert.deepEqual(toNested(kernels.fitted(fromNested(kernel), size)), fitted)
    assert.deepEqual(toNested(kernels.flipped(fromNested(kernel))), flipped)
  }
})

test("the hidden kernel is found, and no other", () => {
  for (const { kernel, secret, same } of fixture("found")) {
    const found = kernels.sameKernel(fromNested(kernel), fromNested(secret), 0.05, 7)
    assert.equal(found, same)
  }
})
