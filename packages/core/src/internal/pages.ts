import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as CertifierError from "../CertifierError.js"
import type { Group } from "../Group.js"
import type { GroupPage } from "../GroupPage.js"
import * as Operation from "../Operation.js"

/** Pages without a group, one after the other, that a chain may have before it counts as one without an end. */
const maxEmptyPages = 10

interface Place {
  readonly request: Effect.Effect<GroupPage, CertifierError.CertifierError>
  readonly pages: number
  readonly empty: number
}

/**
 * The groups of a chain of pages. A page is requested when the consumer has taken what the one before it had, and a chain
 * that does not lead to an end fails, after the groups of its last page.
 */
export const make = (
  page: (cursor: string | undefined) => Effect.Effect<GroupPage, CertifierError.CertifierError>,
  maxPages: number
): Stream.Stream<Group, CertifierError.CertifierError> =>
  Stream.suspend(() => {
    const seen = new Set<string>()

    const astray = (problem: string, expected: string) =>
      new CertifierError.ResponseDecodeError({
        operation: Operation.listGroupsPage.name,
        status: Operation.listGroupsPage.status,
        issues: [new CertifierError.Issue({ field: "pagination.next", problem, expected })],
        outcome: "NotApplied"
      })

    const after = (cursor: string, pages: number, empty: number) => {
      if (seen.has(cursor)) return astray("is a cursor for the second time", "another one, or null at the end")
      if (pages >= maxPages) return astray(`leads on after ${pages} pages`, `at most ${maxPages} pages`)
      if (empty >= maxEmptyPages) return astray(`leads on after ${empty} empty pages`, "null at the end")
      seen.add(cursor)
      return page(cursor)
    }

    const first: Place = { request: page(undefined), pages: 1, empty: 0 }
    return Stream.paginateChunkEffect(first, ({ empty, pages, request }) =>
      Effect.map(request, ({ data, pagination }) => {
        const emptyNow = data.length === 0 ? empty + 1 : 0
        const next = Option.map(pagination.next, (cursor): Place => ({
          request: after(cursor, pages, emptyNow),
          pages: pages + 1,
          empty: emptyNow
        }))
        return [Chunk.unsafeFromArray(data), next]
      })
    )
  })
