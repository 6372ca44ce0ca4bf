// Tells the kernel where in an explorer's picture somebody clicks, taps or drags, and keeps keys
// that are pressed in a list of choices from the notebook around it.

const PAUSE = 50 // milliseconds between two places of one drag

// Returns [name, x, y] of an event over an element with data-pick, x and y in 0…1; else null.
export function placeOf(event) {
  const element = event.target.closest?.("[data-pick]")
  if (!element) return null
  const box = element.getBoundingClientRect()
  const within = (at, from, size) => Math.min(Math.max((at - from) / size, 0), 1)
  return [
    element.dataset.pick,
    within(event.clientX, box.left, box.width),
    within(event.clientY, box.top, box.height),
  ]
}

function render({ model, el }) {
  let count = 0
  let last = 0
  const own = (event) => {
    const explorer = event.target.closest?.(".course-explorer")
    return explorer !== null && explorer === el.closest(".course-explorer")
  }
  const send = (event) => {
    const place = event.button <= 0 && own(event) && placeOf(event)
    if (!place) return
    last = event.timeStamp
    model.set("place", [...place, ++count])
    model.save_changes()
  }
  const drag = (event) => {
    if (event.buttons === 1 && event.timeStamp - last > PAUSE) send(event)
  }
  const still = (event) => {
    if (own(event) && event.target.closest("[data-pick]")) event.preventDefault()
  }
  // In a list of choices JupyterLab would take the keys, arrows, letters and digits. It hears them
  // at the document, before they come down to the list: this hears them at the window.
  const key = (event) => {
    const isChosen = event.target.nodeName === "SELECT" && event.key !== "Tab" && own(event)
    if (isChosen && !event.ctrlKey && !event.altKey && !event.metaKey) event.stopPropagation()
  }
  const heard = { pointerdown: send, pointermove: drag, dragstart: still }
  window.addEventListener("keydown", key, true)
  for (const [name, answer] of Object.entries(heard)) document.addEventListener(name, answer)
  return () => {
    window.removeEventListener("keydown", key, true)
    for (const [name, answer] of Object.entries(heard)) document.removeEventListener(name, answer)
  }
}

export default { render }
