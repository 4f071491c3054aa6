import * as Data from "effect/Data"

/** Another run has taken the item over, or the job is no longer running: stop, and write nothing. */
export class Lost extends Data.TaggedError("JobItemLost") {}
