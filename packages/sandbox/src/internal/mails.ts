import { Credential } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Mail } from "../Mail.js"
import * as Keep from "./keep.js"
import type { Commit } from "./workspace/event.js"
import type { State } from "./workspace/state.js"

/** The mails that would have been sent. */
export interface Mails {
  readonly mails: Effect.Effect<ReadonlyArray<Mail>>
  /** How many mails were dropped because there were too many. */
  readonly forgotten: Effect.Effect<number>
  readonly clear: Effect.Effect<void>
  /** From now on, mails to this address come back, or arrive again. */
  readonly bounce: (address: string, isBouncing: boolean) => Effect.Effect<void>
  readonly bouncing: Effect.Effect<ReadonlyArray<string>>
  /** Follows a change of the workspace. */
  readonly follow: (state: State, commit: Commit) => Effect.Effect<void>
}

/** Of addresses that bounce; the oldest ones are dropped. */
const mostAddresses = 10_000

/** The subject of the group's template is not part of the API; this is that of the workspace's first template. */
const subjectOf = (state: State): string =>
  Option.getOrElse(
    Option.flatMap(Option.fromNullable(state.emailTemplates.values()[0]), ({ subject }) => subject),
    () => "Your credential is ready"
  )

export const make = (keep: number, url: () => string): Mails => {
  const kept = Keep.make<Mail>(keep)
  let count = 0
  let bouncing: ReadonlySet<string> = new Set()

  const mail = (state: State, credential: Credential.Credential): Effect.Effect<void> =>
    Effect.map(DateTime.now, (at) => {
      const to = Option.getOrElse(credential.recipient.email, () => "")
      kept.add(
        new Mail({
          number: ++count,
          at,
          credentialId: credential.id,
          to,
          subject: subjectOf(state),
          url: `${Credential.publicUrl(credential, url())}?recipient=true`,
          bounced: bouncing.has(to.toLowerCase())
        })
      )
    })

  return {
    mails: Effect.sync(kept.values),
    forgotten: Effect.sync(kept.forgotten),
    clear: Effect.sync(() => void kept.clear()),
    bounce: (address, isBouncing) =>
      Effect.sync(() => {
        const key = address.toLowerCase()
        const others = [...bouncing].filter((other) => other !== key)
        bouncing = new Set(isBouncing ? [...others, key].slice(-mostAddresses) : others)
      }),
    bouncing: Effect.sync(() => [...bouncing]),
    follow: (state, { events }) =>
      Effect.forEach(
        events,
        (event) => (event._tag === "CredentialSent" ? mail(state, event.credential) : Effect.void),
        {
          discard: true
        }
      )
  }
}
