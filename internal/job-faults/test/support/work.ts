import { type CertifierClient, Credential, Group } from "@effect-certifier/core"
import { type JobError, JobOperation, Jobs } from "@effect-certifier/jobs"
import type { SqlClient } from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Duration, type Effect, Schema, Stream } from "effect"

/** One job for each way to handle an unknown outcome: repeat, find, steps, unknowable. Its id is its kind. */
export const kinds = ["update", "create", "issue", "send"] as const

export type Kind = (typeof kinds)[number]

export const Sizes = Schema.Struct({ update: Schema.Int, create: Schema.Int, issue: Schema.Int, send: Schema.Int })

export type Sizes = typeof Sizes.Type

const digits = (n: number) => String(n).padStart(19, "0")

export const groupId = (n: number) => Schema.decodeSync(Group.GroupId)(`01k0grp${digits(n)}`)

export const credentialId = (n: number) => Schema.decodeSync(Credential.CredentialId)(`01k0crd${digits(n)}`)

export const newName = (n: number) => `Renamed ${n}`

export const groupName = (n: number) => `Created ${n}`

export const order = (n: number) => `order-${n}`

export const issuedTo = (n: number) => `issued-${n}@example.com`

export const sentTo = (n: number) => `sent-${n}@example.com`

/** The operations with this settle time, which is minutes by default. */
const operationsOf = (settle: Duration.DurationInput) => ({
  updateGroup: JobOperation.updateGroup,
  createGroup: { ...JobOperation.createGroup, settle: Duration.decode(settle) },
  issueCredential: JobOperation.issueCredentialWith({ reference: "order", settle }),
  sendCredential: { ...JobOperation.sendCredential, settle: Duration.decode(settle) }
})

export const operations = (
  settle: Duration.DurationInput
): ReadonlyArray<JobOperation.Any<CertifierClient.CertifierClient>> => Object.values(operationsOf(settle))

const items = <A>(count: number, item: (n: number) => A) => Stream.map(Stream.range(0, count - 1), item)

type Submit = Effect.Effect<void, JobError.InvalidItem | JobError.JobMismatch | SqlError, SqlClient>

/** The items, which are the same for every submit. */
export const submits = (sizes: Sizes): Readonly<Record<Kind, Submit>> => {
  const { createGroup, issueCredential, sendCredential, updateGroup } = operationsOf(0)
  return {
    update: Jobs.submit(updateGroup, {
      id: "update",
      items: items(sizes.update, (n) => ({ id: groupId(n), patch: { name: newName(n) } }))
    }),
    create: Jobs.submit(createGroup, { id: "create", items: items(sizes.create, (n) => ({ name: groupName(n) })) }),
    issue: Jobs.submit(issueCredential, {
      id: "issue",
      items: items(sizes.issue, (n) => ({
        groupId: groupId(0),
        recipient: { name: `Person ${n}`, email: issuedTo(n) },
        customAttributes: { "custom.order": order(n) }
      }))
    }),
    send: Jobs.submit(sendCredential, { id: "send", items: items(sizes.send, (n) => ({ id: credentialId(n) })) })
  }
}
