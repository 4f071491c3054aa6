// The scripts that Redis runs. All times are those of the Redis clock.

/**
 * Takes the next slot, and returns the time until it starts. `ARGV[2]` slots take `ARGV[1]` milliseconds; Redis counts whole ones, so
 * slots differ by one. The key expires when the last slot that it counts is over.
 */
export const take = `
local function until_slot(n) return math.ceil(n * ARGV[1] / ARGV[2]) end
local wait = math.max(redis.call("PTTL", KEYS[1]), 0)
local n = redis.call("INCR", KEYS[1])
redis.call("PEXPIRE", KEYS[1], wait + until_slot(n) - until_slot(n - 1))
return wait
`

/** Extends the cool-down, never shortens it. */
export const extend = `
if redis.call("PTTL", KEYS[1]) < tonumber(ARGV[1]) then
  redis.call("SET", KEYS[1], "1", "PX", ARGV[1])
end
return 0
`
