import { describe, expect, it } from "vitest"
import { hintFrom, nameOf } from "../../src/compressors/producer.ts"

const shell = (command: string) => hintFrom({ tool: "Bash", input: { command } })

const OUTPUT: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["git diff HEAD~1 -- src", ["git diff"]],
  ["cd /a/b && git -C x --no-pager diff", ["git diff"]],
  ["rg -n foo src | head -50", ["rg"]],
  ["rg x | grep -v test", ["rg"]],
  ["npm test 2>&1 | tail -40", ["npm test"]],
  ["npm run build", ["npm run build"]],
  ["pnpm --filter web test", ["pnpm test"]],
  ["CI=1 timeout 60 npx vitest run", ["vitest"]],
  ["uv run python -m pytest -q", ["pytest"]],
  ["sudo -u app env A=1 docker compose logs web", ["docker compose logs"]],
  ["cargo +nightly test --all", ["cargo test"]],
  ["gh -R a/b pr diff 12", ["gh pr diff"]],
  ["kubectl -n prod get pods -o json", ["kubectl get"]],
  ["git status && git log --oneline -5", ["git status", "git log"]],
  ["git diff | grep '^+'", ["grep"]],
  ["bash -lc 'cd a && rg -n x src'", ["rg"]],
  ["ssh -p 22 host 'journalctl -u web | tail -n 100'", ["journalctl"]],
  ["(cd a; make -j 4 all) | tail -5", ["make all"]],
  ["find . -name '*.ts' | xargs grep -n foo", ["grep"]],
  ["find . -name '*.ts' -exec grep -n foo {} +", ["grep"]],
  ["if [ -f a ]; then npm test; else ls; fi", ["npm test", "ls"]],
  ["cat a.json | jq .items", ["jq"]],
  ["sed -i 's/a/b/' x.ts && git diff --stat", ["git diff"]],
  ["cat <<'EOF' > notes.md\n$(cat secret)\nEOF\nls", ["ls"]],
  ["curl -s https://x | head -c 400", ["curl"]],
  ["wc -l < a.txt", ["wc"]],
  ["mkdir -p a && touch a/b", ["mkdir", "touch"]],
  ["case $x in a) ls;; *) git log;; esac", ["ls", "git log"]]
]

const FILES: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["cat src/a.ts", ["cat"]],
  ["sed -n '1,80p' src/a.ts", ["sed"]],
  ["nl -ba src/a.ts | sed -n '1,80p'", ["nl"]],
  ["head -n 20 a.txt", ["head"]],
  ["tail -f app.log", ["tail"]],
  ["git show HEAD:src/a.ts | sed -n 1,80p", ["git show"]],
  ["git log --oneline && cat a", ["git log", "cat"]],
  ['for f in a b; do echo "== $f"; sed -n 1,20p $f; done | head -100', ["sed"]],
  ["cat a | grep b", ["grep"]],
  ["grep -n '' a.txt", ["grep"]],
  ["grep -v '^#' nginx.conf", ["grep"]],
  ["rg -l foo | xargs cat", ["cat"]],
  ["find . -name '*.md' -exec cat {} \\;", ["cat"]],
  ['echo "$(cat a.txt)"', ["cat"]],
  ["cat < a.txt", ["cat"]],
  ['sh -c "cat a && cat b"', ["cat"]],
  ["sudo docker exec web cat /etc/hosts", ["cat"]],
  ["python3 - <<'PY'\nprint(open('a').read())\nPY", ["python3"]],
  ["awk 'NR<20' a.txt", ["awk"]],
  ["ls\ncat a", ["ls", "cat"]],
  ["ls & cat a", ["ls", "cat"]],
  ["perl -ne 'print if 1..20' a.txt", ["perl"]],
  ["cat $(git ls-files '*.md')", ["cat"]]
]

