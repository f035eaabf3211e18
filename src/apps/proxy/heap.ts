/**
 * How far this process's heap may grow on garbage: left alone, node keeps 32 MB for what is young and lets the rest quadruple before it looks,
 * which suits a server that has its machine to itself; this one stands beside an agent, a compiler and an editor.
 *
 * node has no option of its own that a running process can set, so these are V8's, read at each decision to grow, the same in node 20, 22
 * and 24. Agents at work in eight growing conversations leave 190 MB resident with them and 320 MB without (`npm run bench:proxy`), for 2 ms more
 * of the processors' time, mostly other threads', for a request of 500 kB and 0.3 ms for one of 10 kB.
 */
import { setFlagsFromString } from "node:v8"

/** What is collected gives its pages back, and room for what is young shrinks again. */
const THRIFTY = "--optimize-for-size"
/** What is old may grow by so much, garbage included, before it is looked at: at 100 the same agents leave 250 MB, at 20 they leave 180. */
const GROWTH = "--heap-growing-percent=30"

/** For all threads of the process. */
export const keepHeapSmall = (): void => {
  for (const flag of [THRIFTY, GROWTH]) setFlagsFromString(flag)
}
