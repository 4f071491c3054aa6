import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import { exhaustedFor } from "../src/internal/rateLimiter/headers.js"

/** 2026-11-23T00:00:00Z, in milliseconds. */
const now = 1_795_392_000_000

describe("the seconds for which headers report that nothing remains, or undefined", () => {
  const rows: ReadonlyArray<readonly [name: string, headers: Record<string, string>, seconds: number | undefined]> = [
    ["no header", {}, undefined],
    ["the draft's form", { ratelimit: '"default";r=0;t=30' }, 30],
    ["something left", { ratelimit: '"default";r=50;t=30' }, undefined],
    ["the longest of those exhausted", { ratelimit: '"burst";r=0;t=5, "daily";r=0;t=60, "other";r=9;t=600' }, 60],
    ["a name that is a token", { ratelimit: "default;r=0;t=30" }, 30],
    ["parameters in another order, and unknown ones", { ratelimit: '"default";t=30;x="y";r=0;pk=:AAEC:' }, 30],
    [
      "no reset, but a policy of that name",
      { ratelimit: '"default";r=0', "ratelimit-policy": '"default";q=100;w=10' },
      10
    ],
    [
      "no reset, and a policy of another name",
      { ratelimit: '"default";r=0', "ratelimit-policy": '"other";q=100;w=10' },
      undefined
    ],
    [
      "no reset, and a policy that does not count requests",
      { ratelimit: '"default";r=0', "ratelimit-policy": '"default";q=9;qu="content-bytes";w=10' },
      undefined
    ],
    [
      "no reset, and a malformed policy",
      { ratelimit: '"default";r=0', "ratelimit-policy": '"default";;w=10' },
      undefined
    ],
    ["a reset now", { ratelimit: '"default";r=0;t=0' }, undefined],
    ["a negative reset", { ratelimit: '"default";r=0;t=-5' }, undefined],
    ["a reset that is a fraction", { ratelimit: '"default";r=0;t=0.5' }, undefined],
    ["a reset that is a string", { ratelimit: '"default";r=0;t="5"' }, undefined],
    ["a remainder that is a string", { ratelimit: '"default";r="0";t=5' }, undefined],
    ["no remainder", { ratelimit: '"default";t=5' }, undefined],
    ["an inner list", { ratelimit: '("a" "b");r=0;t=5' }, 5],
    ["not a list", { ratelimit: "limit=100, remaining=0, reset=30" }, undefined],
    ["garbage", { ratelimit: '\u0000;;;"' }, undefined],
    [
      "the conventional ones",
      { "x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" },
      30
    ],
    ["without the X", { "ratelimit-remaining": "0", "ratelimit-reset": "12" }, 12],
    [
      "a reset as a time in seconds",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now / 1000 + 45) },
      45
    ],
    [
      "a reset as a time in milliseconds",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now + 1500) },
      1.5
    ],
    ["a reset in the past", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now / 1000 - 45) }, undefined],
    ["a fraction of a second", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0.25" }, 0.25],
    ["some of the conventional left", { "x-ratelimit-remaining": "1", "x-ratelimit-reset": "30" }, undefined],
    ["no conventional reset", { "x-ratelimit-remaining": "0" }, undefined],
    ["a malformed conventional reset", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon" }, undefined],
    ["a negative conventional reset", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "-30" }, undefined],
    ["a malformed conventional remainder", { "x-ratelimit-remaining": "", "x-ratelimit-reset": "30" }, undefined],
    [
      "the standard fields take precedence over the conventional ones",
      { ratelimit: '"default";r=0;t=7', "x-ratelimit-remaining": "0", "x-ratelimit-reset": "70" },
      7
    ]
  ]
  for (const [name, headers, seconds] of rows) {
    it(`${name}`, () => {
      assert.strictEqual(Option.getOrUndefined(Option.map(exhaustedFor(headers, now), Duration.toSeconds)), seconds)
    })
  }

  it("returns nothing or a finite time above zero for any headers", () => {
    const text = FastCheck.oneof(FastCheck.string(), FastCheck.stringMatching(/^"[a-z]*"(;[rtqw]=-?\d{1,15})*$/))
    FastCheck.assert(
      FastCheck.property(
        FastCheck.dictionary(
          FastCheck.constantFrom("ratelimit", "ratelimit-policy", "x-ratelimit-remaining", "x-ratelimit-reset"),
          text
        ),
        (headers) => {
          const wait = Option.getOrElse(exhaustedFor(headers, now), () => Duration.seconds(1))
          assert.isAbove(Duration.toMillis(wait), 0)
          assert.isTrue(Number.isFinite(Duration.toMillis(wait)))
        }
      ),
      { numRuns: 2000, seed: 1 }
    )
  })
})
