/**
 * The command that a stage of a shell line really runs, and its name: launchers (`sudo`, `timeout 10`, `npx`, `uv run`) taken off,
 * subcommands kept, as tables of what programs accept.
 */

export const wordSet = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/))

/** Programs named together with their subcommand, and the options of theirs that take a value. */
const SUBCOMMANDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    git: wordSet("-C -c --git-dir --work-tree --namespace"),
    npm: wordSet("--prefix -w --workspace -C --loglevel"),
    pnpm: wordSet("--filter -F -C --dir --reporter"),
    yarn: wordSet("--cwd"),
    bun: wordSet("--cwd --filter"),
    deno: wordSet(""),
    cargo: wordSet("--manifest-path -Z --color --config"),
    go: wordSet("-C"),
    docker: wordSet("-H --context --log-level -f --file -p --project-name"),
    "docker-compose": wordSet("-f --file -p --project-name"),
    podman: wordSet("--connection"),
    kubectl: wordSet("-n --namespace --context --kubeconfig"),
    gh: wordSet("-R --repo --hostname"),
    glab: wordSet("-R --repo"),
    helm: wordSet("-n --namespace"),
    aws: wordSet("--profile --region --output"),
    gcloud: wordSet("--project --format"),
    az: wordSet(""),
    terraform: wordSet("-chdir"),
    make: wordSet("-C -f -j"),
    just: wordSet("-f"),
    mise: wordSet("-C --cd"),
    task: wordSet("-d"),
    pip: wordSet(""),
    pip3: wordSet(""),
    uv: wordSet("--directory --project"),
    poetry: wordSet("-C"),
    conda: wordSet("-n"),
    brew: wordSet(""),
    apt: wordSet("-o"),
    "apt-get": wordSet("-o"),
    dotnet: wordSet(""),
    gradle: wordSet("-p"),
    "./gradlew": wordSet("-p"),
    gradlew: wordSet("-p"),
    mvn: wordSet("-f -pl -P"),
    swift: wordSet(""),
    flutter: wordSet(""),
    dart: wordSet(""),
    rails: wordSet(""),
    bundle: wordSet(""),
    composer: wordSet("-d"),
    php: wordSet(""),
    systemctl: wordSet(""),
    turbo: wordSet("--filter"),
    nx: wordSet(""),
    jj: wordSet("-R"),
    hg: wordSet("-R"),
    svn: wordSet("")
  })
)
/** Subcommands named together with the word after them. */
const DEEPER = new Set(
  (
    "npm run|npm exec|pnpm run|yarn run|bun run|yarn workspace|docker compose|go tool|go mod|cargo nextest|mise run|" +
    "gh pr|gh issue|gh run|gh repo|gh release|gh workflow|gh search|git stash|git remote|git worktree|aws s3|kubectl rollout|" +
    "nx run|terraform state|glab mr|deno task|uv pip"
  ).split("|")
)

/** Programs that run the command behind them, and the options of theirs that take a value. */
const LAUNCHERS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    sudo: wordSet("-u -g -C -h -p -U"),
    doas: wordSet("-u"),
    time: wordSet("-f -o"),
    timeout: wordSet("-s --signal -k --kill-after"),
    gtimeout: wordSet("-s --signal -k --kill-after"),
    nice: wordSet("-n"),
    ionice: wordSet("-c -n"),
    nohup: wordSet(""),
    setsid: wordSet(""),
    stdbuf: wordSet("-i -o -e"),
    unbuffer: wordSet(""),
    env: wordSet("-u -C -S"),
    command: wordSet(""),
    exec: wordSet("-a"),
    builtin: wordSet(""),
    "xvfb-run": wordSet("-s -n"),
    watch: wordSet("-n"),
    xargs: wordSet("-I -n -P -L -d -s -a -E --max-args --max-procs"),
    parallel: wordSet("-j"),
    npx: wordSet("-p --package -c"),
    bunx: wordSet(""),
    uvx: wordSet("--from --with"),
    pipx: wordSet(""),
    chroot: wordSet(""),
    strace: wordSet("-e -o"),
    dotenv: wordSet("-e"),
    "cross-env": wordSet(""),
    caffeinate: wordSet("-t")
  })
)
/** Two-word launchers such as `uv run`. */
const LAUNCHING_SUBCOMMANDS: Readonly<Record<string, ReadonlySet<string>>> = {
  uv: wordSet("run"),
  poetry: wordSet("run"),
  pdm: wordSet("run"),
  hatch: wordSet("run"),
  rye: wordSet("run"),
  pipenv: wordSet("run"),
  bundle: wordSet("exec"),
  pnpm: wordSet("exec dlx"),
  yarn: wordSet("exec dlx"),
  npm: wordSet("exec"),
  mise: wordSet("exec"),
  asdf: wordSet("exec"),
  direnv: wordSet("exec"),
  bun: wordSet("x"),
  nix: wordSet("develop"),
  rtk: wordSet("proxy"),
  docker: wordSet("exec run"),
  podman: wordSet("exec run"),
  kubectl: wordSet("exec"),
  conda: wordSet("run")
}
const LAUNCHING_VALUES = wordSet(
  "--with --python -p --extra --group --package -n --namespace -c --container -e --env -v --volume -w --workdir -u --user --name --network --entrypoint -it --filter -F"
)

