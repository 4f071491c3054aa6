import { Credential } from "@effect-certifier/core"
import * as Option from "effect/Option"
import * as Text from "../text.js"
import { type Html, html } from "./html.js"

/** What a preview shows. */
export interface Picture {
  readonly kind: string
  readonly name: string
  readonly title: string
  readonly date: string
}

/** A text that fits on a line; the rest is cut. */
export const shorten = (text: string, most = 60): string => {
  const characters = Array.from(text.slice(0, 4 * most))
  return characters.length > most ? `${characters.slice(0, most).join("")}…` : Text.copy(text)
}

export const pictureOf = (credential: Credential.Credential, groupName: string, kind: string): Picture => ({
  kind,
  name: shorten(Credential.recipientName(credential)),
  title: shorten(groupName),
  date: Option.getOrElse(credential.issueDate, () => "")
})

/** Characters that are as wide as the size of their font. */
const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/gu

/** A size at which the text is not wider than this, as most letters are about 0.62 of the size of their font wide. */
const fit = (text: string, width: number, largest: number): number => {
  const length = 0.62 * Array.from(text).length + 0.38 * (text.match(wide)?.length ?? 0)
  return Math.max(8, Math.min(largest, Math.floor(width / Math.max(1, length))))
}

const line = (text: string, y: number, width: number, size: number, colour: string, center: number): Html =>
  html`<text x="${center}" y="${y}" text-anchor="middle" font-size="${fit(text, width, size)}" fill="${colour}"
    >${text}</text
  >`

const certificate = ({ date, name, title }: Picture): Html =>
  html`<svg
    xmlns="http://www.w3.org/2000/svg"
    width="1000"
    height="700"
    viewBox="0 0 1000 700"
    font-family="DejaVu Sans"
  >
    <rect width="1000" height="700" fill="#fdfcf8" />
    <rect x="24" y="24" width="952" height="652" fill="none" stroke="#1f4e79" stroke-width="6" />
    <rect x="38" y="38" width="924" height="624" fill="none" stroke="#c9a24b" stroke-width="2" />
    ${line("CERTIFICATE", 150, 800, 34, "#1f4e79", 500)} ${line("This is to certify that", 230, 800, 22, "#555", 500)}
    ${line(name, 330, 820, 60, "#111", 500)}
    <path d="M250 370h500" stroke="#c9a24b" stroke-width="2" />
    ${line("has been awarded", 430, 800, 22, "#555", 500)} ${line(title, 500, 820, 40, "#1f4e79", 500)}
    ${line(date, 600, 400, 20, "#555", 500)}
  </svg>`

const badge = ({ date, name, title }: Picture): Html =>
  html`<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600" viewBox="0 0 600 600" font-family="DejaVu Sans">
    <circle cx="300" cy="300" r="290" fill="#1f4e79" />
    <circle cx="300" cy="300" r="262" fill="none" stroke="#c9a24b" stroke-width="6" />
    ${line("★", 150, 200, 70, "#f1d58a", 300)} ${line(title, 240, 430, 34, "#f1d58a", 300)}
    ${line(name, 330, 470, 44, "#fff", 300)} ${line(date, 430, 300, 22, "#dbe6f0", 300)}
  </svg>`

/** The picture as SVG. */
export const svg = (picture: Picture): string =>
  (picture.kind === "badge" ? badge(picture) : certificate(picture)).markup
