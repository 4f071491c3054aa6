import type { Quirks } from "../../Quirk.js"
import type { Store } from "../../Workspace.js"
import type { Changes } from "../changes.js"
import type { Limiter } from "../limiter.js"
import type { Mails } from "../mails.js"
import type { PendingFaults } from "../pendingFaults.js"
import type { Recorder } from "../recorder.js"
import type { Time } from "../time.js"
import type { Webhooks } from "../webhooks/webhooks.js"
import type { Workspace } from "../workspace/workspace.js"

/** What the console shows and changes. */
export interface Sources {
  readonly workspace: Workspace
  readonly store: Store
  readonly recorder: Recorder
  readonly pendingFaults: PendingFaults
  readonly limiter: Limiter
  readonly mails: Mails
  readonly webhooks: Webhooks
  readonly time: Time
  readonly quirks: Quirks
  readonly changes: Changes
}