export const baseName = (word: string): string => {
  const name = word.slice(Math.max(word.lastIndexOf("/"), word.lastIndexOf("\\")) + 1)
  return (word.startsWith("./") && name === "gradlew" ? "gradlew" : name).toLowerCase()
}

export const isOption = (word: string): boolean => word.startsWith("-") && word.length > 1

/** The index of the first word from `from` that is no option nor an option's value. */
export const afterOptions = (words: ReadonlyArray<string>, from: number, valued: ReadonlySet<string>): number => {
  let at = from
  while (at < words.length && isOption(words[at] as string)) {
    if (words[at] === "--") return at + 1
    at += valued.has(words[at] as string) ? 2 : 1
  }
  return at
}

const ASSIGNMENT = /^[A-Za-z_]\w*\+?=/

/** The command that really runs: assignments and launchers (`sudo`, `timeout 10`, `npx`, `uv run`, `xargs`) taken off. */
export const commandOf = (
  stageWords: ReadonlyArray<string>
): { readonly words: ReadonlyArray<string>; readonly stdinWords: boolean } => {
  let at = 0
  let stdinWords = false
  for (;;) {
    while (at < stageWords.length && ASSIGNMENT.test(stageWords[at] as string)) at++
    const program = stageWords[at]
    if (program === undefined) return { words: [], stdinWords }
    const name = baseName(program)
    const valued = LAUNCHERS.get(name)
    let next = at
    if (valued !== undefined) {
      next = afterOptions(stageWords, at + 1, valued)
      if (
        name === "timeout" ||
        name === "gtimeout" ||
        name === "chroot" ||
        (name === "direnv" && next < stageWords.length)
      )
        next++
      if (name === "xargs" || name === "parallel") stdinWords = true
    } else {
      const sub = afterOptions(stageWords, at + 1, SUBCOMMANDS.get(name) ?? LAUNCHING_VALUES)
      if (
        Object.hasOwn(LAUNCHING_SUBCOMMANDS, name) &&
        LAUNCHING_SUBCOMMANDS[name]?.has(stageWords[sub] ?? "") === true
      ) {
        next = afterOptions(stageWords, sub + 1, LAUNCHING_VALUES)
        // `docker exec NAME COMMAND`: the container's name comes first.
        if (name === "docker" || name === "podman" || name === "kubectl") {
          next++
          if (stageWords[next] === "--") next++
        }
      } else if (/^(?:python[\d.]*|py)$/.test(name) && stageWords[at + 1] === "-m" && stageWords[at + 2] !== undefined)
        next = at + 2
    }
    if (next === at) return { words: stageWords.slice(at), stdinWords }
    if (next >= stageWords.length) return { words: stageWords.slice(at, at + 1), stdinWords }
    at = next
  }
}

const NAME = /^[\w@.][\w@.+:/-]*$/

export const nameWithSubcommand = (words: ReadonlyArray<string>, program: string): string => {
  const valued = SUBCOMMANDS.get(program)
  if (valued === undefined) return program
  let at = afterOptions(words, 1, valued)
  // cargo +nightly
  if (words[at]?.startsWith("+") === true) at = afterOptions(words, at + 1, valued)
  const sub = words[at]
  if (sub === undefined || !NAME.test(sub)) return program
  const name = `${program} ${sub.toLowerCase()}`
  if (!DEEPER.has(name)) return name
  const next = words[afterOptions(words, at + 1, valued)]
  return next !== undefined && /^[\w@.][\w@.+:-]*$/.test(next) ? `${name} ${next.toLowerCase()}` : name
}
