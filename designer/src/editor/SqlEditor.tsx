import { Textarea, useComputedColorScheme } from "@mantine/core";
import type { editor } from "monaco-editor/editor/editor.api";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./editor.module.css";
import { type LoadedEditor, loadMonaco } from "./load.ts";
import type { SqlSchema } from "./sql-completion.ts";
import { bindSql, forgetSql, registerOnce, SQL_LANGUAGE } from "./sql-support.ts";
import { DARK_THEME, LIGHT_THEME } from "./themes.ts";

export interface SqlEditorProps {
  /** What stands there first. The text is the editor's own from then on: one that types is ahead of whoever is told. */
  readonly initial: string;
  readonly onChange: (value: string) => void;
  /** Ctrl+Enter. */
  readonly onRun: () => void;
  /** Whose names are offered. */
  readonly schema: SqlSchema;
  readonly label: string;
  readonly height: number;
}

/** A query over analytical tables. A plain text area stands in until Monaco is there. */
export function SqlEditor(props: SqlEditorProps) {
  const { i18n } = useTranslation();
  const [loaded, setLoaded] = useState<LoadedEditor>();
  useEffect(() => {
    let shown = true;
    loadMonaco(i18n.language).then(
      (one) => shown && setLoaded(one),
      (error: unknown) => console.error("The editor could not be loaded", error),
    );
    return () => {
      shown = false;
    };
  }, [i18n.language]);
  return loaded ? <MonacoSql {...props} loaded={loaded} /> : <PlainSql {...props} />;
}

function PlainSql({ initial, onChange, onRun, label, height }: SqlEditorProps) {
  return (
    <Textarea
      aria-label={label}
      defaultValue={initial}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13, height } }}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onRun();
      }}
    />
  );
}

function MonacoSql(props: SqlEditorProps & { readonly loaded: LoadedEditor }) {
  const { loaded, initial, schema, label, height } = props;
  const { monaco } = loaded;
  const scheme = useComputedColorScheme("light");
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<editor.IStandaloneCodeEditor>(undefined);
  const latest = useRef(props);
  latest.current = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes is brought to it below.
  useEffect(() => {
    registerOnce(monaco);
    const place = host.current as HTMLElement;
    // Escape closes the editor's lists, and not the drawer around it.
    const keepEscape = (event: KeyboardEvent) => event.key === "Escape" && event.stopPropagation();
    place.addEventListener("keydown", keepEscape);
    const created = monaco.editor.create(place, {
      value: initial,
      language: SQL_LANGUAGE,
      ariaLabel: label,
      automaticLayout: true,
      fixedOverflowWidgets: true,
      folding: false,
      fontSize: 13,
      lineNumbersMinChars: 3,
      minimap: { enabled: false },
      padding: { top: 6, bottom: 6 },
      scrollBeyondLastLine: false,
      tabFocusMode: true,
      unicodeHighlight: { includeStrings: false, includeComments: false },
      wordBasedSuggestions: "off",
      wordWrap: "on",
    });
    view.current = created;
    const model = created.getModel() as editor.ITextModel;
    created.addAction({
      id: "millrace.run-query",
      label,
      keybindings: [monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter],
      run: () => latest.current.onRun(),
    });
    created.onDidChangeModelContent(() => latest.current.onChange(created.getValue()));
    return () => {
      place.removeEventListener("keydown", keepEscape);
      forgetSql(model);
      created.dispose();
      model.dispose();
    };
  }, [monaco]);

  useEffect(() => {
    const model = view.current?.getModel();
    if (model) bindSql(monaco, model, schema);
  }, [monaco, schema]);
  useEffect(() => {
    monaco.editor.setTheme(scheme === "dark" ? DARK_THEME : LIGHT_THEME);
  }, [monaco, scheme]);
  useEffect(() => {
    view.current?.updateOptions({ ariaLabel: label });
  }, [label]);

  return <div ref={host} className={`${classes.line} nokey`} style={{ height }} />;
}
