import * as Leaf from "../leaf.js"

/** For the help and the completions; it runs before this command line is read, as the sandbox has one of its own. */
export const sandbox = Leaf.foreign("sandbox", {
  description: "Runs a Certifier on this machine, to try things out: nothing is issued or mailed for real.",
  examples: ["certifier sandbox", "certifier sandbox --port 4020 --fault 429", "certifier groups list --sandbox"]
})
