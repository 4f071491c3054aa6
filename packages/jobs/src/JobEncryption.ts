/**
 * Encrypts the stored data of items: the items themselves, their steps, results and errors. The ids of jobs, the names of
 * operations, states and times remain readable, and keys are stored as an HMAC.
 *
 * @since 0.1.0
 */
import * as Options from "@effect-certifier/core/Options"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Cipher, type Service } from "./internal/cipher.js"

const aes = { name: "AES-GCM", length: 256 } as const

const hmac = { name: "HMAC", hash: "SHA-256" } as const

/** Derives two keys, so that no key is used for two purposes. */
const derive = (secret: Uint8Array<ArrayBuffer>) =>
  Effect.promise(async () => {
    const root = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"])
    const of = (info: string) => ({
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: new TextEncoder().encode(`@effect-certifier/jobs ${info}`)
    })
    return {
      data: await crypto.subtle.deriveKey(of("data"), root, aes, false, ["encrypt", "decrypt"]),
      keys: await crypto.subtle.deriveKey(of("keys"), root, hmac, false, ["sign"])
    }
  })

const make = (data: CryptoKey, keys: CryptoKey): Service => ({
  encode: (text) =>
    Effect.promise(async () => {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const sealed = await crypto.subtle.encrypt({ name: aes.name, iv }, data, new TextEncoder().encode(text))
      return `${Encoding.encodeBase64(iv)}.${Encoding.encodeBase64(new Uint8Array(sealed))}`
    }),
  decode: (text) =>
    Effect.promise(async () => {
      const [iv, sealed] = text.split(".").map((part) => Either.getOrThrow(Encoding.decodeBase64(part)))
      if (iv === undefined || sealed === undefined) throw new Error("A stored text is not encrypted.")
      const opened = await crypto.subtle.decrypt(
        { name: aes.name, iv: Uint8Array.from(iv) },
        data,
        Uint8Array.from(sealed)
      )
      return new TextDecoder().decode(opened)
    }),
  digest: (key) =>
    Effect.promise(async () =>
      Encoding.encodeHex(new Uint8Array(await crypto.subtle.sign(hmac.name, keys, new TextEncoder().encode(key))))
    )
})

/**
 * Encrypts with AES-GCM (WebCrypto). `key` is 32 random bytes in Base64. Every process that uses a job needs the same key, and stored
 * data can't be read without it. Fails with a `ConfigError`, which does not contain the key, if it is invalid.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: { readonly key: Redacted.Redacted<string> }): Layer.Layer<never, ConfigError> =>
  Layer.effect(
    Cipher,
    Effect.gen(function* () {
      const bytes = Encoding.decodeBase64(Redacted.value(options.key))
      if (Either.isLeft(bytes) || bytes.right.length !== 32) {
        return yield* Options.invalid("key", "32 bytes in Base64")
      }
      const { data, keys } = yield* derive(Uint8Array.from(bytes.right))
      return make(data, keys)
    })
  )
