/**
 * The languages whose syntax can be told apart, and which one a text is in: by the name of its file, else by what its lines hold.
 *
 * A file's name is believed; structure is asked only where there is none, and answers only where one language clearly leads.
 */

export type Language =
  | "bash"
  | "c"
  | "cpp"
  | "csharp"
  | "go"
  | "java"
  | "javascript"
  | "php"
  | "python"
  | "ruby"
  | "rust"
  | "swift"
  | "tsx"
  | "typescript"

const EXTENSIONS: Readonly<Record<Language, string>> = {
  bash: "sh bash zsh ksh bats bashrc zshrc bash_profile",
  c: "c",
  cpp: "cc cpp cxx c++ hh hpp hxx h++ ipp inl tcc h cu cuh ino",
  csharp: "cs csx",
  go: "go",
  java: "java",
  javascript: "js jsx mjs cjs es6",
  php: "php php5 php7 php8 phtml phps",
  python: "py pyi pyw pyx",
  ruby: "rb rake gemspec ru rbi podspec gemfile rakefile",
  rust: "rs",
  swift: "swift",
  tsx: "tsx",
  typescript: "ts mts cts"
}

const LANGUAGES = new Map(
  (Object.entries(EXTENSIONS) as ReadonlyArray<readonly [Language, string]>).flatMap(([language, names]) =>
    names.split(" ").map((extension) => [extension, language] as const)
  )
)

/** Extensions of source in languages that are read by their lines alone. */
const OTHERS = new Set(
  (
    "kt kts scala sc groovy gradle dart lua pl pm r jl ex exs erl hrl elm hs ml mli fs fsx clj cljs cljc zig nim v d m mm vb pas " +
    "f90 f95 for sol vue svelte astro ps1 psm1 bat cmd fish tcl coffee cr gd hx proto thrift graphql gql sql tf hcl nix cmake mk s asm"
  ).split(" ")
)

const extensionOf = (path: string): string => {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).toLowerCase()
  return name.slice(name.lastIndexOf(".") + 1)
}

export const languageOfFile = (path: string): Language | undefined => LANGUAGES.get(extensionOf(path))

/** Whether a file of this name is source code. */
export const isSourceFile = (path: string): boolean => LANGUAGES.has(extensionOf(path)) || OTHERS.has(extensionOf(path))

const INTERPRETERS: ReadonlyArray<readonly [RegExp, Language]> = [
  [/\b(?:ba|z|k|da)?sh\b/, "bash"],
  [/\bpython[\d.]*\b/, "python"],
  [/\bruby\b/, "ruby"],
  [/\bphp\b/, "php"],
  [/\b(?:tsx|ts-node|deno|bun)\b/, "typescript"],
  [/\bnode(?:js)?\b/, "javascript"]
]

