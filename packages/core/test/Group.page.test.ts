import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Page } from "../src/Group.js"
import { groupJson } from "./support/page.js"

const decode = (json: string) => Schema.decodeUnknownEither(Page)(JSON.parse(json))

describe("Group.Page", () => {
  it.each<[pagination: string, prev: Option.Option<string>, next: Option.Option<string>]>([
    [`{"prev":null,"next":"n"}`, Option.none(), Option.some("n")],
    [`{"prev":"p","next":null}`, Option.some("p"), Option.none()],
    [`{"next":"n"}`, Option.none(), Option.some("n")],
    [`{"prev":"","next":""}`, Option.none(), Option.none()],
    [`{}`, Option.none(), Option.none()],
    [`{"prev":"p","next":"n","total":7}`, Option.some("p"), Option.some("n")]
  ])("reads %s", (pagination, prev, next) => {
    const page = Either.getOrThrow(decode(`{"data":[${groupJson}],"pagination":${pagination},"more":1}`))
    deepStrictEqual(page.pagination, { prev, next })
    assert.strictEqual(page.data.length, 1)
  })

  it.each([
    `{"data":[]}`,
    `{"pagination":{}}`,
    `{"data":[],"pagination":null}`,
    `{"data":[],"pagination":{"next":7}}`,
    `{"data":[{}],"pagination":{}}`,
    `[]`
  ])("%s is not a page: a truncated list would look complete", (json) => {
    assert.isTrue(Either.isLeft(decode(json)))
  })

  it("is encoded like the API's responses", () => {
    const json = `{"data":[],"pagination":{"prev":null,"next":"n"}}`
    assert.strictEqual(JSON.stringify(Schema.encodeSync(Page)(Either.getOrThrow(decode(json)))), json)
  })
})
