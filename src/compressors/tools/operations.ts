/** Package managers, version control, containers and infrastructure. */
import type { Tool } from "./tool.ts"

export const OPERATIONS: ReadonlyArray<Tool> = [
  {
    name: "npm",
    commands: /^npm (?:install|i|ci|add|update|uninstall|audit)$/,
    marks: /^npm (?:WARN|warn|ERR!|error|notice|http) |^added \d+ packages?/,
    progress: /^npm (?:http|timing|verb|sill|info|notice)\b|reify:|^[⸨⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/,
    failure: /^npm (?:ERR!|error)/,
    summary: /^(?:added|removed|changed|up to date|audited)\b|\bvulnerabilit(?:y|ies)\b|A complete log of this run/
  },
  {
    name: "pnpm and yarn",
    commands: /^(?:yarn|(?:pnpm|yarn) (?:install|i|add|remove|up|upgrade))$/,
    marks: /^Progress: resolved \d+|^Packages: [+-]\d+|^➤ YN\d{4}: |^yarn (?:install|run|add) v\d/,
    progress: /^Progress: |^[+-]{4,}$|^➤ YN0013: |^\[\d\/\d\] |^info /,
    failure: /ERR_PNPM|^ ?(?:ERROR|ERR)\b|^error |^➤ YN\d{4}: .*\b(?:error|fail)/,
    summary: /^Done in |^(?:success|Lockfile)|^➤ YN0000: .*(?:Done|Failed)/
  },
  {
    name: "pip",
    commands: /^(?:pip3? (?:install|download|wheel)|uv pip\b.*)$/,
    marks:
      /^(?:Collecting \S+|Requirement already satisfied: |Successfully installed |Installing collected packages: )/,
    progress:
      /^\s*(?:Collecting |Downloading |Using cached |Requirement already|Preparing metadata|Getting requirements|Installing build|Building wheels?|Created wheel|Stored in|Found existing|Uninstalling|Successfully uninstalled|Attempting uninstall|━|\|[█ ])/,
    failure: /^\s*(?:ERROR: |error: |× |╰─> )|No matching distribution/,
    summary: /^Successfully installed|^ERROR: /
  },
  {
    name: "docker",
    commands: /^(?:docker|podman) (?:build|buildx|pull|push|compose (?:build|pull))$/,
    marks: /^#\d+ (?:\[|DONE|CACHED|ERROR|sha256:|transferring)|^Step \d+\/\d+ : |^ => (?:\[|=> )/,
    progress:
      /^#\d+ (?:sha256:|extracting |transferring |resolve |DONE|CACHED|exporting|\.\.\.)|^ => => |^ ---> |^Removing intermediate|^[0-9a-f]{12}: (?:Pull|Download|Verify|Wait|Extract|Already|Layer)/,
    failure: /^#\d+ ERROR|^ERROR: |^ > \[|failed to (?:solve|compute|build)|returned a non-zero code|exit code: [1-9]/,
    summary: /^Successfully (?:built|tagged)|naming to |^#\d+ writing image/
  },
  {
    name: "kubectl",
    commands: /^kubectl (?:apply|create|delete|describe|patch|rollout\b.*)$/,
    marks: /^[a-z]+(?:\.[a-z0-9.-]+)?\/[\w.-]+ (?:created|configured|unchanged|deleted|patched)\b|^Error from server/,
    progress: / unchanged$|^Waiting for /,
    failure:
      /^Error from server|^error: |^\s*Warning +(?:Failed|BackOff|Unhealthy|FailedScheduling)|CrashLoopBackOff|ImagePullBackOff/,
    summary: /^deployment .* successfully rolled out|^error: /
  },
  {
    name: "terraform",
    commands: /^(?:terraform|tofu) (?:init|plan|apply|destroy|refresh)$/,
    marks:
      /^Terraform (?:will perform|used the selected)|^Plan: \d+ to add|: (?:Refreshing state|Creating|Creation complete|Still creating|Destroying)\b.*(?:\.\.\.|after)|^(?:Apply|Destroy) complete!/,
    progress: /: (?:Refreshing state|Still (?:creating|destroying|modifying|reading)|Reading)\.\.\./,
    failure: /^[╷│╵]|^Error: |will be destroyed|must be replaced|# forces replacement/,
    summary: /^Plan: |^(?:Apply|Destroy) complete!|^No changes\./
  },
  {
    name: "git",
    commands: /^git (?:push|pull|fetch|clone|merge|rebase|cherry-pick|submodule|gc)$/,
    marks:
      /^remote: (?:Counting|Compressing|Enumerating|Total)|^(?:Receiving|Resolving|Writing) (?:objects|deltas):|^ ! \[rejected\]|^CONFLICT \(/,
    progress:
      /^(?:remote: )?(?:Counting|Compressing|Enumerating|Receiving|Resolving|Writing|Updating|Filtering) (?:objects|deltas|files|content)?|^remote: Total|^Auto-merging /,
    failure: /^(?:error|fatal|CONFLICT|hint)\b|\[(?:remote )?rejected\]|^remote: (?:error|fatal)/,
    summary: /^(?:To |From |Fast-forward|Already up|Automatic merge failed)| \d+ files? changed/
  },
  {
    name: "apt",
    commands: /^(?:apt|apt-get) (?:install|update|upgrade|full-upgrade|dist-upgrade|remove|purge|autoremove)$/,
    marks:
      /^(?:Get|Hit|Ign|Err):\d+ \S+|^(?:Unpacking|Setting up) \S+ \(|^(?:Reading package lists|Building dependency tree)/,
    progress:
      /^(?:Get|Hit|Ign):\d+ |^\(Reading database|^(?:Preparing to unpack|Unpacking|Selecting previously|Setting up|Processing triggers|Reading (?:package|state)|Building dependency)/,
    failure: /^(?:E|W|Err:\d+|dpkg): |^dpkg: error|^ \S+ : (?:Depends|Conflicts|Breaks): |^Errors were encountered/,
    summary: /^\d+ upgraded, |^Fetched |^E: Sub-process/
  }
]
