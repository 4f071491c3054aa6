// In the workspace the packages' `exports` name their sources. Here they are what `tsc -b` has made of them.
import { register } from "node:module"

register(import.meta.resolve("./compiled.hooks.mjs"))
