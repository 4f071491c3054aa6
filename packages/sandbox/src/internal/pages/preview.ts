import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Credentials from "../credentials.js"
import type * as Handler from "../handlers/handler.js"
import { errorResponse } from "../http.js"
import * as Keep from "../keep.js"
import { type IncomingRequest, type OutgoingResponse, pathOf } from "../message.js"
import { securityHeaders } from "./html.js"
import * as Picture from "./picture.js"
import * as Png from "./png.js"

/** Of rendered images, so that a page that is opened again is not rendered again. */
const cached = { images: 100, bytes: 16 * 1024 * 1024 }

const image = (body: Uint8Array): OutgoingResponse => ({
  status: 200,
  headers: { ...securityHeaders, "content-type": "image/png", "cache-control": "public, max-age=31536000, immutable" },
  body
})

/** The images of credentials; undefined for other paths. The URL of an older rendering is not found. */
export const make = (options: Handler.Options) => {
  const images = Keep.make<readonly [path: string, bytes: Uint8Array]>(cached.images, cached.bytes)
  const one = Effect.unsafeMakeSemaphore(1)

  const draw = (path: string, picture: Picture.Picture): Effect.Effect<OutgoingResponse> =>
    Effect.suspend(() => {
      const known = images.values().find(([other]) => other === path)
      return known === undefined
        ? Effect.tap(Png.render(Picture.svg(picture)), (bytes) => void images.add([path, bytes], bytes.length))
        : Effect.succeed(known[1])
    }).pipe(
      one.withPermits(1),
      Effect.match({
        onFailure: () => errorResponse("not_found", "The optional packages that render previews are not installed"),
        onSuccess: image
      })
    )

  const find = (path: string, credentialId: string, designId: string): Effect.Effect<OutgoingResponse> =>
    Effect.gen(function* () {
      const state = yield* options.workspace.state
      const credential = state.credentials.get(credentialId)
      if (credential === undefined) return errorResponse("not_found")
      const designs = Credentials.designs(credential, state, yield* DateTime.now, options)
      const design = designs.find(({ id }) => id === designId)
      const isCurrent = design?.previews.some(({ url }) => new URL(url).pathname === path)
      if (isCurrent !== true) return errorResponse("not_found")
      const group = state.groups.get(credential.groupId)
      const kind = state.designs.get(designId)?.type ?? "certificate"
      return yield* draw(path, Picture.pictureOf(credential, group?.name ?? "", kind))
    })

  return (incoming: IncomingRequest): Effect.Effect<OutgoingResponse> | undefined => {
    const path = pathOf(incoming.url)
    if (!path.startsWith("/previews/") || !/^(GET|HEAD)$/.test(incoming.method)) return undefined
    const decoded = Option.getOrUndefined(Option.liftThrowable(decodeURIComponent)(path))
    const ids = /^\/previews\/w1\/credentials\/([\w-]{1,128})\/designs\/([\w-]{1,128})\/\w{1,64}\.png$/.exec(
      decoded ?? ""
    )
    const [, credentialId, designId] = ids ?? []
    return credentialId === undefined || designId === undefined
      ? Effect.succeed(errorResponse("not_found"))
      : find(path, credentialId, designId)
  }
}
