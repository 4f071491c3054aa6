import * as Script from "./console/script.js"
import * as Style from "./console/style.js"
import { type IncomingRequest, type OutgoingResponse, pathOf } from "./message.js"
import { text } from "./pages/html.js"

const assets: Readonly<Record<string, OutgoingResponse>> = {
  "/assets/style.css": text(200, "text/css; charset=utf-8", Style.style),
  "/assets/console.js": text(200, "text/javascript; charset=utf-8", Script.script)
}

/** An asset of the pages; undefined for other paths. */
export const find = ({ method, url }: IncomingRequest): OutgoingResponse | undefined => {
  const path = pathOf(url)
  return (method === "GET" || method === "HEAD") && Object.hasOwn(assets, path) ? assets[path] : undefined
}
