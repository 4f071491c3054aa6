/** The exit codes, as documented in the README. Those from 64 to 78 are from `sysexits.h`. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  /** `groups plan --exit-code` found changes. */
  changes: 2,
  /** Some items are done, and some are not. */
  partly: 3,
  usage: 64,
  data: 65,
  notFound: 66,
  defect: 70,
  tryLater: 75,
  noPermission: 77,
  configuration: 78,
  interrupted: 130
} as const

export type ExitCode = keyof typeof exitCodes
