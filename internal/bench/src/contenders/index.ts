/** The table of contenders, each of which is used as its own documentation recommends. */
import * as Axios from "./axios.js"
import type { Contender } from "./contender.js"
import * as Effect4 from "./effect4.js"
import * as Fetch from "./fetch.js"
import * as Got from "./got.js"
import * as HandWritten from "./handWritten.js"
import * as Ky from "./ky.js"
import * as OpenAI from "./openai.js"
import * as Ours from "./ours.js"
import * as Undici from "./undici.js"

export type { Contender, Session, Settings } from "./contender.js"

export const contenders: ReadonlyArray<Contender> = [
  Undici.request,
  Undici.retryAgent,
  Fetch.contender,
  HandWritten.overUndici,
  HandWritten.overFetch,
  Ours.overUndici,
  Ours.overFetch,
  Ours.withRetryAndRateLimit,
  Ours.withConcurrencyCheck,
  Ky.contender,
  Got.contender,
  Axios.contender,
  OpenAI.contender,
  Effect4.contender
]

/** The peers that the client should be faster than, because they do more than send a request. */
export const sdks = ["ky", "got", "axios", "openai"]
