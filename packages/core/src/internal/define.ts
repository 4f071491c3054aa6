/**
 * Evaluates at once. Bundlers drop an unused call that is annotated as pure only if its arguments can be dropped, and calls
 * can't; a function can, with everything in it.
 */
export const define = <A>(evaluate: () => A): A => evaluate()
