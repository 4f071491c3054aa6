import * as Schema from "effect/Schema"
import { Delivery } from "../../Delivery.js"
import { Mail } from "../../Mail.js"

/** Mails and deliveries of webhooks, by kind. */
export interface Letters {
  readonly mails: Mail
  readonly deliveries: Delivery
}

export type LetterKind = keyof Letters

/** A write of the mail or delivery with this number. Without a value it is removed. */
export interface LetterWrite {
  readonly kind: LetterKind
  readonly number: number
  readonly value?: string
}

/** All saved letters, oldest first. */
export type SavedLetters = { readonly [K in LetterKind]: ReadonlyArray<Letters[K]> }

export const none: SavedLetters = { mails: [], deliveries: [] }

const texts = { mails: Schema.parseJson(Mail), deliveries: Schema.parseJson(Delivery) }

const encodeMail = Schema.encodeSync(texts.mails)

const encodeDelivery = Schema.encodeSync(texts.deliveries)

/** Decoders of saved letters, which throw a `ParseError`. */
export const decoders = { mails: Schema.decodeSync(texts.mails), deliveries: Schema.decodeSync(texts.deliveries) }

export const putMail = (mail: Mail): LetterWrite => ({ kind: "mails", number: mail.number, value: encodeMail(mail) })

export const putDelivery = (delivery: Delivery): LetterWrite => ({
  kind: "deliveries",
  number: delivery.number,
  value: encodeDelivery(delivery)
})

export const remove = (kind: LetterKind, number: number): LetterWrite => ({ kind, number })
