import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/**
 * The 32 bytes of a signature's 64 hexadecimal digits, in either case: base 16 is case-insensitive (RFC 4648, section 8),
 * and the bytes are what is compared.
 */
export const parse = (signature: string): Option.Option<Uint8Array<ArrayBuffer>> =>
  /^[0-9a-f]{64}$/i.test(signature)
    ? Option.some(
        Uint8Array.from({ length: 32 }, (_, index) => Number.parseInt(signature.slice(2 * index, 2 * index + 2), 16))
      )
    : Option.none()

const algorithm = { name: "HMAC", hash: "SHA-256" }

const isSignedWith = async (
  secret: Redacted.Redacted,
  signature: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>
): Promise<boolean> => {
  const raw = new TextEncoder().encode(Redacted.value(secret))
  const key = await crypto.subtle.importKey("raw", raw, algorithm, false, ["verify"])
  // Compares in constant time: https://w3c.github.io/webcrypto/#hmac-operations-verify
  return crypto.subtle.verify(algorithm, key, signature, bytes)
}

/** Whether bytes are signed with any of the secrets. All are tried, so that the time does not say which one matched. */
export const isSigned = (
  secrets: ReadonlyArray<Redacted.Redacted>,
  signature: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>
): Effect.Effect<boolean> =>
  Effect.map(
    Effect.promise(() => Promise.all(secrets.map((secret) => isSignedWith(secret, signature, bytes)))),
    (matches) => matches.includes(true)
  )