describe("hintFrom", () => {
  it.each(OUTPUT)("knows that %j prints output", (line, commands) => {
    expect(shell(line)).toEqual({ commands, origin: "output" })
  })

  it.each(FILES)("knows that %j may print a file", (line, commands) => {
    expect(shell(line)).toMatchObject({ commands, origin: "file" })
  })

  it.each<readonly [string, ReadonlyArray<string> | undefined]>([
    ["cat src/a.ts", ["src/a.ts"]],
    ["sed -n '1,80p' src/a.ts && nl -ba lib/b.py | head -9", ["src/a.ts", "lib/b.py"]],
    ["git show HEAD~2:src/a.ts | sed -n 1,80p", ["src/a.ts"]],
    ["cat a.ts && git status", undefined],
    ["cat $(git ls-files '*.md')", undefined],
    ["git diff a.ts", undefined]
  ])("knows which files alone %j prints", (line, files) => {
    expect(shell(line).files).toEqual(files)
  })

  it("knows the file that a tool is given", () => {
    expect(hintFrom({ tool: "Read", input: { file_path: "src/a.ts", limit: 9 } }).files).toEqual(["src/a.ts"])
    expect(hintFrom({ tool: "Grep", input: { path: "src/a.ts" } }).files).toBe(undefined)
  })

  it("reads a line of odd blanks and empty words", () => {
    for (const line of ["\u000b", "''", '"" ""', "$()", "\\", "a ''", "{ '' }"])
      expect(shell(line).origin, line).toBe("output")
  })

  it("reads the shell calls of each agent", () => {
    const commands = ["git diff"]
    for (const [tool, input] of [
      ["exec_command", { cmd: "git diff" }],
      ["shell", { command: ["bash", "-lc", "git diff"] }],
      ["shell", { command: ["git", "diff", "a b"] }],
      ["local_shell", { type: "exec", command: ["git", "diff"] }],
      ["run_shell_command", { command: "git diff" }],
      ["execute_bash", { command: "git diff" }],
      ["bash", { command: "git diff" }],
      ["run_command", { CommandLine: "git diff" }],
      ["developer__shell", { command: "git diff" }],
      ["mcp__box__batch_execute", { commands: [{ label: "x", command: "git diff" }] }]
    ] as const)
      expect(hintFrom({ tool, input }), tool).toEqual({ commands, origin: "output" })
  })

  it("takes readers, viewers and editors for printers of files", () => {
    for (const [tool, input] of [
      ["Read", { file_path: "a" }],
      ["read_file", { path: "a" }],
      ["view", { path: "a" }],
      ["str_replace_editor", { command: "view", path: "a" }],
      ["mcp__fs__readTextFile", { path: "a" }],
      ["Edit", {}],
      ["MultiEdit", {}],
      ["write_to_file", {}],
      ["replace", {}],
      ["apply_patch", { input: "*** Begin Patch" }],
      ["NotebookEdit", {}]
    ] as const)
      expect(hintFrom({ tool, input }).origin, tool).toBe("file")
  })

  it("takes searches, listings, web pages, lists of tasks and unknown tools for output", () => {
    for (const tool of [
      "Grep",
      "Glob",
      "WebFetch",
      "Task",
      "TodoWrite",
      "write_stdin",
      "read_bash",
      "search_files",
      "frobnicate"
    ])
      expect(hintFrom({ tool, input: {} }).origin, tool).toBe("output")
    expect(hintFrom({ tool: "Grep", input: { pattern: "x" } }).commands).toEqual(["grep"])
    expect(hintFrom({ tool: "search_file_content", input: {} }).commands).toEqual(["search_file_content", "grep"])
    expect(hintFrom(undefined)).toEqual({ commands: [], origin: "output" })
  })
})

describe("nameOf", () => {
  it("names the tool and what it was asked", () => {
    expect(nameOf({ tool: "Read", input: { file_path: "src/a.ts" } })).toBe("Read src/a.ts")
    expect(nameOf({ tool: "Bash", input: { command: "cd /w && sed -n 1,80p a.ts" } })).toBe("Bash sed -n 1,80p a…")
    expect(nameOf({ tool: "mcp__gh__list_issues", input: { query: "open" } })).toBe("list_issues open")
    expect(nameOf(undefined)).toBe("output")
  })

  it("cuts a long path from the left, at a slash", () => {
    const name = nameOf({ tool: "Read", input: { file_path: `/home/me/${"deep/".repeat(20)}src/server/index.ts` } })
    expect(name).toMatch(/^Read …\/(?:.*\/)?index\.ts$/)
    expect(name.length).toBeLessThanOrEqual(40)
  })

  it("holds nothing that breaks a note", () => {
    expect(nameOf({ tool: "Bash", input: { command: 'rg "[a]" \n| head' } })).toBe("Bash rg a | head")
  })
})
