/** ClickHouse's SQL inside Monaco: colours, and completion of the tables and columns that a model was bound to. */
import type { editor, languages } from "monaco-editor/editor/editor.api";
import type { Monaco } from "./monaco.ts";
import { type SqlOffer, type SqlSchema, sqlOffers } from "./sql-completion.ts";

export const SQL_LANGUAGE = "clickhouse-sql";

const schemas = new Map<string, SqlSchema>();
let isRegistered = false;

export function bindSql(monaco: Monaco, model: editor.ITextModel, schema: SqlSchema): void {
  registerOnce(monaco);
  schemas.set(model.uri.toString(), schema);
}

export function forgetSql(model: editor.ITextModel): void {
  schemas.delete(model.uri.toString());
}

export function registerOnce(monaco: Monaco): void {
  if (isRegistered) return;
  isRegistered = true;
  monaco.languages.register({ id: SQL_LANGUAGE });
  monaco.languages.setLanguageConfiguration(SQL_LANGUAGE, {
    comments: { lineComment: "--", blockComment: ["/*", "*/"] },
    brackets: [
      ["(", ")"],
      ["[", "]"],
    ],
    autoClosingPairs: [
      { open: "(", close: ")" },
      { open: "'", close: "'", notIn: ["string", "comment"] },
    ],
  });
  monaco.languages.setMonarchTokensProvider(SQL_LANGUAGE, LANGUAGE);
  monaco.languages.registerCompletionItemProvider(SQL_LANGUAGE, {
    triggerCharacters: ["."],
    provideCompletionItems(model, position) {
      const schema = schemas.get(model.uri.toString());
      if (!schema) return { suggestions: [] };
      const word = model.getWordUntilPosition(position);
      const range = {
        startLineNumber: position.lineNumber,
        endLineNumber: position.lineNumber,
        startColumn: word.startColumn,
        endColumn: word.endColumn,
      };
      return {
        suggestions: sqlOffers(model.getValue(), model.getOffsetAt(position), schema).map((offer, i) => itemOf(monaco, offer, i, range)),
      };
    },
  });
}

function itemOf(
  monaco: Monaco,
  { kind, name, insert, detail }: SqlOffer,
  index: number,
  range: languages.CompletionItem["range"],
): languages.CompletionItem {
  const { CompletionItemKind } = monaco.languages;
  const kinds = {
    table: CompletionItemKind.Struct,
    column: CompletionItemKind.Field,
    word: CompletionItemKind.Keyword,
    function: CompletionItemKind.Function,
  };
  return {
    label: kind === "column" ? { label: name, description: detail } : name,
    kind: kinds[kind],
    insertText: insert,
    sortText: String(index).padStart(5, "0"),
    range,
  };
}

const LANGUAGE: languages.IMonarchLanguage = {
  ignoreCase: true,
  defaultToken: "",
  keywords: [
    "select",
    "from",
    "final",
    "where",
    "prewhere",
    "group",
    "order",
    "by",
    "limit",
    "having",
    "with",
    "as",
    "join",
    "left",
    "right",
    "inner",
    "full",
    "on",
    "using",
    "union",
    "all",
    "distinct",
    "asc",
    "desc",
    "and",
    "or",
    "not",
    "in",
    "like",
    "between",
    "is",
    "null",
    "case",
    "when",
    "then",
    "else",
    "end",
    "interval",
    "show",
    "tables",
    "describe",
    "explain",
    "offset",
    "array",
    "any",
  ],
  tokenizer: {
    root: [
      [/--.*$/, "comment"],
      [/\/\*/, "comment", "@comment"],
      [/'(?:\\.|''|[^'\\])*'/, "string"],
      [/`[^`]*`|"[^"]*"/, "identifier"],
      [/\d+(?:\.\d+)?/, "number"],
      [/[a-z_]\w*(?=\()/, { cases: { "@keywords": "keyword", "@default": "predefined" } }],
      [/[a-z_]\w*/, { cases: { "@keywords": "keyword", "@default": "identifier" } }],
    ],
    comment: [
      [/\*\//, "comment", "@pop"],
      [/./, "comment"],
    ],
  },
};
