import { Design } from "@effect-certifier/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Credentials from "../credentials.js"
import type * as Handler from "../handlers/handler.js"
import { errorResponse } from "../http.js"
import * as Keep from "../keep.js"
import { type IncomingRequest, type OutgoingResponse, pathOf } from "../message.js"
import { securityHeaders } from "./html.js"
import * as Picture from "./picture.js"
import * as Png from "./png.js"
import * as Urls from "./urls.js"

/** Of rendered images, so that a page that is opened again is not rendered again. */
const cached = { images: 100, bytes: 16 * 1024 * 1024 }

/** What a design shows instead of a credential's texts, as attributes are written in the service. */
const placeholders = { name: "[recipient.name]", title: "[group.name]", date: "[issue date]" }

const encodeDesign = Schema.encodeSync(Design.Design)

const image = (body: Uint8Array): OutgoingResponse => ({
  status: 200,
  headers: { ...securityHeaders, "content-type": "image/png", "cache-control": "public, max-age=31536000, immutable" },
  body
})

/** The images of credentials and of designs; undefined for other paths. The URL of an older rendering is not found. */
export const make = (options: Handler.Options) => {
  const images = Keep.make<readonly [path: string, bytes: Uint8Array]>(cached.images, cached.bytes)
  const one = Effect.unsafeMakeSemaphore(1)

  const draw = (path: string, picture: Picture.Picture): Effect.Effect<OutgoingResponse> =>
    Effect.suspend(() => {
      const known = images.values().find(([other]) => other === path)
      return known === undefined
        ? Effect.tap(Png.render(picture), (bytes) => void images.add([path, bytes], bytes.length))
        : Effect.succeed(known[1])
    }).pipe(
      one.withPermits(1),
      Effect.match({
        onFailure: () => errorResponse("not_found", "The optional packages that render previews are not installed"),
        onSuccess: image
      })
    )

  const ofCredential = (path: string, credentialId: string, designId: string): Effect.Effect<OutgoingResponse> =>
    Effect.gen(function* () {
      const state = yield* options.workspace.state
      const credential = state.credentials.get(credentialId)
      if (credential === undefined) return errorResponse("not_found")
      const designs = Credentials.designs(credential, state, yield* DateTime.now, options)
      const design = designs.find(({ id }) => id === designId)
      const isCurrent = design?.previews.some(({ url }) => url.endsWith(path))
      if (isCurrent !== true) return errorResponse("not_found")
      const group = state.groups.get(credential.groupId)
      const kind = state.designs.get(designId)?.type ?? "certificate"
      return yield* draw(path, Picture.pictureOf(credential, group?.name ?? "", kind))
    })

  const ofDesign = (path: string, id: string): Effect.Effect<OutgoingResponse> =>
    Effect.flatMap(options.workspace.state, (state) => {
      const design = state.designs.get(id)
      return design !== undefined && Urls.design(encodeDesign(design), options.url()).endsWith(path)
        ? draw(path, { kind: design.type, ...placeholders })
        : Effect.succeed(errorResponse("not_found"))
    })

  return (incoming: IncomingRequest): Effect.Effect<OutgoingResponse> | undefined => {
    const path = pathOf(incoming.url)
    if (!path.startsWith("/previews/") || !/^(GET|HEAD)$/.test(incoming.method)) return undefined
    const decoded = Option.getOrUndefined(Option.liftThrowable(decodeURIComponent)(path))
    const ids = /^\/previews\/w1\/(?:credentials\/([\w-]{1,128})\/)?designs\/([\w-]{1,128})\/\w{1,64}\.png$/.exec(
      decoded ?? ""
    )
    const [, credentialId, designId] = ids ?? []
    if (designId === undefined) return Effect.succeed(errorResponse("not_found"))
    return credentialId === undefined ? ofDesign(path, designId) : ofCredential(path, credentialId, designId)
  }
}
