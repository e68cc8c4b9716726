/** What Monaco asks while an expression is written. The answers are worked out in `field-at.ts`, without an editor. */
import { formatType } from "@millrace/engine/expression";
import type { editor, languages } from "monaco-editor/editor/editor.api";
import { cellText, valueAt } from "../preview/record.ts";
import type { ContextOf, ExpressionContext } from "./expression-support.ts";
import { fieldAt, fieldOffers } from "./field-at.ts";
import type { Monaco } from "./monaco.ts";

const MAX_TYPE = 60;
const MAX_VALUE = 80;

/** Fields of the incoming rows, each with its type and its value in the last record. */
export function completionProvider(monaco: Monaco, contextOf: ContextOf): languages.CompletionItemProvider {
  return {
    triggerCharacters: [".", "`"],
    provideCompletionItems(model, position) {
      const context = contextOf(model);
      const offers = context?.schema && fieldOffers(model.getValue(), model.getOffsetAt(position), context.schema);
      if (!context || !offers) return { suggestions: [] };
      const range = rangeOf(model, offers);
      return {
        suggestions: offers.fields.map(({ name, insert, path, dataType }, index) => ({
          label: { label: name, description: formatType(dataType).slice(0, MAX_TYPE) },
          kind: monaco.languages.CompletionItemKind.Field,
          insertText: insert,
          filterText: insert,
          detail: sampleText(context, path),
          // In the schema's order, not the alphabet's.
          sortText: String(index).padStart(5, "0"),
          range,
        })),
      };
    },
  };
}

/** Type and last value of the field under the pointer. Both are shown as code, so that no record can bring markup. */
export function hoverProvider(contextOf: ContextOf): languages.HoverProvider {
  return {
    provideHover(model, position) {
      const context = contextOf(model);
      const field = context?.schema && fieldAt(model.getValue(), model.getOffsetAt(position), context.schema);
      if (!context || !field) return undefined;
      const lines = [formatType(field.dataType), sampleText(context, field.path)].filter((line) => line !== "");
      return { range: rangeOf(model, field), contents: lines.map((line) => ({ value: fenced(line) })) };
    },
  };
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
