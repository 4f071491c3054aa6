import type * as Option from "effect/Option"
import { isAbsolute, join } from "node:path"

export interface System {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly variable: (name: "XDG_STATE_HOME" | "LOCALAPPDATA") => Option.Option<string>
}

/**
 * The folder for data that persists after a command.
 *
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export const folder = ({ home, platform, variable }: System): string => {
  const xdg = variable("XDG_STATE_HOME")
  // The specification requires that a relative path is ignored.
  if (xdg._tag === "Some" && isAbsolute(xdg.value)) return join(xdg.value, "certifier")
  if (platform === "darwin") return join(home, "Library", "Application Support", "certifier")
  if (platform !== "win32") return join(home, ".local", "state", "certifier")
  const local = variable("LOCALAPPDATA")
  return join(local._tag === "Some" ? local.value : join(home, "AppData", "Local"), "certifier")
}
