/** The work of every contender: a PATCH of one group, and its response. */
import { Fixture } from "@effect-certifier/sandbox"

/** The token that is searched for in every rendering of a failure. */
export const token = "bench-token-that-must-not-leak"

export const id = Fixture.groupJson.id

export const path = `/v1/groups/${id}`

export const patch = { name: "Financial Markets" }

export const answer = JSON.stringify(Fixture.groupJson)

export const answerHeaders = {
  "content-type": "application/json",
  "content-length": String(new TextEncoder().encode(answer).byteLength)
}

/** The headers that the API requires. */
export const headers = {
  authorization: `Bearer ${token}`,
  "certifier-version": "2022-10-26",
  accept: "application/json"
}
