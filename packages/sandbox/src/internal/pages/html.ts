import type { OutgoingResponse } from "../message.js"

/** Markup, in which every text from outside is escaped. */
export class Html {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
}

export type Value = string | number | Html | undefined | ReadonlyArray<Html>

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

/** A text for an element or a quoted attribute, of HTML and of XML: what XML does not allow becomes U+FFFD. */
export const escape = (text: string): string =>
  text
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)

const markupOf = (value: Value): string => {
  if (value === undefined) return ""
  if (value instanceof Html) return value.markup
  return typeof value === "object" ? value.map(({ markup }) => markup).join("") : escape(String(value))
}

/** A template of markup: what is inserted is escaped, unless it is markup itself. */
export const html = (strings: TemplateStringsArray, ...values: ReadonlyArray<Value>): Html =>
  new Html(strings.map((text, index) => text + (index < values.length ? markupOf(values[index]) : "")).join(""))

/** No script, style, image, form or frame but the sandbox's own, and none of them inline. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'"
].join("; ")

export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store"
}

/** A text that the sandbox serves. */
export const text = (status: number, contentType: string, body: string): OutgoingResponse => ({
  status,
  headers: { ...securityHeaders, "content-type": contentType },
  body: new TextEncoder().encode(body)
})

export interface Page {
  readonly status?: number
  readonly title: string
  readonly body: Html
  /** Whether the page has the script of the console. */
  readonly hasScript?: boolean
}

export const page = ({ body, hasScript = false, status = 200, title }: Page): OutgoingResponse =>
  text(
    status,
    "text/html; charset=utf-8",
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${title}</title>
          <link rel="stylesheet" href="/assets/style.css" />
          ${hasScript ? html`<script src="/assets/console.js" defer></script>` : undefined}
        </head>
        <body>
          ${body}
        </body>
      </html> `.markup
  )

/** The page after a form was sent. */
export const seeOther = (location: string, headers: Readonly<Record<string, string>> = {}): OutgoingResponse => ({
  status: 303,
  headers: { ...securityHeaders, location, ...headers },
  body: new Uint8Array()
})
