/** How expressions are coloured. Meaning comes from the checker, not from here: words in capitals that look like calls are functions. */
import type { languages } from "monaco-editor/editor/editor.api";

export const LANGUAGE_ID = "millrace-sql";

export const LANGUAGE_CONFIGURATION: languages.LanguageConfiguration = {
  comments: { lineComment: "--", blockComment: ["/*", "*/"] },
  brackets: [
    ["(", ")"],
    ["[", "]"],
  ],
  autoClosingPairs: [
    { open: "(", close: ")" },
    { open: "[", close: "]" },
    { open: "'", close: "'", notIn: ["string", "comment"] },
    { open: "`", close: "`", notIn: ["string", "comment"] },
  ],
  surroundingPairs: [
    { open: "(", close: ")" },
    { open: "'", close: "'" },
    { open: "`", close: "`" },
  ],
  wordPattern: /`[^`]*`|[A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?/,
};

const OPERATOR_WORDS = [
  "AND",
  "OR",
  "NOT",
  "IS",
  "IN",
  "LIKE",
  "SIMILAR",
  "BETWEEN",
  "SYMMETRIC",
  "ASYMMETRIC",
  "ESCAPE",
  "DISTINCT",
  "FROM",
  "TO",
];
const KEYWORDS = [
  "CASE",
  "WHEN",
  "THEN",
  "ELSE",
  "END",
  "AS",
  "INTERVAL",
  "ARRAY",
  "MAP",
  "ROW",
  "FOR",
  "USING",
  "BOTH",
  "LEADING",
  "TRAILING",
  "AT",
  "ZONE",
  "WITH",
  "LOCAL",
  "WITHOUT",
];
const TYPES = [
  ...[
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INT",
    "INTEGER",
    "BIGINT",
    "FLOAT",
    "DOUBLE",
    "PRECISION",
    "DECIMAL",
    "NUMERIC",
    "CHAR",
    "VARCHAR",
    "STRING",
  ],
  ...["BINARY", "VARBINARY", "BYTES", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ", "VARIANT", "MULTISET"],
  ...["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND"],
];

export const LANGUAGE: languages.IMonarchLanguage = {
  ignoreCase: true,
  defaultToken: "",
  operatorWords: OPERATOR_WORDS,
  keywords: KEYWORDS,
  types: TYPES,
  constants: ["TRUE", "FALSE", "UNKNOWN", "NULL"],
  tokenizer: {
    root: [
      [/\s+/, ""],
      [/--.*$/, "comment"],
      [/\/\*/, "comment", "@comment"],
      [/[UNX]?'/, "string", "@string"],
      [/`(?:[^`]|``)*`/, "variable"],
      [/\$\{[A-Za-z][A-Za-z0-9_]*\}/, "parameter"],
      [/\d+(?:\.\d*)?(?:e[+-]?\d+)?/, "number"],
      [
        /[A-Za-z_][A-Za-z0-9_]*(?=\s*\()/,
        { cases: { "@operatorWords": "keyword", "@keywords": "keyword", "@types": "type", "@default": "function" } },
      ],
      [
        /[A-Za-z_][A-Za-z0-9_]*/,
        {
          cases: {
            "@constants": "constant",
            "@operatorWords": "keyword",
            "@keywords": "keyword",
            "@types": "type",
            "@default": "variable",
          },
        },
      ],
      [/<>|<=|>=|!=|\|\||[=<>+\-*/%]/, "operator"],
      [/[()[\],.]/, "delimiter"],
    ],
    string: [
      [/[^']+/, "string"],
      [/''/, "string.escape"],
      [/'/, "string", "@pop"],
    ],
    comment: [
      [/[^*]+/, "comment"],
      [/\*\//, "comment", "@pop"],
      [/\*/, "comment"],
    ],
  },
};
