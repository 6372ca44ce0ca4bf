// Starts the explorers of an exported page, where no kernel answers.

// Shows a front in each place that holds what Python handed over, as JSON.
export function start(name, { render }) {
  for (const el of document.querySelectorAll(`[data-front="${name}"]`)) {
    const handed = JSON.parse(el.querySelector("script").textContent)
    const nothing = () => {}
    const model = {
      get: (key) => handed[key],
      set(key, value) {
        handed[key] = value
      },
      on: nothing, off: nothing, save_changes: nothing, send: nothing,
    }
    render({ model, el })
  }
}
