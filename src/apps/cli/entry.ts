#!/usr/bin/env node
/** The command's first file: answers `--version` by itself, because loading everything else takes longer than the answer is worth. */
import packageJson from "../../../package.json" with { type: "json" }

const [first, ...rest] = process.argv.slice(2)

if (rest.length === 0 && (first === "--version" || first === "-v")) process.stdout.write(`${packageJson.version}\n`)
else await import("./main.ts")
