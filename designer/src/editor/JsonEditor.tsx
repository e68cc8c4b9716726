import { Loader, Textarea, useComputedColorScheme } from "@mantine/core";
import type { editor } from "monaco-editor/editor/editor.api";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./editor.module.css";
import { type LoadedEditor, loadMonaco } from "./load.ts";
import { DARK_THEME, LIGHT_THEME } from "./themes.ts";

export interface JsonEditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label: string;
  /** JSON Schema for completion and problems. */
  readonly schema?: object | undefined;
  readonly readOnly?: boolean;
  readonly height?: number | string;
}

/** A JSON text with completion and problems from a JSON Schema. */
export function JsonEditor(props: JsonEditorProps) {
  const { i18n } = useTranslation();
  const [loaded, setLoaded] = useState<LoadedEditor | "failed">();
  useEffect(() => {
    let shown = true;
    loadMonaco(i18n.language).then(
      (editor) => shown && setLoaded(editor),
      (error: unknown) => {
        console.error("The editor could not be loaded", error);
        if (shown) setLoaded("failed");
      },
    );
    return () => {
      shown = false;
    };
  }, [i18n.language]);
  if (loaded === undefined) return <Loader size="sm" />;
  if (loaded === "failed") return <PlainJson {...props} />;
  return <MonacoJson {...props} loaded={loaded} />;
}

function PlainJson({ value, onChange, label, readOnly }: JsonEditorProps) {
  return (
    <Textarea
      aria-label={label}
      value={value}
      readOnly={readOnly ?? false}
      autosize
      minRows={12}
      maxRows={30}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Chinese punctuation in texts is no disguise. */
const PLAIN_TEXT = { includeStrings: false, includeComments: false } as const;

let documents = 0;

function MonacoJson(props: JsonEditorProps & { readonly loaded: LoadedEditor }) {
  const { loaded, value, label, schema, readOnly, height } = props;
  const { monaco, support } = loaded;
  const scheme = useComputedColorScheme("light");
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<editor.IStandaloneCodeEditor>(undefined);
  const latest = useRef(props);
  latest.current = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes is brought to it below.
  useEffect(() => {
    const uri = monaco.Uri.parse(`inmemory://document/${++documents}.json`);
    const model = monaco.editor.createModel(value, "json", uri);
    const forgetSchema = schema ? support.bindJsonSchema(uri.toString(), schema) : undefined;
    const created = monaco.editor.create(host.current as HTMLElement, {
      model,
      ariaLabel: label,
      automaticLayout: true,
      fixedOverflowWidgets: true,
      fontSize: 12,
      minimap: { enabled: false },
      readOnly: readOnly ?? false,
      scrollBeyondLastLine: false,
      tabSize: 2,
      unicodeHighlight: PLAIN_TEXT,
      wordWrap: "on",
    });
    view.current = created;
    created.onDidChangeModelContent(() => {
      const text = created.getValue();
      if (text !== latest.current.value) latest.current.onChange(text);
    });
    return () => {
      forgetSchema?.();
      created.dispose();
      model.dispose();
    };
  }, [monaco, support]);

  useEffect(() => {
    if (view.current && view.current.getValue() !== value) view.current.setValue(value);
  }, [value]);
  useEffect(() => {
    monaco.editor.setTheme(scheme === "dark" ? DARK_THEME : LIGHT_THEME);
  }, [monaco, scheme]);

  return <div ref={host} className={`${classes.document} nokey`} style={{ height: height ?? "100%" }} />;
}
