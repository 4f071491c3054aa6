import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/**
 * The 32 bytes of a signature's 64 hexadecimal digits. Either case is accepted: base 16 is case-insensitive (RFC 4648, section
 * 8), and the bytes are compared.
 */
export const parse = (signature: string): Option.Option<Uint8Array<ArrayBuffer>> =>
  /^[0-9a-f]{64}$/i.test(signature)
    ? Option.some(
        Uint8Array.from({ length: 32 }, (_, index) => Number.parseInt(signature.slice(2 * index, 2 * index + 2), 16))
      )
    : Option.none()

const algorithm = { name: "HMAC", hash: "SHA-256" }

const importKey = (secret: Redacted.Redacted, usage: "sign" | "verify"): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", new TextEncoder().encode(Redacted.value(secret)), algorithm, false, [usage])

const isSignedWith = async (
  secret: Redacted.Redacted,
  signature: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>
): Promise<boolean> =>
  // Compares in constant time: https://w3c.github.io/webcrypto/#hmac-operations-verify
  crypto.subtle.verify(algorithm, await importKey(secret, "verify"), signature, bytes)

/** The signature of bytes, as lower-case hexadecimal digits. */
export const sign = (secret: Redacted.Redacted, bytes: Uint8Array<ArrayBuffer>): Effect.Effect<string> =>
  Effect.promise(async () =>
    Array.from(new Uint8Array(await crypto.subtle.sign(algorithm, await importKey(secret, "sign"), bytes)), (byte) =>
      byte.toString(16).padStart(2, "0")
    ).join("")
  )

/** Whether bytes are signed with any of the secrets. All are tried, so that the duration does not reveal which one matched. */
export const isSigned = (
  secrets: ReadonlyArray<Redacted.Redacted>,
  signature: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>
): Effect.Effect<boolean> =>
  Effect.map(
    Effect.promise(() => Promise.all(secrets.map((secret) => isSignedWith(secret, signature, bytes)))),
    (matches) => matches.includes(true)
  )
