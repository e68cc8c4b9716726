/**
 * The language of expressions inside Monaco. Providers belong to a language, schemas and samples to an editor: every model is bound to
 * its context here, and a provider that is asked about a model looks it up.
 */
import type { Schema } from "@millrace/engine/schema";
import type { editor, languages } from "monaco-editor/editor/editor.api";
import { say } from "../i18n/i18n.ts";
import type { PreviewRecord } from "../preview/record.ts";
import { completionProvider, formattingProvider, hoverProvider, rangeOf, signatureProvider } from "./expression-providers.ts";
import type { ExpressionMark } from "./marks.ts";
import { LANGUAGE, LANGUAGE_CONFIGURATION, LANGUAGE_ID } from "./millrace-sql.ts";
import { jsonDefaults, type Monaco } from "./monaco.ts";
import { THEMES } from "./themes.ts";

export interface ExpressionContext {
  /** Of the rows that the expression reads; undefined while nothing is wired. */
  readonly schema: Schema | undefined;
  /** It looks at several rows together, so aggregates may stand in it. */
  readonly overRows?: boolean;
  readonly timeZone: string;
  readonly samples: readonly PreviewRecord[];
  readonly problems: readonly ExpressionMark[];
  /** Characters that a line has room for. */
  readonly width: () => number;
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
      const before = contexts.get(model.uri.toString());
      contexts.set(model.uri.toString(), context);
      if (before?.problems === context.problems) return;
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
  monaco.languages.registerCodeActionProvider(LANGUAGE_ID, quickFixes(contextOf), { providedCodeActionKinds: ["quickfix"] });
  monaco.languages.registerDocumentFormattingEditProvider(LANGUAGE_ID, formattingProvider(contextOf));
  // The same on every system: Monaco's own for Linux opens the browser's tools.
  const { KeyMod, KeyCode } = monaco;
  monaco.editor.addKeybindingRule({
    keybinding: KeyMod.Shift | KeyMod.Alt | KeyCode.KeyF,
    command: "editor.action.formatDocument",
    when: "editorTextFocus && !editorReadonly",
  });
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
  return { ...rangeOfMark(model, mark), message: mark.message, severity };
}

/** A problem without a place is about the whole text; an empty range (something is missing here) is drawn one character wide. */
function rangeOfMark(model: editor.ITextModel, { range }: ExpressionMark) {
  const length = model.getValueLength();
  if (!range) return rangeOf(model, { start: 0, end: length });
  return rangeOf(model, { start: Math.min(range.start, length), end: Math.max(range.end, range.start + 1) });
}

/** The repairs of the problems on the lines that are asked about, the likeliest first. */
function quickFixes(contextOf: ContextOf): languages.CodeActionProvider {
  return {
    provideCodeActions(model, asked, { markers }) {
      const marks = contextOf(model)?.problems ?? [];
      const actions = marks.flatMap((mark): languages.CodeAction[] => {
        const place = rangeOfMark(model, mark);
        if (place.startLineNumber > asked.endLineNumber || place.endLineNumber < asked.startLineNumber) return [];
        return mark.fixes.map(({ title, range, replace }, index) => ({
          title: say(title),
          kind: "quickfix",
          isPreferred: index === 0,
          diagnostics: markers.filter(({ message }) => message === mark.message),
          edit: {
            edits: [{ resource: model.uri, versionId: model.getVersionId(), textEdit: { range: rangeOf(model, range), text: replace } }],
          },
        }));
      });
      return { actions, dispose: () => undefined };
    },
  };
}
