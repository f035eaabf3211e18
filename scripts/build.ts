/** Builds dist/: the command, the library and its type declarations. */
import { execFileSync } from "node:child_process"
import { chmodSync, existsSync, rmSync } from "node:fs"
import { bundle, root } from "./bundle.ts"
import { packGrammars } from "./grammars.ts"

rmSync(`${root}dist`, { recursive: true, force: true })
await bundle("dist")
packGrammars("dist")
chmodSync(`${root}dist/headroom.js`, 0o755)

if (existsSync(`${root}src/index.ts`)) {
  execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`], {
    cwd: root,
    stdio: "inherit"
  })
}
