import { execFile } from "node:child_process"
import { promisify } from "node:util"

/** Runs a program to its end, for at most two minutes. If it fails, the error contains its output. */
export const run = async (
  file: string,
  args: ReadonlyArray<string>,
  { cwd, timeout = 120_000 }: { readonly cwd: string; readonly timeout?: number }
): Promise<{ readonly stdout: string; readonly stderr: string }> => {
  try {
    // On Windows, npm is a shell script.
    const shell = process.platform === "win32" && file === "npm"
    const limits = { timeout, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 } as const
    return await promisify(execFile)(file, args, { cwd, shell, ...limits })
  } catch (cause) {
    const printed = (name: string) => (cause instanceof Error && name in cause ? String(Reflect.get(cause, name)) : "")
    throw new Error(`${file} ${args.join(" ")} failed\n${printed("stdout")}${printed("stderr")}`, { cause })
  }
}

/** Installs exactly these packages with npm, without running install scripts. */
export const npmInstall = (cwd: string, packages: ReadonlyArray<string>) =>
  run(
    "npm",
    ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", "--fetch-timeout=60000", ...packages],
    {
      cwd,
      timeout: 240_000
    }
  )