/** What lines of a language hold and those of others seldom do. */
const MARKS: ReadonlyArray<readonly [Language, RegExp]> = [
  [
    "python",
    /^\s*(?:(?:async )?def \w+\(|class \w+.*:$|(?:elif|except|with|for|if|while|else|try|finally)\b.*:$|from \S+ import |import \w[\w.]*(?: as \w+)?$|raise \w|pass$|return .*[^;{,]$|""")|\bself\.\w|\bNone\b|\bTrue\b|\bnot in\b/
  ],
  [
    "go",
    /^func |^package \w+$|^type \w+ (?:struct|interface)\b|:= |\berr != nil\b|^\t+(?:defer|go|if|for|switch|case|return)\b[^(;]*[{:]?$|\bnil\b|\[\]\w+\b|\bfunc\(/
  ],
  [
    "rust",
    /\bfn \w+|\blet (?:mut )?\w+|&(?:mut |'\w+ )?self\b|&mut |&'?\w*str\b|::<|\bimpl\b.*\{$|\bpub(?:\(\w+\))? (?:fn|struct|enum|mod|use|const|trait)\b|#!?\[\w+|\b(?:Some|Ok|Err)\(|\.(?:unwrap|iter|into|clone|as_ref)\(|^\s*\/\/[/!]|\bmatch .*\{$|\bself\.\w|\w!\(|^\s*use [\w:]+/
  ],
  [
    "java",
    /^\s*import\s+(?:static )?[\w.]+(?:\.\*)?;|^package [\w.]+;|@Override|@\w+$|\bthrows \w|\bfinal \w|\bString\b|\bnew \w+<>|\binstanceof [A-Z]|\bboolean \w|\{@code|^\s*(?:public|private|protected)\b.*\{$|^\s*(?:public|private|protected) (?:static )?(?:final )?[\w<>[\], ]+ \w+\(/
  ],
  [
    "csharp",
    /^\s*using [\w.]+;|\bnamespace [A-Z][\w.]*;?$|(?<!:)\bstring\??(?:\[\])? \w|\bget;|\bset;|\bforeach \(|\b(?:internal|override|readonly|sealed|partial) |\bout \w|\bnameof\(|\/\/\/ ?<|^\s*#(?:region|endregion|nullable)|\b\w+\?\? |\bis not\b|\bnew\(\)|\bbool \w|\bobject\b|\b_\w+\.[A-Z]|^\s*(?:public|private|protected|internal)\b.*[^{;]$|\bvar \w+ =|\b(?:public|private|protected)\b.*\b[A-Z]\w*\($/
  ],
  [
    "php",
    /<\?php|\$this->|\$\w+ ?(?:=|->|\[|\)|,|;|\.)|^\s*(?:(?:public|private|protected|static) )+function \w+\(|^use [\w\\]+;|::class\b/
  ],
  [
    "ruby",
    /^\s*(?:require(?:_relative)? ['"]|module [A-Z]|class [A-Z]\w*(?:::\w+)*(?: < [\w:]+)?$|def (?:self\.)?\w+[?!=]?(?:\(.*\))?$|end$|attr_(?:reader|writer|accessor) |(?:elsif|unless|rescue|ensure)\b|begin$)|\bdo(?: \|.*\|)?$|\.(?:nil|empty|any)\?|\.each\b|@\w+\b ?(?:=|\|\|=|\.)|\bnil\b|=> e$| unless /
  ],
  [
    "swift",
    /^import\s+(?:Foundation|UIKit|SwiftUI|Combine|XCTest|AppKit)|\bfunc \w+.*(?:\{|->)|\bguard (?:let|case|var)?\b|\bif let \w|\b(?:let|var) \w+: |^\s*(?:extension|protocol|actor) \w|\binit\(|\bself\?\.|\bnil\b|@(?:objc|State|Published|MainActor)\b|\b(?:fileprivate|mutating|override func)\b|\(_ \w+:/
  ],
  [
    "javascript",
    /^\s*(?:import .*\bfrom ['"]|export |(?:const|let) |['"]use strict['"]|async\s+function\b)|=> |===|!==|\bfunction\*? ?\w*\(|\brequire\(['"]|\bmodule\.exports\b|\bundefined\b|\bthis\.\w|`.*\$\{|\.(?:map|forEach|filter|push|then)\(|\bawait /
  ],
  [
    "c",
    /^#\s*(?:include|define|ifdef|ifndef|endif|if|else|undef)\b|\w->\w|\bNULL\b|\b(?:static|extern|const) (?:\w+ )*\*?\w+\(|\bstruct \w+ ?\*?\w|\bchar ?\*|\bsize_t\b|\b(?:uint|int)\d+_t\b|\bsizeof\b|^\s*(?:unsigned|int|char|void|bool|double|float|long) \*?\w+|\b(?:void|int)\b.*\)$|^\}$/
  ],
  [
    "bash",
    /^\s*(?:if \[|then$|fi$|do$|done\b|esac$|elif \[|\w+\(\) ?\{|local \w|export \w+=|echo |set -[euxo]|\w+="?\$|case .* in$|;;$)|\$\{\w|"\$\w|\$\(\w|\[\[ /
  ]
]

/** What tells a language from the one that it grew out of. */
const MORE: ReadonlyArray<readonly [base: Language, own: Language, RegExp]> = [
  [
    "c",
    "cpp",
    /\bstd::|\w::~?\w+\(|^\s*(?:class|namespace) \w*.*(?:\{|$)|\btemplate ?<|\bnullptr\b|^\s*(?:public|private|protected):|\bvirtual\b|\bauto \w|const \w+& ?\w|\boverride\b|#include <\w+>/
  ],
  [
    "javascript",
    "typescript",
    /^\s*(?:export )?(?:declare |abstract )*(?:interface|enum|namespace|type) \w+|\bimport type\b|[\w)\]?]\??: (?:string|number|boolean|void|any|unknown|never|readonly|[A-Z]\w*)\b|\b(?:private|public|protected|readonly) \w|\bas (?:const|any|[A-Z]\w*)\b|\w<[A-Z]\w*>\(/
  ],
  ["typescript", "tsx", /^\s*<\/?[A-Za-z][\w.]*[^<>]*\/?>|\breturn \($|className=/]
]

const MAX_LINES = 400
const MAX_WIDTH = 240
/** Lines of a language that its name needs, and by how much it must lead. */
const LEAST = 3
const LEAD = 1.25
/** Lines of the younger language in a hundred of the older one that make it the younger. */
const MORE_SHARE = 0.04

const share = (lines: ReadonlyArray<string>, mark: RegExp): number => {
  let found = 0
  for (const line of lines) if (mark.test(line)) found++
  return found
}

/** The language that the lines are in, or undefined. */
export const languageOfLines = (all: ReadonlyArray<string>): Language | undefined => {
  const [opening = ""] = all
  if (opening.startsWith("#!")) return INTERPRETERS.find(([pattern]) => pattern.test(opening))?.[1]
  const step = Math.max(1, Math.floor(all.length / MAX_LINES))
  const lines = all.filter((_, at) => at % step === 0).map((line) => line.slice(0, MAX_WIDTH).trimEnd())
  const [first, second] = MARKS.map(([language, mark]) => ({ language, count: share(lines, mark) })).sort(
    (a, b) => b.count - a.count
  )
  if (first === undefined || first.count < LEAST || first.count < LEAD * (second?.count ?? 0)) return undefined
  let { language } = first
  for (const [base, own, mark] of MORE)
    if (base === language && share(lines, mark) >= Math.max(2, MORE_SHARE * lines.length)) language = own
  return language
}
