// In the workspace, the `exports` of the packages refer to their sources. This resolves them to the output of `tsc -b`.
import { register } from "node:module"

register(import.meta.resolve("./compiled.hooks.mjs"))
