/**
 * The language of expressions inside Monaco. Providers belong to a language, schemas and samples to an editor: every model is bound to
 * its context here, and a provider that is asked about a model looks it up.
 */
import type { Problem } from "@millrace/engine/pipeline";
import type { Schema } from "@millrace/engine/schema";
import type { editor, languages } from "monaco-editor/editor/editor.api";
import type { PreviewRecord } from "../preview/record.ts";
import { completionProvider, hoverProvider, signatureProvider } from "./expression-providers.ts";
import { LANGUAGE, LANGUAGE_CONFIGURATION, LANGUAGE_ID } from "./millrace-sql.ts";
import { jsonDefaults, type Monaco } from "./monaco.ts";
import { THEMES } from "./themes.ts";

export interface ExpressionContext {
  /** Of the rows that the expression reads; undefined while nothing is wired. */
  readonly schema: Schema | undefined;
  readonly timeZone: string;
  readonly samples: readonly PreviewRecord[];
  readonly problems: readonly ExpressionMark[];
}

/** A problem in the text, in the user's language. */
export interface ExpressionMark {
  readonly message: string;
  readonly severity: Problem["severity"];
  /** Absent: the whole text. */
  readonly range: Problem["range"];
  /** A repair of that range. */
  readonly replace: string | undefined;
}

export interface ExpressionSupport {
  /** Says what an editor's text is about; again whenever that changes. */
  bind(model: editor.ITextModel, context: ExpressionContext): void;
  forget(model: editor.ITextModel): void;
  /** A JSON Schema for one document, until the returned function is called. */
  bindJsonSchema(uri: string, schema: object): () => void;
}

export type ContextOf = (model: editor.ITextModel) => ExpressionContext | undefined;

export function expressionSupport(monaco: Monaco): ExpressionSupport {
  const contexts = new Map<string, ExpressionContext>();
  const contextOf: ContextOf = (model) => contexts.get(model.uri.toString());
  registerLanguage(monaco, contextOf);
  for (const [name, theme] of Object.entries(THEMES)) monaco.editor.defineTheme(name, theme);
  const jsonSchemas = new Map<string, object>();
  return {
    bind(model, context) {
      contexts.set(model.uri.toString(), context);
      monaco.editor.setModelMarkers(
        model,
        LANGUAGE_ID,
        context.problems.map((mark) => markerOf(monaco, model, mark)),
      );
    },
    forget(model) {
      contexts.delete(model.uri.toString());
    },
    bindJsonSchema(uri, schema) {
      jsonSchemas.set(uri, schema);
      applyJsonSchemas(jsonSchemas);
      return () => {
        jsonSchemas.delete(uri);
        applyJsonSchemas(jsonSchemas);
      };
    },
  };
}

function registerLanguage(monaco: Monaco, contextOf: ContextOf): void {
  monaco.languages.register({ id: LANGUAGE_ID });
  monaco.languages.setLanguageConfiguration(LANGUAGE_ID, LANGUAGE_CONFIGURATION);
  monaco.languages.setMonarchTokensProvider(LANGUAGE_ID, LANGUAGE);
  monaco.languages.registerCompletionItemProvider(LANGUAGE_ID, completionProvider(monaco, contextOf));
  monaco.languages.registerSignatureHelpProvider(LANGUAGE_ID, signatureProvider(contextOf));
  monaco.languages.registerHoverProvider(LANGUAGE_ID, hoverProvider(contextOf));
  monaco.languages.registerCodeActionProvider(LANGUAGE_ID, quickFixes(contextOf));
}

function applyJsonSchemas(schemas: ReadonlyMap<string, object>): void {
  jsonDefaults.setDiagnosticsOptions({
    validate: true,
    allowComments: false,
    enableSchemaRequest: false,
    schemas: [...schemas].map(([uri, schema]) => ({ uri: `${uri}.schema`, fileMatch: [uri], schema })),
  });
}

function markerOf(monaco: Monaco, model: editor.ITextModel, mark: ExpressionMark): editor.IMarkerData {
  const severity = mark.severity === "error" ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning;
  return { ...rangeOf(model, mark), message: mark.message, severity };
}

function rangeOf(model: editor.ITextModel, { range }: ExpressionMark) {
  const length = model.getValueLength();
  const start = model.getPositionAt(Math.min(range?.start ?? 0, length));
  // An empty range (something is missing here) is drawn one character wide.
  const end = model.getPositionAt(range ? Math.max(range.end, range.start + 1) : length);
  return { startLineNumber: start.lineNumber, startColumn: start.column, endLineNumber: end.lineNumber, endColumn: end.column };
}

function quickFixes(contextOf: ContextOf): languages.CodeActionProvider {
  return {
    provideCodeActions(model, asked) {
      const marks = contextOf(model)?.problems ?? [];
      const actions = marks.flatMap((mark): languages.CodeAction[] => {
        const range = rangeOf(model, mark);
        const touches = range.startLineNumber <= asked.endLineNumber && range.endLineNumber >= asked.startLineNumber;
        if (mark.replace === undefined || !touches) return [];
        // The text is replaced as far as the problem says, which may be nowhere: an insertion.
        const edited = mark.range ? exactRange(model, mark.range) : range;
        const edit = { resource: model.uri, versionId: model.getVersionId(), textEdit: { range: edited, text: mark.replace } };
        return [{ title: `→ ${mark.replace}`, kind: "quickfix", isPreferred: true, edit: { edits: [edit] } }];
      });
      return { actions, dispose: () => undefined };
    },
  };
}

function exactRange(model: editor.ITextModel, { start, end }: { readonly start: number; readonly end: number }) {
  const from = model.getPositionAt(start);
  const to = model.getPositionAt(end);
  return { startLineNumber: from.lineNumber, startColumn: from.column, endLineNumber: to.lineNumber, endColumn: to.column };
}
