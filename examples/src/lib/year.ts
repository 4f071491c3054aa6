import { Groups } from "@effect-certifier/core"
import { RetryPolicy } from "@effect-certifier/retry"

/** Ends the name of a group with a year, replacing another one. Sends nothing if the name already ends with it. */
export const setYear = (id: string, year: number) =>
  Groups.modify(id, ({ name }) => ({ name: `${name.replace(/ \d{4}$/, "")} ${year}` }), {
    retry: RetryPolicy.transient()
  })
