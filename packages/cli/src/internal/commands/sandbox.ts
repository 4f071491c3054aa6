import * as Leaf from "../leaf.js"

/** Only for the help and the completions. `execute` in `main.ts` runs the sandbox, which has its own command line. */
export const sandbox = Leaf.foreign("sandbox", {
  description: "Runs a local sandbox of Certifier: nothing is issued or mailed for real.",
  examples: ["certifier sandbox", "certifier sandbox --port 4020 --fault 429", "certifier groups list --sandbox"]
})
