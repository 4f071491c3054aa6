import { Credential } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Mail } from "../Mail.js"
import * as Keep from "./keep.js"
import type { Commit } from "./workspace/event.js"
import * as Letters from "./workspace/letters.js"
import type { State } from "./workspace/state.js"
import type { Consequence, Workspace } from "./workspace/workspace.js"

/** The mails that would have been sent. */
export interface Mails {
  readonly mails: Effect.Effect<ReadonlyArray<Mail>>
  /** How many mails were dropped because there were too many. */
  readonly forgotten: Effect.Effect<number>
  readonly clear: Effect.Effect<void>
  /** Makes later mails to this address bounce, or arrive again. */
  readonly bounce: (address: string, isBouncing: boolean) => Effect.Effect<void>
  readonly bouncing: Effect.Effect<ReadonlyArray<string>>
  /** Called with each change of the workspace. */
  readonly follow: (state: State, commit: Commit) => Effect.Effect<Consequence>
}

/** The number of bouncing addresses that are kept. The oldest ones are dropped. */
const mostAddresses = 10_000

/** The API does not have the subject of the group's template, so this is that of the workspace's first template. */
const subjectOf = (state: State): string =>
  Option.getOrElse(
    Option.flatMap(Option.fromNullable(state.emailTemplates.values()[0]), ({ subject }) => subject),
    () => "Your credential is ready"
  )

export interface Options {
  readonly keep: number
  /** The URL of the sandbox, for links. */
  readonly url: () => string
  readonly saved: ReadonlyArray<Mail>
  readonly save: Workspace["save"]
}

/** The size limit of all kept mails, in characters. */
const spaceOfMails = 8 * 1024 * 1024

const sizeOf = ({ subject, to, url }: Mail): number => subject.length + to.length + url.length

export const make = ({ keep, save, saved, url }: Options): Mails => {
  const kept = Keep.make<Mail>(keep, spaceOfMails)
  let dropped: ReadonlyArray<Mail> = saved.flatMap((mail) => kept.add(mail, sizeOf(mail)))
  let count = saved.at(-1)?.number ?? 0
  let bouncing: ReadonlySet<string> = new Set()

  const mailOf = (state: State, credential: Credential.Credential, number: number): Effect.Effect<Mail> =>
    Effect.map(DateTime.now, (at) => {
      const to = Option.getOrElse(credential.recipient.email, () => "")
      return new Mail({
        number,
        at,
        credentialId: credential.id,
        to,
        subject: subjectOf(state),
        url: `${Credential.publicUrl(credential, url())}?recipient=true`,
        bounced: bouncing.has(to.toLowerCase())
      })
    })

  const removals = (mails: ReadonlyArray<Mail>) => mails.map(({ number }) => Letters.remove("mails", number))

  return {
    mails: Effect.sync(kept.values),
    forgotten: Effect.sync(kept.forgotten),
    clear: Effect.suspend(() => save(removals([...dropped, ...kept.clear()]))),
    bounce: (address, isBouncing) =>
      Effect.sync(() => {
        const key = address.toLowerCase()
        const others = [...bouncing].filter((other) => other !== key)
        bouncing = new Set(isBouncing ? [...others, key].slice(-mostAddresses) : others)
      }),
    bouncing: Effect.sync(() => [...bouncing]),
    follow: (state, { events }) =>
      Effect.gen(function* () {
        const sent = events.filter((event) => event._tag === "CredentialSent")
        const mails = yield* Effect.forEach(sent, ({ credential }, index) =>
          mailOf(state, credential, count + index + 1)
        )
        return {
          letters: mails.length === 0 ? [] : [...removals(dropped), ...mails.map(Letters.putMail)],
          complete: Effect.sync(() => {
            count += mails.length
            if (mails.length > 0) dropped = mails.flatMap((mail) => kept.add(mail, sizeOf(mail)))
          })
        }
      })
  }
}
