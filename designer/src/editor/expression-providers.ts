/** What Monaco asks while an expression is written. The answers are worked out without an editor, in `engine/expression` and beside. */
import { type Completion, completionsAt, type FunctionHelp, formatType, functionHelp } from "@millrace/engine/expression";
import type { Schema } from "@millrace/engine/schema";
import type { editor, languages } from "monaco-editor/editor/editor.api";
import { say } from "../i18n/i18n.ts";
import { cellText, valueAt } from "../preview/record.ts";
import { callAt, parametersOf } from "./call-at.ts";
import type { ContextOf, ExpressionContext } from "./expression-support.ts";
import { fieldAt, wordAt } from "./field-at.ts";
import type { Monaco } from "./monaco.ts";

const MAX_TYPE = 60;
const MAX_VALUE = 80;

/** Fields of the incoming rows, each with its type and its value in the last record; functions with what they do; the language's words. */
export function completionProvider(monaco: Monaco, contextOf: ContextOf): languages.CompletionItemProvider {
  return {
    triggerCharacters: [".", "`"],
    provideCompletionItems(model, position) {
      const context = contextOf(model);
      if (!context) return { suggestions: [] };
      const offers = completionsAt(model.getValue(), model.getOffsetAt(position), context.schema ?? NO_FIELDS);
      const range = rangeOf(model, offers.range);
      return {
        suggestions: offers.items.map((item, index) => ({
          ...described(monaco, context, item),
          // In the order given: the schema's fields before functions and words.
          sortText: String(index).padStart(5, "0"),
          range,
        })),
      };
    },
  };
}

const NO_FIELDS: Schema = { type: "ROW", fields: [] };

function described(monaco: Monaco, context: ExpressionContext, item: Completion) {
  const { CompletionItemKind, CompletionItemInsertTextRule } = monaco.languages;
  if (item.kind === "field") {
    return {
      label: { label: item.name, description: formatType(item.dataType).slice(0, MAX_TYPE) },
      kind: CompletionItemKind.Field,
      insertText: item.insert,
      filterText: item.insert,
      detail: sampleText(context, item.path),
    };
  }
  if (item.kind === "word") return { label: item.name, kind: CompletionItemKind.Keyword, insertText: item.insert };
  const { help } = item;
  const hasArguments = item.insert.endsWith("(");
  return {
    label: { label: item.name, description: say(help.help).slice(0, MAX_TYPE) },
    kind: CompletionItemKind.Function,
    // The cursor stands between the parentheses, where the signature is shown.
    insertText: hasArguments ? `${item.insert}$0)` : item.insert,
    ...(hasArguments && {
      insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet,
      command: { id: "editor.action.triggerParameterHints", title: "" },
    }),
    detail: help.signatures[0] ?? item.name,
    documentation: { value: helpText(help) },
  };
}

/** Which argument of which function is being written. */
export function signatureProvider(contextOf: ContextOf): languages.SignatureHelpProvider {
  return {
    signatureHelpTriggerCharacters: ["(", ","],
    signatureHelpRetriggerCharacters: [","],
    provideSignatureHelp(model, position) {
      const call = contextOf(model) && callAt(model.getValue().slice(0, model.getOffsetAt(position)));
      const help = call && functionHelp(call.name);
      if (!call || !help) return undefined;
      const signatures = help.signatures.map((label) => ({
        label,
        documentation: { value: exampleText(help) },
        parameters: parametersOf(label).map((parameter) => ({ label: parameter })),
      }));
      // The first signature with room for the argument; one that takes any number has its last parameter for all that follow.
      const fits = signatures.findIndex(({ parameters, label }) => call.argument < parameters.length || label.includes("…"));
      const active = Math.max(0, fits);
      const last = (signatures[active]?.parameters.length ?? 1) - 1;
      return {
        value: { signatures, activeSignature: active, activeParameter: Math.max(0, Math.min(call.argument, last)) },
        dispose: () => undefined,
      };
    },
  };
}

/** Type and last value of the field under the pointer, or what the function does. Values are shown as code, so that no record can bring markup. */
export function hoverProvider(contextOf: ContextOf): languages.HoverProvider {
  return {
    provideHover(model, position) {
      const context = contextOf(model);
      if (!context) return undefined;
      const [text, offset] = [model.getValue(), model.getOffsetAt(position)];
      const field = context.schema && fieldAt(text, offset, context.schema);
      if (field) {
        const lines = [formatType(field.dataType), sampleText(context, field.path)].filter((line) => line !== "");
        return { range: rangeOf(model, field), contents: lines.map((line) => ({ value: fenced(line) })) };
      }
      const word = wordAt(text, offset);
      const help = word && functionHelp(word.word);
      if (!word || !help) return undefined;
      return { range: rangeOf(model, word), contents: [{ value: fenced(help.signatures.join("\n")) }, { value: helpText(help) }] };
    },
  };
}

function helpText(help: FunctionHelp): string {
  return `${say(help.help)}\n\n${exampleText(help)}`;
}

function exampleText({ example }: FunctionHelp): string {
  return fenced(`${example.text} → ${example.result}`);
}

function sampleText({ samples }: ExpressionContext, path: readonly string[]): string {
  return cellText(valueAt(samples.at(-1)?.value, path)).slice(0, MAX_VALUE);
}

/** A fence longer than any run of backticks in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function rangeOf(model: editor.ITextModel, { start, end }: { readonly start: number; readonly end: number }) {
  const from = model.getPositionAt(start);
  const to = model.getPositionAt(end);
  return { startLineNumber: from.lineNumber, startColumn: from.column, endLineNumber: to.lineNumber, endColumn: to.column };
}
