/** Compilers, linters, bundlers and what drives them. */
import type { Tool } from "./tool.ts"

export const BUILDS: ReadonlyArray<Tool> = [
  {
    name: "tsc",
    commands: /^(?:tsc|vue-tsc)$/,
    marks: /\.[cm]?tsx?(?:\(\d+,\d+\): |:\d+:\d+ - )error TS\d+: |^Found \d+ errors? in /,
    progress: /^\[?\d\d?:\d\d:\d\d.*(?:Starting compilation|File change detected)/,
    failure: /error TS\d+: /,
    summary: /^Found \d+ errors?/
  },
  {
    name: "eslint",
    commands: /^(?:eslint|eslint_d)$/,
    marks: /^\s+\d+:\d+\s+(?:error|warning)\s+\S|^✖ \d+ problems?/,
    progress: /^\s*$/,
    failure: /^\s+\d+:\d+\s+error\s/,
    summary: /^✖ \d+ problems?|potentially fixable/,
    heading: /^\S*[\\/]\S+\.\w+$/
  },
  {
    name: "webpack",
    commands: /^(?:webpack|webpack-cli)$/,
    marks:
      /^webpack \d+\.\d+\.\d+ compiled|^(?:ERROR|WARNING) in \.?\/|^asset \S+ .*\[emitted\]|^(?:modules by path|orphan modules) /,
    progress:
      /^\s*(?:asset |modules by path|cacheable modules|runtime modules|orphan modules|built modules)|^<s> |^\d+% /,
    failure: /^(?:ERROR|WARNING) in |^Module (?:not found|build failed|parse failed)|^\s*TS\d+: /,
    summary: /^webpack \d.* compiled/
  },
  {
    name: "vite",
    commands: /^vite(?: build)?$/,
    marks: /^vite v\d|^✓ \d+ modules transformed|^(?:dist|build)\/\S+ +[\d.]+ kB/,
    progress: /^(?:dist|build)\/\S+ +|^transforming|^rendering chunks|^computing gzip|^✓ \d+ modules/,
    failure: /^error during build|^x Build failed|^\[vite|Could not resolve|RollupError/,
    summary: /^✓ built in|^x Build failed/
  },
  {
    name: "cargo",
    commands: /^cargo (?:build|b|check|c|clippy|doc|fetch|install)$/,
    marks: /^\s+(?:Compiling|Checking|Finished|Downloaded) \S+(?: v\d| \[|`)|^ +--> \S+\.rs:\d+:\d+/,
    progress: /^\s+(?:Compiling|Checking|Downloading|Downloaded|Updating|Locking|Blocking|Fresh|Building) /,
    failure: /^(?:error|warning)(?:\[\w+\])?: |^ +--> /,
    summary: /^(?:error: could not compile|warning: `.*` .*generated|\s+Finished )/
  },
  {
    name: "gradle",
    commands: /^gradlew?\b/,
    marks: /^> Task :|^BUILD (?:SUCCESSFUL|FAILED) in |^FAILURE: Build failed/,
    progress: /^> Task :\S+(?: (?:UP-TO-DATE|NO-SOURCE|FROM-CACHE|SKIPPED))?$|^Download http/,
    failure:
      /\bFAILED$|^FAILURE: |^\* What went wrong|^e: |\.(?:java|kts?|scala):\d+: (?:error|warning)|^Execution failed/,
    summary: /^BUILD |^\d+ actionable tasks|^\d+ tests? completed/
  },
  {
    name: "msbuild",
    commands: /^(?:msbuild|dotnet (?:build|test|publish|pack|restore))$/,
    marks: /\(\d+,\d+\): (?:error|warning) [A-Z]+\d+: |^Build (?:succeeded|FAILED)\.|^\s+\d+ (?:Error|Warning)\(s\)/,
    progress: /^\s+\S+ -> \S+|^\s*(?:Restored |Determining projects|All projects are up-to-date)/,
    failure: /: error [A-Z]+\d+: |^\s+Failed \S+ \[/,
    summary: /^Build (?:succeeded|FAILED)|^\s+\d+ (?:Error|Warning)\(s\)|^(?:Passed|Failed)! +-/
  },
  {
    name: "make",
    commands: /^(?:(?:[\w.]+-)*(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(?:-\d+)?|cmake|ninja)$/,
    marks:
      /^\S+:\d+:(?:\d+:)? (?:fatal error|error|warning|note): |^\[ *\d+%\] (?:Building|Linking|Built|Generating)|^make(?:\[\d+\])?: |^-- (?:Configuring|Generating|The \w+ compiler)/,
    progress:
      /^\[ *\d+%\] |^make\[\d+\]: (?:Entering|Leaving)|^ +(?:CC|LD|AR|CXX|GEN|HOSTCC|OBJCOPY)(?: \[M\])? |^-- (?:Found|Looking for|Performing|Detecting|Check)|^(?:libtool: |(?:\S+\/)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|ar|ranlib) )/,
    failure: /: (?:fatal )?error: |^make.*\*\*\*|undefined reference to|^CMake Error|^ld: |^collect2: /,
    summary: /^make.*\*\*\*|^-- Configuring (?:done|incomplete)|^-- Build files|^\d+ (?:errors?|warnings?) .*generated/
  }
]
