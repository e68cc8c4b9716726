/** What Monaco asks while an expression is written. The answers are the engine's; here they get their samples, their language and Monaco's form. */
import {
  type Completion,
  completionsAt,
  describeAt,
  type FunctionHelp,
  formatExpression,
  formatType,
  type Help,
  signatureAt,
  type TextRange,
} from "@millrace/engine/expression";
import type { Schema } from "@millrace/engine/schema";
import type { editor, languages } from "monaco-editor/editor/editor.api";
import { say } from "../i18n/i18n.ts";
import { cellText, valueAt } from "../preview/record.ts";
import type { ContextOf, ExpressionContext } from "./expression-support.ts";
import type { Monaco } from "./monaco.ts";

const MAX_TYPE = 60;
const MAX_SHORT_TYPE = 24;
const MAX_VALUE = 80;

/** Fields of the incoming rows, each with its type and its value in the last record; functions with what they do; the language's words. */
export function completionProvider(monaco: Monaco, contextOf: ContextOf): languages.CompletionItemProvider {
  return {
    triggerCharacters: [".", "`"],
    provideCompletionItems(model, position) {
      const context = contextOf(model);
      if (!context) return { suggestions: [] };
      const schema = context.schema ?? NO_FIELDS;
      const offers = completionsAt(model.getValue(), model.getOffsetAt(position), schema, context.overRows ? schema : undefined);
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
    const sample = sampleText(context, item.path);
    const type = item.dataType.type === "ROW" ? "ROW" : formatType(item.dataType);
    return {
      // In one line, as the list shows it: what the field is, and what stood in it last.
      label: { label: item.name, description: [type.slice(0, MAX_SHORT_TYPE), sample].filter((part) => part !== "").join(" · ") },
      kind: CompletionItemKind.Field,
      insertText: item.insert,
      filterText: item.insert,
      detail: formatType(item.dataType),
      ...(sample !== "" && { documentation: { value: fenced(sample) } }),
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
    documentation: { value: functionText(help) },
  };
}

function functionText(help: FunctionHelp): string {
  const others = help.signatures.slice(1);
  return [...(others.length > 0 ? [fenced(others.join("\n"))] : []), helpText(help)].join("\n\n");
}

/** Which argument of which function is being written. */
export function signatureProvider(contextOf: ContextOf): languages.SignatureHelpProvider {
  return {
    signatureHelpTriggerCharacters: ["(", ","],
    signatureHelpRetriggerCharacters: [",", ")"],
    provideSignatureHelp(model, position) {
      const help = contextOf(model) && signatureAt(model.getValue(), model.getOffsetAt(position));
      if (!help) return undefined;
      const documentation = { value: helpText(help) };
      return {
        value: {
          signatures: help.labels.map(({ text, parameters }) => ({
            label: text,
            documentation,
            parameters: parameters.map(({ start, end }) => ({ label: [start, end] as [number, number] })),
          })),
          activeSignature: help.active,
          activeParameter: help.activeParameter,
        },
        dispose: () => undefined,
      };
    },
  };
}

/** What stands under the pointer: type, value (a field's in the last record), meaning. Values are shown as code, so that no record can bring markup. */
export function hoverProvider(contextOf: ContextOf): languages.HoverProvider {
  return {
    provideHover(model, position) {
      const context = contextOf(model);
      if (!context) return undefined;
      const schema = context.schema ?? NO_FIELDS;
      const place = { schema, ...(context.overRows && { groups: schema }), settings: { timeZone: context.timeZone } };
      const part = describeAt(model.getValue(), model.getOffsetAt(position), place);
      if (!part) return undefined;
      const { dataType, constant, path, help } = part;
      const sample = path ? sampleText(context, path) : "";
      const contents = [
        ...(dataType ? [fenced(formatType(dataType))] : []),
        ...(constant !== undefined && constant !== writtenAt(model, part.range) ? [fenced(`= ${constant.slice(0, MAX_VALUE)}`)] : []),
        ...(sample === "" ? [] : [fenced(sample)]),
        ...(help ? [fenced(help.signatures.join("\n")), helpText(help)] : []),
      ];
      if (contents.length === 0) return undefined;
      return { range: rangeOf(model, part.range), contents: contents.map((value) => ({ value })) };
    },
  };
}

/** The whole text laid out for reading; nothing where it does not parse. */
export function formattingProvider(contextOf: ContextOf): languages.DocumentFormattingEditProvider {
  return {
    provideDocumentFormattingEdits(model) {
      const context = contextOf(model);
      const text = context && formatExpression(model.getValue(), context.width());
      return text === undefined || text === model.getValue() ? [] : [{ range: model.getFullModelRange(), text }];
    },
  };
}

function writtenAt(model: editor.ITextModel, { start, end }: TextRange): string {
  return model.getValue().slice(start, end);
}

function helpText(help: Help): string {
  return `${say(help.help)}\n\n${fenced(`${help.example.text} → ${help.example.result}`)}`;
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

/** As Monaco counts: lines and columns from 1. */
export function rangeOf(model: editor.ITextModel, { start, end }: TextRange) {
  const from = model.getPositionAt(start);
  const to = model.getPositionAt(end);
  return { startLineNumber: from.lineNumber, startColumn: from.column, endLineNumber: to.lineNumber, endColumn: to.column };
}
