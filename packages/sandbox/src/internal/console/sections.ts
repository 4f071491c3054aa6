import { Credential } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import type { Delivery } from "../../Delivery.js"
import type { Mail } from "../../Mail.js"
import * as Quirk from "../../Quirk.js"
import type { RecordedRequest } from "../../RecordedRequest.js"
import { type Html, html } from "../pages/html.js"
import type { State } from "../workspace/state.js"
import type { Ordered } from "../workspace/table.js"
import { faultLine } from "./faultText.js"
import type { Sources } from "./sources.js"

/** The maximum number of rows in a table, newest first. */
const rows = 25

/** The maximum length of a text in a table, in characters. */
const widest = 200

const cut = (text: string): string => (text.length > widest ? `${text.slice(0, widest)}…` : text)

/** Text from outside, isolated so that its writing direction does not affect the page. */
const said = (text: string): Html => (text === "" ? html`` : html`<bdi>${cut(text)}</bdi>`)

const clock = (at: DateTime.DateTime): Html =>
  html`<time>${DateTime.formatIso(at).replace("T", " ").slice(0, 19)}</time>`

const table = (name: string, heads: ReadonlyArray<string>, body: ReadonlyArray<ReadonlyArray<Html>>): Html =>
  body.length === 0
    ? html`<p class="quiet">None yet.</p>`
    : html`<div class="scroll" id="${name}-table" role="region" aria-label="Table: ${name}" tabindex="0">
        <table>
          <thead>
            <tr>
              ${heads.map((head) => html`<th scope="col">${head}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${body.map(
              (cells) =>
                html`<tr>
                  ${cells.map((cell, index) => html`<td data-head="${heads[index]}">${cell}</td>`)}
                </tr>`
            )}
          </tbody>
        </table>
      </div>`

const forgotten = (count: number): Html | undefined =>
  count === 0 ? undefined : html`<p class="quiet">${count} older ones were dropped.</p>`

const latest = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> => all.slice(-rows).toReversed()

const newest = <A, Derived>(list: Ordered<A, Derived>): ReadonlyArray<A> =>
  Array.from({ length: Math.min(rows, list.size) }, (_, index) => list.at(list.size - 1 - index)).flatMap((entry) =>
    entry === undefined ? [] : [entry.value]
  )

const badge = (kind: "good" | "bad" | "plain", text: string): Html => html`<span class="badge ${kind}">${text}</span>`

const requestRow = ({ at, faulted, method, path, problem, query, status }: RecordedRequest): ReadonlyArray<Html> => [
  Option.match(status, {
    onNone: () => badge("bad", "no response"),
    onSome: (status) => badge(status < 400 ? "good" : "bad", String(status))
  }),
  html`<code>${method} ${cut(query === "" ? path : `${path}?${query}`)}</code>`,
  html`${faulted ? badge("plain", "fault") : undefined}${said(Option.getOrElse(problem, () => ""))}`,
  clock(at)
]

const credentialRow =
  (state: State) =>
  (credential: Credential.Credential): ReadonlyArray<Html> => {
    const name = Credential.recipientName(credential)
    const isPublic = credential.status === "issued" || credential.status === "expired"
    return [
      isPublic ? html`<a href="/credentials/${encodeURIComponent(credential.publicId)}">${said(name)}</a>` : said(name),
      said(Option.getOrElse(credential.recipient.email, () => "")),
      badge(
        credential.status === "issued" ? "good" : credential.status === "expired" ? "bad" : "plain",
        credential.status
      ),
      said(state.groups.get(credential.groupId)?.name ?? ""),
      html`<code>${credential.id}</code>`
    ]
  }

const mailRow = ({ at, bounced, subject, to, url }: Mail): ReadonlyArray<Html> => [
  clock(at),
  said(to),
  said(subject),
  html`<a href="${new URL(url).pathname + new URL(url).search}">Open</a>`,
  bounced ? badge("bad", "bounced") : badge("good", "mailed")
]

const resend = ({ number }: Delivery): Html =>
  html`<form method="post" action="/__sandbox/console/redeliver">
    <input type="hidden" name="number" value="${number}" /><button id="resend-${number}">
      Resend<span class="hidden"> delivery ${number}</span>
    </button>
  </form>`

const deliveryRow = (delivery: Delivery): ReadonlyArray<Html> => {
  const last = delivery.attempts.at(-1)
  const result = last === undefined ? "" : Option.match(last.status, { onSome: String, onNone: () => "no response" })
  return [
    html`${delivery.number}`,
    badge(
      delivery.state === "delivered" ? "good" : delivery.state === "failed" ? "bad" : "plain",
      result === "" ? delivery.state : `${delivery.state}: ${result}`
    ),
    html`<code>${delivery.type}</code>`,
    html`${delivery.attempts.length}`,
    Option.match(delivery.nextAt, { onNone: () => html``, onSome: clock }),
    said(delivery.target),
    resend(delivery)
  ]
}

const width = 240

/** The available requests as a bar, with one part for each. */
const bar = ({ most, now }: { readonly now: number; readonly most: number }): Html => {
  const parts = Math.min(most, 60)
  const full = Math.round((now / most) * parts)
  const size = width / parts
  return html`<svg
    class="bar"
    viewBox="0 0 ${width} 24"
    width="${width}"
    height="24"
    role="img"
    aria-label="${now} of ${most} requests available"
  >
    ${Array.from(
      { length: parts },
      (_, index) =>
        html`<rect
          x="${index * size + 1}"
          y="1"
          width="${Math.max(1, size - 2)}"
          height="22"
          rx="3"
          class="${index < full ? "free" : "used"}"
        />`
    )}
  </svg>`
}

const statuses = (state: State): Html =>
  html`${Credential.knownStatuses.map(
    (status) =>
      html`<div>
        <dt>${status}</dt>
        <dd>${state.credentials.lookUp("status", status).size}</dd>
      </div>`
  )}`

export interface Section {
  readonly id: string
  readonly title: string
  readonly render: (sources: Sources) => Effect.Effect<Html>
}

const overview = ({ limiter, time, workspace }: Sources): Effect.Effect<Html> =>
  Effect.gen(function* () {
    const state = yield* workspace.state
    const moved = yield* time.moved
    const free = yield* limiter.free
    return html`<dl class="numbers">
        <div>
          <dt>groups</dt>
          <dd>${state.groups.size}</dd>
        </div>
        <div>
          <dt>designs</dt>
          <dd>${state.designs.size}</dd>
        </div>
        ${statuses(state)}
        <div>
          <dt>interactions</dt>
          <dd>${state.interactions.size}</dd>
        </div>
      </dl>
      <p>
        The clock is at ${clock(yield* DateTime.now)}
        UTC${Duration.toMillis(moved) === 0 ? "" : `, moved by ${Duration.format(moved)}`}.
      </p>
      <p class="limit">
        Rate limit:
        ${Option.match(free, { onNone: () => html`none`, onSome: (free) => html`${bar(free)} ${free.now} of ${free.most} requests available` })}
      </p>`
  })

const settings = ({ pendingFaults, quirks, webhooks }: Sources): Effect.Effect<Html> =>
  Effect.gen(function* () {
    const faults = yield* pendingFaults.rules
    const behavior = yield* webhooks.behavior
    const changed = Record.toEntries(quirks).filter(([name, value]) => Quirk.defaults[name] !== value)
    const ways = Record.toEntries(behavior).filter(([, value]) => value === true)
    return html`<h3>Pending faults</h3>
      ${
        faults.length === 0
          ? html`<p class="quiet">None.</p>`
          : html`<ul>
              ${faults.slice(0, rows).map((rule) => html`<li>${said(faultLine(rule))}</li>`)}
            </ul>`
      }
      <h3>Quirks that differ from the default</h3>
      ${
        changed.length === 0
          ? html`<p class="quiet">None.</p>`
          : html`<ul>
              ${changed.map(([name, value]) => html`<li><code>${name}=${value}</code> ${Quirk.table[name].question}</li>`)}
            </ul>`
      }
      <h3>Webhooks</h3>
      <p>
        ${webhooks.targets.length === 0 ? "No target. Start the sandbox with --webhook to add one." : html`To ${webhooks.targets.map((target) => html`<code>${target}</code> `)}`}${ways.map(([name]) => badge("plain", name))}
      </p>`
  })

const workspace = ({ workspace }: Sources): Effect.Effect<Html> =>
  Effect.map(workspace.state, (state) => {
    const groups = newest(state.groups.orderedBy("list"))
    const designs = newest(state.designs.stored)
    return html`<h3>Groups</h3>
      ${table(
        "groups",
        ["Name", "Credentials", "ID"],
        groups.map(({ id, name }) => [
          said(name),
          html`${state.credentials.lookUp("groupId", id.toLowerCase()).size}`,
          html`<code>${id}</code>`
        ])
      )}
      <h3>Designs</h3>
      ${table(
        "designs",
        ["Name", "Type", "ID"],
        designs.map(({ id, name, type }) => [said(name), html`${type}`, html`<code>${id}</code>`])
      )}`
  })

/** The parts of the page that are updated live. */
export const sections: ReadonlyArray<Section> = [
  { id: "overview", title: "Workspace", render: overview },
  {
    id: "requests",
    title: "Requests",
    render: ({ recorder }) =>
      Effect.map(recorder.requests, (all) =>
        table("requests", ["Status", "Request", "Problem", "Time"], latest(all).map(requestRow))
      )
  },
  {
    id: "credentials",
    title: "Credentials",
    render: ({ workspace }) =>
      Effect.map(workspace.state, (state) =>
        table(
          "credentials",
          ["Recipient", "Email", "Status", "Group", "ID"],
          newest(state.credentials.stored).map(credentialRow(state))
        )
      )
  },
  {
    id: "mails",
    title: "Mails",
    render: ({ mails }) =>
      Effect.zipWith(
        mails.mails,
        mails.forgotten,
        (all, dropped) =>
          html`${table("mails", ["Time", "To", "Subject", "Page", "Result"], latest(all).map(mailRow))}${forgotten(dropped)}`
      )
  },
  {
    id: "deliveries",
    title: "Webhook deliveries",
    render: ({ webhooks }) =>
      Effect.zipWith(
        webhooks.deliveries,
        webhooks.forgotten,
        (all, dropped) =>
          html`${table("deliveries", ["#", "State", "Event", "Attempts", "Next attempt", "Target", "Action"], latest(all).map(deliveryRow))}${forgotten(dropped)}`
      )
  },
  { id: "settings", title: "Faults and quirks", render: settings },
  { id: "workspace", title: "Groups and designs", render: workspace }
]
