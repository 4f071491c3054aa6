import { assert } from "@effect/vitest"
import type * as CertifierError from "../../src/CertifierError.js"

/** Narrows an error to a tag, or fails the test. */
export const expectTag = <Tag extends CertifierError.CertifierError["_tag"]>(
  error: CertifierError.CertifierError,
  tag: Tag
): Extract<CertifierError.CertifierError, { _tag: Tag }> => {
  const is = (candidate: CertifierError.CertifierError): candidate is Extract<typeof candidate, { _tag: Tag }> =>
    candidate._tag === tag
  if (!is(error)) return assert.fail(`expected ${tag}, got ${error._tag}: ${error.message}`)
  return error
}
