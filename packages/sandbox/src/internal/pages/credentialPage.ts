import { Credential, Interaction } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Credentials from "../credentials.js"
import type * as Handler from "../handlers/handler.js"
import * as Interactions from "../handlers/interactions.js"
import * as Keep from "../keep.js"
import { type IncomingRequest, type OutgoingResponse, pathOf, queryOf } from "../message.js"
import type { Commit } from "../workspace/event.js"
import type { State } from "../workspace/state.js"
import { type Html, html, page, seeOther } from "./html.js"

/** The actions on the page, by the interaction that each creates. */
const actions: Partial<Record<Interaction.KnownEventType, string>> = {
  credential_downloaded: "Download",
  credential_shared_to_linkedin: "Share on LinkedIn",
  credential_shared_to_facebook: "Share on Facebook",
  credential_shared_to_twitter: "Share on X",
  credential_shared_to_whatsapp: "Share on WhatsApp",
  credential_added_to_linkedin_profile: "Add to LinkedIn profile",
  credential_link_copied: "Copy link",
  credential_verified: "Verify"
}

const notFound = page({
  status: 404,
  title: "Not found",
  body: html`<main class="public">
    <h1>No such credential</h1>
    <p>It does not exist, is not issued yet, or was deleted.</p>
  </main>`
})

const term = (name: string, value: string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd><bdi>${value}</bdi></dd>
  </div>`

const facts = (credential: Credential.Credential): Html =>
  html`<dl>
    ${[
      ...Option.match(credential.issueDate, { onNone: () => [], onSome: (date) => [term("Issued", date)] }),
      ...Option.match(credential.expiryDate, { onNone: () => [], onSome: (date) => [term("Expires", date)] }),
      term("Status", credential.status === "expired" ? "Expired" : "Valid"),
      term("Credential ID", credential.publicId),
      ...Object.entries(credential.customAttributes).map(([key, value]) => term(key.replace(/^custom\./, ""), value))
    ]}
  </dl>`

const previews = (designs: ReadonlyArray<Credential.CredentialDesign>): ReadonlyArray<Html> =>
  designs.map(({ name, previews }) => {
    const [first] = previews
    return first === undefined
      ? html`<p class="quiet">The preview of <bdi>${name}</bdi> is not rendered yet.</p>`
      : html`<figure>
          <img src="${new URL(first.url).pathname}" alt="${name}" />
          <figcaption><bdi>${name}</bdi></figcaption>
        </figure>`
  })

const form = (path: string, [eventType, label]: readonly [string, string]): Html =>
  html`<form method="post" action="${path}"><button name="eventType" value="${eventType}">${label}</button></form>`

const done = (action: string | null): Html | undefined => {
  const label = Object.entries(actions).find(([eventType]) => eventType === action)?.[1]
  return label === undefined ? undefined : html`<p role="status">Recorded: ${label}.</p>`
}

interface Visit {
  readonly state: State
  readonly credential: Credential.Credential
  readonly designs: ReadonlyArray<Credential.CredentialDesign>
  readonly params: URLSearchParams
}

const render = ({ credential, designs, params, state }: Visit): OutgoingResponse => {
  const name = Credential.recipientName(credential)
  const group = state.groups.get(credential.groupId)
  const asRecipient = params.get("recipient") === "true"
  const path = `/credentials/${encodeURIComponent(credential.publicId)}${asRecipient ? "?recipient=true" : ""}`
  return page({
    title: `${name}: ${group?.name ?? "Credential"}`,
    body: html`<main class="public">
      <p class="quiet">A credential from the Certifier sandbox, for tests only</p>
      <h1><bdi>${name}</bdi></h1>
      <p class="lead"><bdi>${group?.name ?? ""}</bdi></p>
      ${credential.status === "expired" ? html`<p class="warning">This credential has expired.</p>` : undefined}
      ${done(params.get("done"))} ${previews(designs)} ${facts(credential)}
      <div class="actions">${Object.entries(actions).map((action) => form(path, action))}</div>
    </main>`
  })
}

/** Whether a form was sent from a page of another site. */
const isFromElsewhere = ({ headers: { host, origin } }: IncomingRequest): boolean =>
  origin !== undefined && origin.replace(/^https?:\/\//, "") !== host

const EventType = Schema.decodeUnknownOption(Schema.Literal(...Interaction.knownEventTypes))

/** The deleted credentials whose pages a quirk still shows. */
const makeDeleted = ({ quirks, workspace }: Handler.Options) =>
  Effect.gen(function* () {
    const kept = Keep.make<Credential.Credential>(100)
    if (quirks.deletedPage === "not-found") return kept
    const complete = ({ events }: Commit) =>
      Effect.sync(() => {
        for (const event of events) {
          if (event._tag === "CredentialDeleted") kept.add(event.credential)
          if (event._tag === "Replaced") kept.clear()
        }
      })
    yield* workspace.follow((commit) => Effect.succeed({ letters: [], complete: complete(commit) }))
    return kept
  })

/**
 * The public page of a credential; undefined for other paths. A visit is an interaction, and so is each button: by the
 * recipient if the link says so, else by a guest.
 */
export const make = (options: Handler.Options) =>
  Effect.map(makeDeleted(options), (deleted) => {
    const record = (
      credential: Credential.Credential,
      eventType: Interaction.KnownEventType,
      params: URLSearchParams
    ) =>
      Effect.flatMap(DateTime.now, (triggeredAt) =>
        Interactions.record(options, {
          credentialId: credential.id,
          eventType,
          triggeredBy: params.get("recipient") === "true" ? "recipient" : "guest",
          triggeredAt
        })
      )

    const visit = (incoming: IncomingRequest, publicId: string): Effect.Effect<OutgoingResponse> =>
      Effect.gen(function* () {
        const state = yield* options.workspace.state
        const key = publicId.toLowerCase()
        const [stored] = Array.from(state.credentials.lookUp("publicId", key), ({ value }) => value)
        const found = stored ?? deleted.values().find((credential) => credential.publicId.toLowerCase() === key)
        if (found === undefined || (found.status !== "issued" && found.status !== "expired")) return notFound
        const params = new URLSearchParams(queryOf(incoming.url))
        if (incoming.method === "POST") {
          const form = new URLSearchParams(new TextDecoder().decode(incoming.body.subarray(0, 1024)))
          const eventType = Option.getOrUndefined(EventType(form.get("eventType")))
          if (eventType === undefined || isFromElsewhere(incoming)) return notFound
          yield* Effect.ignore(record(found, eventType, params))
          params.set("done", eventType)
          return seeOther(`/credentials/${encodeURIComponent(found.publicId)}?${params.toString()}`)
        }
        // The page that follows a button does not count as a visit.
        if (incoming.method === "GET" && !params.has("done"))
          yield* Effect.ignore(record(found, "credential_viewed", params))
        const designs = stored === undefined ? [] : Credentials.designs(stored, state, yield* DateTime.now, options)
        return render({ state, credential: found, designs, params })
      })

    return (incoming: IncomingRequest): Effect.Effect<OutgoingResponse> | undefined => {
      const publicId = /^\/credentials\/([\w-]{1,128})$/.exec(pathOf(incoming.url))?.[1]
      return publicId !== undefined && /^(GET|HEAD|POST)$/.test(incoming.method) ? visit(incoming, publicId) : undefined
    }
  })
