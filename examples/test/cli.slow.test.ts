import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import * as Local from "../src/lib/local.js"
import { run, timeout } from "./support/program.js"

interface Case {
  readonly args: ReadonlyArray<string>
  readonly fault?: string
  readonly code: number
  readonly stdout: RegExp
  readonly stderr?: RegExp
  readonly requests: ReadonlyArray<string>
}

const nothing = /^$/
const cases: ReadonlyArray<Case> = [
  { args: [], code: 0, stdout: /Shows and renames groups of Certifier/, requests: ["nothing"] },
  {
    args: ["show", Local.groupId],
    code: 0,
    stdout: /^01g90279gp5sbmfek7wymcsvec\tFinancial Markets\t2022-01-01T00:00:00.000Z\n$/,
    requests: ["GET 200"]
  },
  {
    args: ["year", Local.groupId, "2026"],
    fault: "rate_limited",
    code: 0,
    stdout: /^01g90279gp5sbmfek7wymcsvec\tFinancial Markets 2026\t\S+Z\n$/,
    requests: ["GET 429 (fault)", "GET 200", "PATCH 200"]
  },
  {
    args: ["year", Local.groupId, "soon"],
    code: 64,
    stdout: nothing,
    stderr: /'soon' is not a integer/,
    requests: ["nothing"]
  },
  {
    args: ["show", "01hz2ej4yzdcfkq9fa78nhyj0x"],
    code: 1,
    stdout: nothing,
    stderr: /^getGroup: the API returned 404 not_found/m,
    requests: ["GET 404"]
  },
  {
    args: ["show", Local.groupId],
    fault: "html-502",
    code: 75,
    stdout: nothing,
    stderr: /^getGroup: the API returned 502/m,
    requests: ["GET 502 (fault)"]
  },
  // Failures outside the command are reported as well: here, the sandbox can't be created.
  {
    args: ["show", Local.groupId],
    fault: "nonsense",
    code: 1,
    stdout: nothing,
    stderr: /Expected JSON, a status/,
    requests: []
  }
]

describe("cli", { timeout }, () => {
  for (const { args, code, fault, requests, stderr, stdout } of cases) {
    it.live(`${["cli", ...args].join(" ")}: exit code ${code}${fault === undefined ? "" : `, given ${fault}`}`, () =>
      Effect.gen(function* () {
        const ran = yield* run("cli", { args, env: fault === undefined ? {} : { SANDBOX_FAULT: fault } })
        assert.strictEqual(ran.code, code)
        assert.match(ran.stdout, stdout)
        assert.match(ran.stderr, stderr ?? /^\s*The sandbox received: .*\s*$/)
        deepStrictEqual(ran.requests, requests)
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }
})
