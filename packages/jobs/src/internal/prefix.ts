/** The prefix of the engine's tables. */
export const enginePrefix = "certifier_engine"
