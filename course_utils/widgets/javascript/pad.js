// A pad to draw on: by mouse, finger, pen or keys. Draws at once, tells the kernel now and then.

const PAUSE = 60 // milliseconds between two messages while drawing
const NEAR = 0.006 // of the pad's side: points that are closer are one
const STEP = 0.02
const LEAP = 0.1 // of the side, with Shift
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const NAME =
  "Pad to draw a digit on. Draw with mouse, finger or pen. With keys: arrows move the pen, Shift " +
  "with them moves it farther, Space puts it down or lifts it, Backspace takes back a stroke, " +
  "Delete clears."

// Returns v within 0…1, in thousandths: exact in the kernel's text, and short on the way there.
export function rounded(v) {
  return Math.round(Math.min(Math.max(v, 0), 1) * 1000) / 1000
}

export function copied(strokes) {
  return strokes.map((stroke) => stroke.map((point) => [...point]))
}

function paint(canvas, strokes, width, pen) {
  const side = canvas.clientWidth || canvas.width
  const dots = Math.round(side * (window.devicePixelRatio || 1))
  if (canvas.width !== dots) canvas.width = canvas.height = dots
  const ink = canvas.getContext("2d")
  ink.setTransform(dots, 0, 0, dots, 0, 0)
  ink.fillStyle = "#fff"
  ink.fillRect(0, 0, 1, 1)
  ink.strokeStyle = "#111"
  ink.lineCap = ink.lineJoin = "round"
  ink.lineWidth = width
  for (const [first, ...others] of strokes) {
    ink.beginPath()
    ink.moveTo(...first)
    for (const point of others.length ? others : [first]) ink.lineTo(...point)
    ink.stroke()
  }
  if (pen) paintPen(ink, pen, Math.max(width / 2, 0.02))
}

// A ring in two colours, to be seen on paper and on ink; a filled one is a pen that is down.
function paintPen(ink, { at, isDown }, radius) {
  ink.beginPath()
  ink.arc(...at, radius, 0, 2 * Math.PI)
  ink.fillStyle = isDown ? "#E69F00" : "#fff"
  ink.fill()
  ink.lineWidth = 0.02
  ink.strokeStyle = "#fff"
  ink.stroke()
  ink.lineWidth = 0.01
  ink.strokeStyle = "#0072B2"
  ink.stroke()
}

function made(el) {
  const canvas = document.createElement("canvas")
  canvas.className = "course-pad"
  canvas.tabIndex = 0
  canvas.setAttribute("role", "application")
  canvas.setAttribute("aria-label", NAME)
  const words = document.createElement("div")
  words.className = "course-pad-words"
  words.setAttribute("aria-live", "polite")
  el.append(canvas, words)
  return { canvas, words }
}

function render({ model, el }) {
  const { canvas, words } = made(el)
  const at = [0.5, 0.5] // of the pen that keys move
  let strokes = copied(model.get("strokes"))
  let drawing = null // what holds the pen down: a pointer's id, or "keys"
  let last = 0
  let timer = null

  const byKeys = () => canvas.matches(":focus-visible")
  const show = () => {
    paint(canvas, strokes, model.get("pen") / 100, byKeys() && { at, isDown: drawing === "keys" })
  }
  const say = (text) => (words.textContent = text)
  const sayPen = () => {
    const [x, y] = at.map((v) => Math.round(100 * v))
    say(`Pen ${drawing === "keys" ? "down" : "up"} at ${x},${y}`)
  }

  const send = () => {
    clearTimeout(timer)
    timer = null
    last = Date.now()
    model.set("drawn", { sheet: model.get("sheet"), strokes: copied(strokes) })
    model.save_changes()
  }
  const sendSoon = () => {
    const wait = PAUSE - (Date.now() - last)
    if (wait <= 0) send()
    else timer ??= setTimeout(send, wait)
  }
  const isFull = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0) >= model.get("most")

  const begin = (holder, point) => {
    if (isFull()) return say("The pad is full: take back a stroke, or clear it.")
    drawing = holder
    strokes.push([point])
    sendSoon()
  }
  const add = (point) => {
    const stroke = strokes.at(-1)
    const [x, y] = stroke.at(-1)
    if (Math.hypot(point[0] - x, point[1] - y) < NEAR) return
    if (isFull()) return end()
    stroke.push(point)
    sendSoon()
  }
  const end = () => {
    drawing = null
    if (timer !== null) send()
  }
  const replace = (left, text) => {
    end()
    strokes = left
    send()
    say(text)
  }

  // --- mouse, finger, pen ---

  const place = (event) => {
    const box = canvas.getBoundingClientRect()
    const x = (event.clientX - box.left) / box.width
    return [rounded(x), rounded((event.clientY - box.top) / box.height)]
  }
  const press = (event) => {
    if (event.button !== 0 || typeof drawing === "number") return
    canvas.setPointerCapture(event.pointerId)
    say("")
    begin(event.pointerId, place(event))
    show()
  }
  const move = (event) => {
    if (drawing !== event.pointerId) return
    const passed = event.getCoalescedEvents?.() ?? []
    for (const one of passed.length ? passed : [event]) {
      if (drawing !== null) add(place(one))
    }
    show()
  }
  const lift = (event) => {
    if (drawing === event.pointerId) end()
  }

  // --- keys ---

  const arrow = (key, isLong) => {
    ARROWS[key].forEach((way, axis) => {
      at[axis] = rounded(at[axis] + way * (isLong ? LEAP : STEP))
    })
    if (drawing === "keys") add([...at])
    sayPen()
  }
  const answers = {
    " ": () => {
      drawing === "keys" ? end() : begin("keys", [...at])
      if (!isFull()) sayPen()
    },
    Backspace: () => replace(strokes.slice(0, -1), "Took back a stroke"),
    Delete: () => replace([], "Cleared"),
    Escape: () => replace([], "Cleared"),
  }
  // JupyterLab hears keys at the document, before they come down to the pad: this hears them at
  // the window, before JupyterLab. With Ctrl, Alt or Meta they are not the pad's.
  const key = (event) => {
    if (event.composedPath()[0] !== canvas || event.key === "Tab") return
    if (event.ctrlKey || event.altKey || event.metaKey) return
    event.stopPropagation()
    if (typeof drawing === "number") return
    const isArrow = event.key in ARROWS
    if (!isArrow && !(event.key in answers)) return
    event.preventDefault()
    isArrow ? arrow(event.key, event.shiftKey) : answers[event.key]()
    show()
  }
  const enter = () => {
    if (byKeys()) sayPen()
    show()
  }
  const leave = () => {
    end()
    say("")
    show()
  }

  // --- the kernel ---

  const follow = () => {
    clearTimeout(timer)
    timer = drawing = null
    strokes = copied(model.get("strokes"))
    show()
  }

  const heard = {
    pointerdown: press, pointermove: move, pointerup: lift, pointercancel: lift,
    lostpointercapture: lift, focus: enter, blur: leave,
  }
  for (const [name, answer] of Object.entries(heard)) canvas.addEventListener(name, answer)
  window.addEventListener("keydown", key, true)
  model.on("change:sheet", follow)
  model.on("change:pen", show)
  const resized = new ResizeObserver(show) // also when it is first laid out
  resized.observe(canvas)
  return () => {
    clearTimeout(timer)
    resized.disconnect()
    window.removeEventListener("keydown", key, true)
    model.off("change:sheet", follow)
    model.off("change:pen", show)
  }
}

export default { render }
