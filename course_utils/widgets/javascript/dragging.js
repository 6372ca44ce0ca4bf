// Dragging, by mouse, finger, pen or arrow keys: of elements with data-grip in an SVG.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const LEAP = 10 // steps with Shift

// Listens at an element, and returns what ends it.
//
// state(): what a grip is dragged from; move(state, grip, [right, down]): how far it is dragged by
// now, in the SVG's own units; keys move by a step of 1.
export function dragging(place, { state, move }) {
  let held = null
  const press = (event) => {
    const grip = event.button === 0 && !held && smallestAt(event, place)
    if (!grip) return
    const { clientX, clientY, pointerId } = event
    held = { grip, from: [clientX, clientY], pointerId, state: state() }
    place.setPointerCapture(pointerId)
    grip.focus({ preventScroll: true })
    event.preventDefault()
  }
  const drag = (event) => {
    if (held?.pointerId !== event.pointerId) return
    const scale = held.grip.ownerSVGElement.getScreenCTM()
    const right = (event.clientX - held.from[0]) / scale.a
    move(held.state, held.grip.dataset.grip, [right, (event.clientY - held.from[1]) / scale.d])
  }
  const release = (event) => {
    if (held?.pointerId === event.pointerId) held = null
  }
  const key = (event) => {
    const grip = event.target.closest("[data-grip]")
    const way = ARROWS[event.key]
    if (!grip || !way || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    const step = event.shiftKey ? LEAP : 1
    move(state(), grip.dataset.grip, way.map((part) => part * step))
  }
  // A finger on a grip drags it and does not scroll the page. (Within an SVG, Chromium does not
  // heed touch-action.)
  const touch = (event) => {
    if (event.target.closest("[data-grip]")) event.preventDefault()
  }
  const heard = {
    pointerdown: press, pointermove: drag, pointerup: release, pointercancel: release,
    keydown: key, touchstart: touch,
  }
  for (const [name, answer] of Object.entries(heard)) {
    place.addEventListener(name, answer, { passive: false })
  }
  return () => {
    for (const [name, answer] of Object.entries(heard)) place.removeEventListener(name, answer)
  }
}

// Of several grips on top of each other the smallest is meant: a box within a box can be reached.
function smallestAt({ clientX, clientY }, place) {
  const sizeOf = (grip) => {
    const { width, height } = grip.getBoundingClientRect()
    return width * height
  }
  const there = document.elementsFromPoint(clientX, clientY).filter((one) => place.contains(one))
  const grips = there.map((one) => one.closest("[data-grip]")).filter((one) => one !== null)
  return grips.sort((one, other) => sizeOf(one) - sizeOf(other))[0]
}
