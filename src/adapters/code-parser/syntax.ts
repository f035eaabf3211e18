/**
 * What a declaration is in each language's grammar, as data: node types by the kind of declaration that they are.
 */
import type { Language } from "../../compressors/code/language.ts"
import type { DeclarationKind } from "../../domain/outline.ts"

/**
 * How a node of a type is read. call: a call whose last argument is a block or a function, such as a route or a test; or an import by
 * call, or what a class is told of itself. assignment: a value, or a function or a class where one is assigned. entry: one of several
 * values that are declared together. wrapper: begins where the declaration within it does, decorators and `export` included.
 */
export type Role = DeclarationKind | "call" | "assignment" | "entry" | "wrapper"

type Words = Readonly<Partial<Record<Role, string>>>

const C: Words = {
  import: "preproc_include",
  type: "struct_specifier union_specifier enum_specifier type_definition",
  function: "function_definition",
  value: "preproc_def preproc_function_def declaration",
  container: "linkage_specification"
}

const JAVASCRIPT: Words = {
  import: "import_statement",
  container: "class_declaration class",
  function: "function_declaration generator_function_declaration method_definition function_expression",
  value: "field_definition",
  call: "expression_statement",
  assignment: "variable_declarator pair",
  wrapper: "export_statement lexical_declaration variable_declaration"
}

const TYPESCRIPT: Words = {
  import: "import_statement import_alias",
  type: "interface_declaration type_alias_declaration enum_declaration",
  container: "class_declaration abstract_class_declaration class internal_module module",
  function:
    "function_declaration generator_function_declaration method_definition function_expression function_signature method_signature " +
    "abstract_method_signature",
  call: "expression_statement",
  assignment: "variable_declarator pair public_field_definition",
  wrapper: "export_statement ambient_declaration lexical_declaration variable_declaration"
}

const WORDS: Readonly<Record<Language, Words>> = {
  bash: { function: "function_definition", value: "variable_assignment declaration_command" },
  c: C,
  cpp: {
    import: "preproc_include using_declaration namespace_alias_definition",
    type: "struct_specifier union_specifier enum_specifier type_definition alias_declaration concept_definition",
    container: "class_specifier namespace_definition linkage_specification",
    function: "function_definition",
    value: "preproc_def preproc_function_def declaration field_declaration",
    wrapper: "template_declaration"
  },
  csharp: {
    import: "using_directive extern_alias_directive",
    type: "enum_declaration delegate_declaration struct_declaration interface_declaration",
    container: "class_declaration record_declaration namespace_declaration file_scoped_namespace_declaration",
    function:
      "method_declaration constructor_declaration destructor_declaration operator_declaration conversion_operator_declaration " +
      "indexer_declaration property_declaration event_declaration local_function_statement",
    value: "field_declaration event_field_declaration"
  },
  go: {
    import: "package_clause import_declaration",
    type: "type_declaration",
    function: "function_declaration method_declaration",
    value: "const_declaration var_declaration",
    entry: "const_spec var_spec"
  },
  java: {
    import: "package_declaration import_declaration",
    type: "enum_declaration interface_declaration annotation_type_declaration",
    container: "class_declaration record_declaration module_declaration",
    function:
      "method_declaration constructor_declaration compact_constructor_declaration annotation_type_element_declaration",
    value: "field_declaration constant_declaration",
    entry: "enum_constant"
  },
  javascript: JAVASCRIPT,
  php: {
    import: "namespace_definition namespace_use_declaration",
    type: "enum_declaration interface_declaration",
    container: "class_declaration trait_declaration",
    function: "function_definition method_declaration",
    value: "const_declaration property_declaration use_declaration",
    entry: "enum_case"
  },
  python: {
    import: "import_statement import_from_statement future_import_statement",
    type: "type_alias_statement",
    container: "class_definition",
    function: "function_definition",
    value: "assignment",
    wrapper: "decorated_definition"
  },
  ruby: {
    container: "module class singleton_class",
    function: "method singleton_method",
    value: "assignment alias",
    call: "call"
  },
  rust: {
    import: "use_declaration extern_crate_declaration",
    type: "struct_item union_item enum_item type_item",
    container: "trait_item impl_item mod_item foreign_mod_item",
    function: "function_item function_signature_item macro_definition",
    value: "const_item static_item associated_type"
  },
  swift: {
    import: "import_declaration",
    type: "typealias_declaration protocol_declaration",
    container: "class_declaration",
    function: "function_declaration init_declaration deinit_declaration subscript_declaration macro_declaration",
    value: "property_declaration",
    entry: "enum_entry"
  },
  tsx: TYPESCRIPT,
  typescript: TYPESCRIPT
}

/** Roles by node type. */
export const syntaxOf = (language: Language): ReadonlyMap<string, Role> =>
  new Map(
    (Object.entries(WORDS[language]) as ReadonlyArray<readonly [Role, string]>).flatMap(([role, types]) =>
      types.split(" ").map((type) => [type, role] as const)
    )
  )
