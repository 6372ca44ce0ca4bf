// What stands around an explorer that is computed here: inputs, live picture, readout, refusals.
// It is to a front what course_utils.widgets.shell is to an explorer.
//
// A front gives, as its explorer in Python does, and without touching the page:
//   prepare(inputs, name) -> fixed: what Python handed over, unpacked; name: a CSS class for it
//   fields(fixed): [{ name, kind, label, … }], see parts.js
//   compute(state, fixed) -> data, or throws a Refusal
//   settle(state, changes, fixed) -> state
//   describe, readout(data, state, fixed) -> text
//   views(data, state, fixed) -> { name: html, or a picture: see `paint` }
//   limits(data) -> { field: largest value }
//   actions(shell) -> { label: function }
//   waits(state, fixed) -> whether Python has to send something first
//   moved(state, grip, [right, down], fixed) -> changes, where its views have what can be dragged

import { Refusal, fromNested, sameArray, toNested } from "./arrays.js"
import { dragging } from "./dragging.js"
import { element, field, STYLE } from "./parts.js"

const PAUSE = 100 // milliseconds between two messages to Python

// Returns what anywidget expects of a module.
export function shownBy(front) {
  return {
    render({ model, el }) {
      const shell = new Shell(front, model)
      // JupyterLab leaves keys alone that are pressed in here: Enter presses a button.
      el.dataset.lmSuppressShortcuts = "true"
      el.classList.add("course-explorer", "course-front")
      el.replaceChildren(...shell.elements)
      return () => shell.close()
    },
  }
}

class Shell {
  constructor(front, model) {
    this.front = front
    this.model = model
    this.inputs = model.get("inputs")
    this.name = `course-${Math.random().toString(36).slice(2)}`
    this.fixed = front.prepare(this.inputs, this.name)
    this.start = arrived(this.inputs.start)
    this.views = new Map()
    this.build()
    this.adopt(model.get("state"))
    this.heard = {
      "change:state": () => this.hear(),
      "change:inputs": () => this.receive(),
    }
    for (const [name, answer] of Object.entries(this.heard)) model.on(name, answer)
  }

  // Changes settings, shows the result and tells Python; or says why not, and all stays.
  set(changes, typing = null) {
    this.attempt(() => {
      const state = this.front.settle({ ...this.state, ...changes }, changes, this.fixed)
      if (this.shows(state)) return this.write(typing)
      const waits = this.front.waits(state, this.fixed)
      const data = waits ? this.data : this.front.compute(state, this.fixed)
      Object.assign(this, { state, data })
      if (!waits) this.show(typing)
      this.send()
    })
  }

  // Whether this state is the one that is seen: an arrow key tells its number twice, as typed and
  // as done, and only the first needs an answer.
  shows(state) {
    const same = (one, other) => one === other || (one?.shape && sameArray(one, other))
    return (
      !this.front.waits(this.state, this.fixed) &&
      Object.entries(state).every(([name, value]) => same(value, this.state[name]))
    )
  }

  attempt(action) {
    try {
      action()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.refusal.replaceChildren(
        element("div", { role: "alert", class: "course-refusal" }, error.message),
      )
    }
  }

  // Takes over a state that came from Python, or from another view of the same explorer.
  adopt(message) {
    this.turn = message.turn
    this.state = arrived(message.values)
    this.calm()
    this.refresh()
  }

  refresh() {
    if (this.front.waits(this.state, this.fixed)) return
    this.data = this.front.compute(this.state, this.fixed)
    this.show()
  }

  // What was sent from here comes back as an echo, while the state here may have moved on.
  hear() {
    const message = this.model.get("state")
    if (message.from !== this.name) this.adopt(message)
  }

  // Takes what Python sends later, such as the photograph that was asked for.
  receive() {
    this.fixed = this.front.prepare(this.model.get("inputs"), this.name)
    this.refresh()
  }

  // Tells Python, a little later and at most once in a while: a drag makes many states.
  send() {
    this.waiting ??= setTimeout(() => this.save(), PAUSE)
  }

  save() {
    this.calm()
    const values = sendable(this.state)
    this.model.set("state", { turn: this.turn, from: this.name, values })
    this.model.save_changes()
  }

  calm() {
    clearTimeout(this.waiting)
    this.waiting = undefined
  }

  // Does a step now, and again after each pause, so many times or until `stop`.
  repeat(step, seconds, times) {
    this.stop()
    step()
    if (times > 1) {
      this.going = setTimeout(() => this.repeat(step, seconds, times - 1), seconds * 1000)
    }
  }

