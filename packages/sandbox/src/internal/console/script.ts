/** The script of the console: it replaces parts of the page as they change, and sends forms without leaving the page. */
export const script = `const status = document.getElementById("status")
const connection = document.getElementById("connection")
const source = new EventSource("/__sandbox/console/events")
source.addEventListener("open", () => { connection.textContent = "live" })
source.addEventListener("error", () => { connection.textContent = "not connected" })
source.addEventListener("section", (event) => {
  const { id, html } = JSON.parse(event.data)
  const part = document.getElementById(id)
  if (part === null) return
  const focused = part.contains(document.activeElement) ? document.activeElement.id : ""
  const left = Array.from(part.querySelectorAll(".scroll"), (table) => table.scrollLeft)
  part.innerHTML = html
  part.querySelectorAll(".scroll").forEach((table, index) => { table.scrollLeft = left[index] ?? 0 })
  if (focused !== "") document.getElementById(focused)?.focus({ preventScroll: true })
})
document.addEventListener("submit", async (event) => {
  const form = event.target
  event.preventDefault()
  status.textContent = "…"
  try {
    const body = new URLSearchParams(new FormData(form, event.submitter))
    const response = await fetch(form.action, { method: "POST", body, headers: { accept: "text/plain" } })
    status.textContent = await response.text()
  } catch {
    status.textContent = "The sandbox does not respond"
  }
})
`
