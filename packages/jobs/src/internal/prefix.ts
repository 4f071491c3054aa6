/** Of the engine's tables. */
export const enginePrefix = "certifier_engine"