  stop() {
    clearTimeout(this.going)
  }

  close() {
    this.stop()
    this.letGo?.()
    if (this.waiting) this.save()
    for (const [name, answer] of Object.entries(this.heard)) this.model.off(name, answer)
  }

  build() {
    const described = this.front.fields(this.fixed)
    const changed = (name) => (value, typing) => this.set({ [name]: value }, typing)
    const made = described.map((one) => [one.name, field(one, changed(one.name))])
    this.fields = Object.fromEntries(made)
    const { kernel, ...others } = this.fields
    const heading = element("div")
    heading.innerHTML = this.inputs.style + STYLE
    heading.append(element("b", {}, this.inputs.title), element("br"), this.inputs.try_this)
    const places = Object.values(others).map((one) => one.element)
    const beside = kernel ? [kernel.element] : [] // which leaves the others less room
    this.refusal = element("div")
    this.pictures = element("div", { class: "row" })
    this.status = element("div", { role: "status", "aria-live": "polite" })
    if (this.front.moved) this.letGo = this.draggable()
    this.elements = [
      heading,
      row(element("div", { class: kernel ? "row fields" : "row" }, ...places), ...beside),
      row(...this.buttons()),
      this.refusal,
      this.pictures,
      this.status,
    ]
  }

  draggable() {
    return dragging(this.pictures, {
      state: () => this.state,
      move: (from, grip, shift) => this.set(this.front.moved(from, grip, shift, this.fixed)),
    })
  }

  buttons() {
    const actions = { ...this.front.actions(this), Reset: () => this.set(this.start) }
    return Object.entries(actions).map(([label, action]) => {
      const button = element("button", { type: "button" }, label)
      button.addEventListener("click", () => this.attempt(action))
      return button
    })
  }

  // Shows the present state everywhere; `typing` is an input whose text stays.
  show(typing = null) {
    const { data, state, fixed } = this
    this.write(typing)
    for (const [name, view] of Object.entries(this.front.views(data, state, fixed))) {
      if (!this.views.has(name)) this.views.set(name, this.pictures.appendChild(element("div")))
      paint(this.views.get(name), view)
    }
    put(this.status, this.front.readout(data, state, fixed))
  }

  // Brings the fields in step with the present state, which nothing speaks against.
  write(typing) {
    const limits = this.front.limits(this.data)
    for (const [name, one] of Object.entries(this.fields)) {
      one.write(this.state[name], typing, limits[name])
    }
    this.refusal.replaceChildren()
  }
}

function row(...children) {
  return element("div", { class: "row" }, ...children)
}

// Shows html, or a picture { caption, alt, width, size: [height, width], points } on a canvas.
function paint(place, view) {
  if (typeof view === "string") return put(place, view)
  if (place.shown === view) return
  place.shown = view
  const canvas = place.querySelector("canvas") ?? framed(place, view.caption)
  const [height, width] = view.size
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  canvas.style.width = `${view.width}px`
  canvas.setAttribute("aria-label", view.alt)
  canvas.getContext("2d").putImageData(new ImageData(view.points, width, height), 0, 0)
}

function framed(place, caption) {
  const canvas = element("canvas", { role: "img" })
  const words = element("figcaption", {}, caption)
  place.replaceChildren(element("figure", { class: "course-view" }, words, canvas))
  return canvas
}

// Shows html; what is there already stays, for laying out large tables anew takes long.
function put(place, text) {
  if (place.shown === text) return
  place.shown = text
  const wanted = element("template")
  wanted.innerHTML = text
  become(place, wanted.content)
}

// Gives a node the children of another one, touching only those that differ.
function become(node, wanted) {
  const [present, coming] = [[...node.childNodes], [...wanted.childNodes]]
  if (present.length !== coming.length) return node.replaceChildren(...coming)
  present.forEach((child, at) => {
    const other = coming[at]
    if (child.isEqualNode(other)) return
    if (child.nodeType !== Node.ELEMENT_NODE || child.nodeName !== other.nodeName) {
      return child.replaceWith(other)
    }
    for (const { name } of [...child.attributes]) {
      if (!other.hasAttribute(name)) child.removeAttribute(name)
    }
    for (const { name, value } of other.attributes) {
      if (child.getAttribute(name) !== value) child.setAttribute(name, value)
    }
    become(child, other)
  })
}

// Kernels travel as nested lists.
function arrived(values) {
  return mapped(values, (value) => (Array.isArray(value) ? fromNested(value) : value))
}

function sendable(state) {
  return mapped(state, (value) => (value?.shape ? toNested(value) : value))
}

function mapped(values, change) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))
}
