/** Sets the number of runs of every property from the environment, so that nightly runs dig deeper with the same tests. */
import * as FastCheck from "effect/FastCheck"

FastCheck.configureGlobal({ numRuns: Number(process.env["PROPERTY_RUNS"] ?? 100) })
