/**
 * Evaluates immediately. Bundlers drop an unused call that is annotated as pure only if its arguments can be dropped as well.
 * Calls can't be dropped; a function can, with its whole body.
 */
export const define = <A>(evaluate: () => A): A => evaluate()
