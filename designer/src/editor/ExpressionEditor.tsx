import { Textarea, useComputedColorScheme } from "@mantine/core";
import type { editor } from "monaco-editor/editor/editor.api";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./editor.module.css";
import type { ExpressionContext } from "./expression-support.ts";
import { type LoadedEditor, loadMonaco } from "./load.ts";
import { LANGUAGE_ID } from "./millrace-sql.ts";
import type { Monaco } from "./monaco.ts";
import { DARK_THEME, LIGHT_THEME } from "./themes.ts";

export interface ExpressionEditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly context: Omit<ExpressionContext, "width">;
  /** Accessible name. */
  readonly label: string;
  readonly placeholder?: string | undefined;
  readonly invalid?: boolean;
  readonly describedBy?: string | undefined;
  readonly autoFocus?: boolean;
}

const OPTIONS: editor.IStandaloneEditorConstructionOptions = {
  language: LANGUAGE_ID,
  automaticLayout: true,
  contextmenu: true,
  cursorSurroundingLines: 0,
  fixedOverflowWidgets: true,
  folding: false,
  fontSize: 13,
  // Room for the light bulb, which has no other place beside a single line.
  glyphMargin: true,
  guides: { indentation: false },
  lightbulb: { enabled: "on" as editor.ShowLightbulbIconMode },
  lineDecorationsWidth: 0,
  lineHeight: 20,
  lineNumbers: "off",
  links: false,
  minimap: { enabled: false },
  occurrencesHighlight: "off",
  hideCursorInOverviewRuler: true,
  overviewRulerBorder: false,
  overviewRulerLanes: 0,
  padding: { top: 6, bottom: 6 },
  renderLineHighlight: "none",
  scrollBeyondLastLine: false,
  scrollbar: { horizontal: "hidden", vertical: "hidden", alwaysConsumeMouseWheel: false, verticalScrollbarSize: 6 },
  suggest: { showStatusBar: false, preview: false },
  // Tab goes to the next control, as everywhere in a form.
  tabFocusMode: true,
  // Chinese punctuation is a slip between words and fine within texts.
  unicodeHighlight: { includeStrings: false, includeComments: false },
  wordBasedSuggestions: "off",
  wordWrap: "on",
  // A path stays in one piece where it can.
  wordWrapBreakAfterCharacters: " \t,)]",
};

/** How many characters a line of the editor shows, which is what a formatted text is laid out for. */
function charactersOf(monaco: Monaco, view: editor.IStandaloneCodeEditor | undefined): number {
  if (!view) return NARROWEST;
  const { typicalHalfwidthCharacterWidth: one } = view.getOption(monaco.editor.EditorOption.fontInfo);
  return Math.max(NARROWEST, Math.floor(view.getLayoutInfo().contentWidth / one));
}

const NARROWEST = 24;
const MIN_HEIGHT = 34;
const MAX_HEIGHT = 240;

/** One line that grows. A plain text area stands in until Monaco is there. */
export function ExpressionEditor(props: ExpressionEditorProps) {
  const { i18n } = useTranslation();
  const [loaded, setLoaded] = useState<LoadedEditor>();
  useEffect(() => {
    let shown = true;
    // Without Monaco the text area stays: the expression can still be edited and is still checked.
    loadMonaco(i18n.language).then(
      (editor) => shown && setLoaded(editor),
      (error: unknown) => console.error("The editor could not be loaded", error),
    );
    return () => {
      shown = false;
    };
  }, [i18n.language]);
  return loaded ? <MonacoExpression {...props} loaded={loaded} /> : <PlainExpression {...props} />;
}

function PlainExpression({ value, onChange, label, placeholder, invalid, describedBy, autoFocus }: ExpressionEditorProps) {
  return (
    <Textarea
      aria-label={label}
      aria-describedby={describedBy}
      autoFocus={autoFocus}
      autosize
      minRows={1}
      maxRows={10}
      value={value}
      placeholder={placeholder}
      error={invalid}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function MonacoExpression(props: ExpressionEditorProps & { readonly loaded: LoadedEditor }) {
  const { loaded, value, label, placeholder, context, invalid, describedBy, autoFocus } = props;
  const { monaco, support } = loaded;
  const scheme = useComputedColorScheme("light");
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<editor.IStandaloneCodeEditor>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [height, setHeight] = useState(MIN_HEIGHT);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes is brought to it below.
  useEffect(() => {
    const created = monaco.editor.create(host.current as HTMLElement, {
      ...OPTIONS,
      value,
      ariaLabel: label,
      placeholder: placeholder ?? "",
    });
    view.current = created;
    const model = created.getModel() as editor.ITextModel;
    const grow = () => {
      const content = created.getContentHeight();
      setHeight(Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, content)));
      created.updateOptions({ scrollbar: { vertical: content > MAX_HEIGHT ? "auto" : "hidden" } });
    };
    created.onDidContentSizeChange(grow);
    grow();
    created.onDidChangeModelContent(() => {
      const text = created.getValue();
      if (text !== latest.current.value) latest.current.onChange(text);
    });
    if (autoFocus) created.focus();
    return () => {
      support.forget(model);
      created.dispose();
      model.dispose();
    };
  }, [monaco, support]);

  useEffect(() => {
    const current = view.current;
    if (!current || current.getValue() === value) return;
    // An edit, not a new text, so that the cursor and the editor's own undo survive a quick fix from outside.
    const model = current.getModel() as editor.ITextModel;
    current.executeEdits("form", [{ range: model.getFullModelRange(), text: value, forceMoveMarkers: true }]);
  }, [value]);
  useEffect(() => {
    const model = view.current?.getModel();
    if (model) support.bind(model, { ...context, width: () => charactersOf(monaco, view.current) });
  }, [monaco, support, context]);
  useEffect(() => {
    monaco.editor.setTheme(scheme === "dark" ? DARK_THEME : LIGHT_THEME);
  }, [monaco, scheme]);
  useEffect(() => {
    view.current?.updateOptions({ ariaLabel: label, placeholder: placeholder ?? "" });
  }, [label, placeholder]);
  useEffect(() => {
    // Monaco has no option for these: a screen reader must hear at the text what is wrong with it.
    const text = view.current?.getDomNode()?.querySelector('[role="textbox"], textarea');
    text?.setAttribute("aria-invalid", String(invalid === true));
    if (describedBy === undefined) text?.removeAttribute("aria-describedby");
    else text?.setAttribute("aria-describedby", describedBy);
  }, [invalid, describedBy]);

  return <div ref={host} className={`${classes.line} nokey`} data-invalid={invalid || undefined} style={{ height }} />;
}
