export const resolve = async (specifier, context, next) => {
  const resolved = await next(specifier, context)
  const url = resolved.url.replace(/(\/packages\/[^/]+)\/src\/(.*)\.ts$/, "$1/dist/$2.js")
  return url === resolved.url ? resolved : { ...resolved, url, format: "module" }
}
