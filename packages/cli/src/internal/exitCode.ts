/**
 * Exit codes; those from 64 to 78 are the ones of `sysexits.h`. The README's table is this one.
 */
export const exitCodes = {
  ok: 0,
  failed: 1,
  /** Of `groups plan --exit-code`. */
  changes: 2,
  /** Some of many are done, and some are not. */
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
