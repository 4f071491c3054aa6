import { CertifierClient } from "@effect-certifier/core"
import { RetryPolicy } from "@effect-certifier/retry"

/** Ends the name of a group with a year, in place of the one that is there. Sends nothing when it is that already. */
export const setYear = (id: string, year: number) =>
  CertifierClient.modifyGroup(id, ({ name }) => ({ name: `${name.replace(/ \d{4}$/, "")} ${year}` }), {
    retry: RetryPolicy.transient()
  })
