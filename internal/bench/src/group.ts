/** The work of every contender: a PATCH of one group, and the response to it. */
import { Fixture } from "@effect-certifier/sandbox"

/** Looked for in every rendering of a failure. */
export const token = "bench-token-that-must-not-leak"

export const id = Fixture.groupJson.id

export const path = `/v1/groups/${id}`

export const patch = { name: "Financial Markets" }

export const answer = JSON.stringify(Fixture.groupJson)

export const answerHeaders = {
  "content-type": "application/json",
  "content-length": String(new TextEncoder().encode(answer).byteLength)
}

/** What the service asks for besides the body. */
export const headers = {
  authorization: `Bearer ${token}`,
  "certifier-version": "2022-10-26",
  accept: "application/json"
}
