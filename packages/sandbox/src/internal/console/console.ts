import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ErrorEnvelope from "../../ErrorEnvelope.js"
import * as FaultSyntax from "../../FaultSyntax.js"
import type { Access } from "../access.js"
import { type IncomingRequest, type OutgoingResponse, pathOf, queryOf } from "../message.js"
import { type Html, html, page, seeOther, text } from "../pages/html.js"
import type { Transmission } from "../transmission.js"
import * as Actions from "./actions.js"
import * as Live from "./live.js"
import { sections } from "./sections.js"
import type { Sources } from "./sources.js"

const controls = (snapshots: ReadonlyArray<string>): Html =>
  html`<div class="forms">
      <form method="post" action="/__sandbox/console/fault">
        <label
          >A fault for the next request<input
            name="fault"
            list="faults"
            placeholder="503 or rate_limited*2"
            required
            autocomplete="off" /></label
        ><datalist id="faults">
          ${[...Object.keys(FaultSyntax.named), ...ErrorEnvelope.codes].map((name) => html`<option value="${name}"></option>`)}</datalist
        ><button>Inject</button>
      </form>
      <form method="post" action="/__sandbox/console/clear-faults"><button>Clear faults</button></form>
      <form method="post" action="/__sandbox/console/clock">
        <label
          >Move the clock by<select name="by">
            ${Object.keys(Actions.steps).map((step) => html`<option>${step}</option>`)}
          </select></label
        ><button>Move</button>
      </form>
      <form method="post" action="/__sandbox/console/bounce">
        <label>Make mails bounce<input name="address" type="email" placeholder="ada@example.com" required /></label
        ><button>Bounce</button>
      </form>
      <form method="post" action="/__sandbox/console/snapshot">
        <label>Save a snapshot<input name="name" placeholder="a name" required maxlength="64" /></label
        ><button>Save</button>
      </form>
      <form method="post" action="/__sandbox/console/restore">
        <label>Reset to a snapshot<input name="name" list="snapshots" placeholder="a name" required /></label
        ><datalist id="snapshots">${snapshots.map((name) => html`<option value="${name}"></option>`)}</datalist
        ><button>Reset</button>
      </form>
    </div>
    <p id="status" role="status"></p>`

const halves = new Set(["settings", "workspace"])

const render = (sources: Sources): Effect.Effect<OutgoingResponse> =>
  Effect.gen(function* () {
    const snapshots = yield* sources.store.snapshots
    const parts = yield* Effect.forEach(sections, ({ id, render, title }) =>
      Effect.map(
        render(sources),
        (body) =>
          html`<section class="${halves.has(id) ? "half" : ""}" aria-labelledby="${id}-title">
            <h2 id="${id}-title">${title}</h2>
            <div id="${id}">${body}</div>
          </section>`
      )
    )
    const [first, ...rest] = parts
    return page({
      title: "Certifier sandbox",
      hasScript: true,
      body: html`<a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <h1>Certifier sandbox</h1>
          <nav aria-label="Sections">
            ${sections.map(({ id, title }) => html`<a href="#${id}-title">${title}</a>`)}<a href="/docs">API</a>
          </nav>
          <span id="connection" class="quiet">not live</span>
        </header>
        <main class="console" id="main" tabindex="-1">
          ${first}
          <section aria-labelledby="controls-title">
            <h2 id="controls-title">Controls</h2>
            ${controls(snapshots)}
          </section>
          ${rest}
        </main>`
    })
  })

const refusal = page({
  status: 401,
  title: "Certifier sandbox",
  body: html`<main class="public">
    <h1>A token is required</h1>
    <p>Open the link that the sandbox printed when it started.</p>
  </main>`
})

const act = (sources: Sources, incoming: IncomingRequest, name: string): Effect.Effect<OutgoingResponse> =>
  Option.match(Actions.run(name, sources, new URLSearchParams(new TextDecoder().decode(incoming.body))), {
    onNone: () => Effect.succeed(text(404, "text/plain; charset=utf-8", "This action is unknown.")),
    onSome: Effect.map(({ isDone, message }) =>
      isDone && !/\btext\/plain\b/.test(incoming.headers["accept"] ?? "")
        ? seeOther("/")
        : text(isDone ? 200 : 400, "text/plain; charset=utf-8", message)
    )
  })

const plain = Effect.map((response: OutgoingResponse): Transmission => ({ response }))

const refusedForm = text(
  403,
  "text/plain; charset=utf-8",
  "This form was not sent from the console, or without its token. A proxy must pass on Host and X-Forwarded-Proto."
)

/** The console's page, its stream and its forms; undefined for other paths. */
export const make = (sources: Sources, access: Access) => {
  const live = Live.make(sources)

  const open = (incoming: IncomingRequest): Effect.Effect<OutgoingResponse> => {
    const token = new URLSearchParams(queryOf(incoming.url)).get("token")
    const headers = token === null ? Option.none() : access.logIn(token)
    if (Option.isSome(headers)) return Effect.succeed(seeOther("/", headers.value))
    return access.isAllowed(incoming) ? render(sources) : Effect.succeed(refusal)
  }

  return (incoming: IncomingRequest): Effect.Effect<Transmission> | undefined => {
    const path = pathOf(incoming.url)
    const isRead = incoming.method === "GET" || incoming.method === "HEAD"
    if (path === "/" && isRead) return plain(open(incoming))
    const name = /^\/__sandbox\/console\/([\w-]+)$/.exec(path)?.[1]
    if (name === undefined) return undefined
    if (!access.isAllowed(incoming)) return incoming.method === "POST" ? plain(Effect.succeed(refusedForm)) : undefined
    if (name === "events" && incoming.method === "GET") return live
    return incoming.method === "POST" ? plain(act(sources, incoming, name)) : undefined
  }
}
