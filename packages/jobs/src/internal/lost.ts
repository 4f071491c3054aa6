import * as Data from "effect/Data"

/** Another run has taken over the item, or the job is no longer running: stop without writing. */
export class Lost extends Data.TaggedError("JobItemLost") {}
