import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as CertifierError from "../CertifierError.js"
import type { Page } from "../Operation.js"

/** The number of consecutive empty pages after which pagination counts as endless. */
const maxEmptyPages = 10

interface Step<Item, R> {
  readonly request: Effect.Effect<Page<Item>, CertifierError.CertifierError, R>
  readonly pages: number
  readonly empty: number
}

/** The items of all pages, see `Operation.paginate`. */
export const stream = <Item, R>(
  page: (cursor: string | undefined) => Effect.Effect<Page<Item>, CertifierError.CertifierError, R>,
  maxPages: number,
  declaration: () => { readonly name: string; readonly idempotent: boolean; readonly status: number }
): Stream.Stream<Item, CertifierError.CertifierError, R> =>
  Stream.suspend(() => {
    const seen = new Set<string>()

    const astray = (problem: string, expected: string) => {
      const { idempotent, name, status } = declaration()
      return new CertifierError.ResponseDecodeError({
        operation: name,
        idempotent,
        status,
        issues: [new CertifierError.Issue({ field: "pagination.next", problem, expected })],
        outcome: "NotApplied"
      })
    }

    const after = (cursor: string, pages: number, empty: number) => {
      if (seen.has(cursor)) return astray("is a repeated cursor", "another cursor, or null")
      if (pages >= maxPages) return astray(`is not null after ${pages} pages`, `at most ${maxPages} pages`)
      if (empty >= maxEmptyPages) return astray(`is not null after ${empty} empty pages`, "null")
      seen.add(cursor)
      return page(cursor)
    }

    const first: Step<Item, R> = { request: page(undefined), pages: 1, empty: 0 }
    return Stream.paginateChunkEffect(first, ({ empty, pages, request }) =>
      Effect.map(request, ({ data, pagination }) => {
        const emptyNow = data.length === 0 ? empty + 1 : 0
        const next = Option.map(pagination.next, (cursor): Step<Item, R> => ({
          request: after(cursor, pages, emptyNow),
          pages: pages + 1,
          empty: emptyNow
        }))
        return [Chunk.unsafeFromArray(data), next]
      })
    )
  })
