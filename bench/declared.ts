/**
 * What source declares, found by patterns of its own that share nothing with the compressor: the truth that an outline is held against.
 */

const NAMES: Readonly<Record<string, ReadonlyArray<RegExp>>> = {
  c: [
    /^(?!(?:if|else|for|while|switch|return|typedef|struct \w+ \{|#))[A-Za-z_][\w\s*]*?[\s*](\w+)\([^;{}]*\)\s*\{/gm,
    /^(?:typedef\s+)?(?:struct|enum|union)\s+(\w+)\s*\{/gm
  ],
  cpp: [
    /^(?!(?:if|else|for|while|switch|return|typedef|#))[A-Za-z_][\w\s*&<>:,]*?[\s*&:](~?\w+)\([^;{}]*\)\s*(?:const\s*)?(?:noexcept\s*)?(?::[^;{}]*)?\{/gm,
    /^\s+(?:static |virtual |inline |const |explicit )*[\w:<>*&]+\s+[*&]?(~?\w+)\([^;{}]*\)\s*(?:const\s*)?(?:override\s*)?(?:noexcept\s*)?\{/gm,
    /^\s*(?:class|struct|enum(?: class)?)\s+(?:\w+\s+)?(\w+)[^;{]*\{/gm
  ],
  csharp: [
    /^\s*(?:(?:public|private|protected|internal|static|virtual|override|abstract|sealed|async|readonly|extern|unsafe|partial|new)\s+)+[\w<>[\], ?.]+\s+(\w+)\s*(?:<[^>]*>)?\s*\(/gm,
    /^\s*(?:(?:public|private|protected|internal|static|abstract|sealed|partial)\s+)*(?:class|interface|struct|enum|record)\s+(\w+)/gm
  ],
  go: [/^func\s+(?:\([^)]*\)\s*)?(\w+)/gm, /^type\s+(\w+)/gm],
  java: [
    /^\s*(?:(?:public|private|protected|static|final|abstract|synchronized|default|native)\s+)+(?:<[^>]+>\s+)?[\w<>[\], ?.]+\s+(\w+)\s*\(/gm,
    /^\s*(?:(?:public|private|protected|static|final|abstract)\s+)*(?:class|interface|enum|record|@interface)\s+(\w+)/gm
  ],
  javascript: [
    /\bfunction\s*\*?\s+(\w+)\s*\(/gm,
    /^\s*(?:export\s+)?(?:default\s+)?class\s+(\w+)/gm,
    /^\s+(?:async\s+|static\s+|get\s+|set\s+)*([\w$]+)\s*\([^()]*\)\s*\{\s*$/gm,
    /^\s*(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s*)?(?:\([^()]*\)|\w+)\s*=>/gm
  ],
  php: [
    /\bfunction\s+&?(\w+)\s*\(/gm,
    /^\s*(?:(?:abstract|final|readonly)\s+)*(?:class|interface|trait|enum)\s+(\w+)/gm
  ],
  python: [/^\s*(?:async\s+)?(?:def|class)\s+(\w+)/gm],
  ruby: [/^\s*def\s+(?:self\.)?(\w+[?!=]?)/gm, /^\s*(?:class|module)\s+([A-Z]\w*)/gm],
  rust: [
    /^\s*(?:pub(?:\([\w: ]+\))?\s+)?(?:const\s+|unsafe\s+|async\s+)*fn\s+(\w+)/gm,
    /^\s*(?:pub(?:\([\w: ]+\))?\s+)?(?:struct|enum|trait|type|union)\s+(\w+)/gm,
    /^\s*macro_rules!\s+(\w+)/gm
  ],
  typescript: [
    /\bfunction\s*\*?\s+(\w+)\s*[<(]/gm,
    /^\s+(?:(?:private|public|protected|static|async|readonly|get|set)\s+)*([\w$]+)\s*(?:<[^>]*>)?\([^()]*\)[^;{=]*\{\s*$/gm,
    /^\s*(?:export\s+)?(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s*)?(?:\([^()]*\)|\w+)\s*(?::[^=]+)?=>/gm,
    /^\s*(?:export\s+)?(?:declare\s+)?(?:default\s+)?(?:abstract\s+)?(?:interface|type|enum|class)\s+(\w+)/gm
  ]
}

const TYPES: Readonly<Record<string, RegExp>> = {
  c: /^(?:typedef\s+)?(?:struct|enum|union)\s+(\w+)\s*\{/gm,
  cpp: /^\s*(?:class|struct|enum(?: class)?)\s+(\w+)[^;(]*\{/gm,
  csharp:
    /^\s*(?:(?:public|private|protected|internal|static|abstract|sealed|partial)\s+)*(?:class|interface|struct|enum|record)\s+(\w+)/gm,
  go: /^type\s+(\w+)/gm,
  java: /^\s*(?:(?:public|private|protected|static|final|abstract)\s+)*(?:class|interface|enum|record|@interface)\s+(\w+)/gm,
  javascript: /^\s*(?:export\s+)?(?:default\s+)?class\s+(\w+)/gm,
  php: /^\s*(?:(?:abstract|final|readonly)\s+)*(?:class|interface|trait|enum)\s+(\w+)/gm,
  python: /^\s*class\s+(\w+)/gm,
  ruby: /^\s*(?:class|module)\s+([A-Z]\w*)/gm,
  rust: /^\s*(?:pub(?:\([\w: ]+\))?\s+)?(?:struct|enum|trait|type|union)\s+(\w+)/gm,
  typescript: /^\s*(?:export\s+)?(?:declare\s+)?(?:default\s+)?(?:abstract\s+)?(?:interface|type|enum|class)\s+(\w+)/gm
}

const IMPORTS: Readonly<Record<string, RegExp>> = {
  c: /^#\s*include\b.*$/gm,
  cpp: /^#\s*include\b.*$/gm,
  csharp: /^\s*using [\w.]+;/gm,
  go: /^(?:import .*|\t(?:(?!return)\w+ )?"[\w./-]+")$/gm,
  java: /^import .*;$/gm,
  javascript: /^(?:import\b.*|(?:const|let|var)\b.*= require\(.*)$/gm,
  php: /^use [\w\\]+.*;$/gm,
  python: /^(?:import|from)\b.*$/gm,
  ruby: /^\s*require(?:_relative)? ['"].*$/gm,
  rust: /^\s{0,4}use .*;$/gm,
  typescript: /^import\b.*$/gm
}

const KEYWORDS = new Set(
  "if for while switch catch return else do try sizeof new delete throw using lock foreach function await constructor".split(
    " "
  )
)

const namesBy = (patterns: ReadonlyArray<RegExp>, source: string): ReadonlyArray<string> => [
  ...new Set(
    patterns.flatMap((pattern) =>
      [...source.matchAll(pattern)].flatMap(([, name]) => (name === undefined || KEYWORDS.has(name) ? [] : [name]))
    )
  )
]

export interface Declared {
  /** Functions and types, each once. */
  readonly names: ReadonlyArray<string>
  readonly types: ReadonlyArray<string>
  /** Lines, or the first of several, that import. */
  readonly imports: ReadonlyArray<string>
}

/** Examples in docstrings declare nothing. */
const withoutDocstrings = (source: string, language: string): string =>
  language === "python" ? source.replace(/("""|''')[\s\S]*?\1/g, '""') : source

export const declaredIn = (text: string, language: string): Declared => {
  const source = withoutDocstrings(text, language)
  return {
    names: namesBy(NAMES[language] ?? [], source),
    types: namesBy(
      [TYPES[language]].flatMap((pattern) => pattern ?? []),
      source
    ),
    imports: [IMPORTS[language]].flatMap((pattern) =>
      pattern === undefined ? [] : [...source.matchAll(pattern)].map(([line]) => line.trim())
    )
  }
}

/** The names that stand whole in a text. */
export const namesSeen = (names: ReadonlyArray<string>, text: string): number => {
  const words = new Set(text.match(/~?[\w$]+[?!=]?|[\w$]+/g))
  const bare = new Set(text.match(/[\w$]+/g))
  return names.filter((name) => words.has(name) || bare.has(name)).length
}

/** The lines that stand in a text, gutter and indent aside. */
export const linesSeen = (lines: ReadonlyArray<string>, text: string): number => {
  const shown = new Set(text.split("\n").map((line) => line.replace(/^\s*\d+\t/, "").trim()))
  return lines.filter((line) => shown.has(line) || text.includes(line)).length
}
