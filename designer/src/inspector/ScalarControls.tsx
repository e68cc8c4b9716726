import { Autocomplete, Group, NumberInput, Select, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { formatType } from "@millrace/engine/expression";
import type { ParamMeta } from "@millrace/engine/node";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { cellText, valueAt } from "../preview/record.ts";
import { usePortRecords } from "../preview/use-port-records.ts";
import { fieldChoices } from "./field-paths.ts";
import type { Control, FormItem, Path } from "./form-model.ts";
import { useFormSurroundings } from "./form-surroundings.ts";
import { valueText } from "./form-value.ts";
import { ProposeSchema } from "./ProposeSchema.tsx";

export interface ScalarProps {
  readonly id: string;
  readonly item: FormItem;
  readonly value: unknown;
  readonly path: Path;
  readonly label: string;
  readonly invalid: boolean;
  readonly describedBy: string | undefined;
  /** `undefined` removes the param. */
  readonly onChange: (value: unknown) => void;
}

/** A text of whatever use, with what can be chosen beside what can be typed. */
export function TextControl(props: ScalarProps & { readonly use: NonNullable<ParamMeta["kind"]> | "line" }) {
  const { use, item, value, onChange } = props;
  const { topics, tables, connections, schemas } = useFormSurroundings();
  const text = typeof value === "string" ? value : value === undefined ? "" : valueText(value);
  // An empty text of a param that may be left out means: left out.
  const set = (next: string) => onChange(next === "" && item.optional ? undefined : next);
  const common = { ...inputProps(props), value: text };
  if (use === "text")
    return <Textarea {...common} autosize minRows={2} maxRows={12} onChange={(event) => set(event.currentTarget.value)} />;
  if (use === "schema") return <SchemaText {...props} text={text} set={set} names={schemas} />;
  if (use === "field") return <FieldPicker {...props} text={text} set={set} />;
  const known =
    use === "topic"
      ? topics
      : use === "table" && tables.length > 0
        ? tables
        : use === "connection"
          ? connections
          : (item.meta?.examples ?? []);
  if (known.length === 0) return <TextInput {...common} onChange={(event) => set(event.currentTarget.value)} />;
  return <Autocomplete {...common} data={[...new Set(known)]} onChange={set} maxDropdownHeight={240} />;
}

/** Fields in SQL's words, or the name of a declared schema. */
function SchemaText(
  props: ScalarProps & { readonly text: string; readonly set: (text: string) => void; readonly names: readonly string[] },
) {
  const { text, set, names } = props;
  const proposal = useFormSurroundings().proposalAt(props.path);
  const { t } = useTranslation("inspector");
  return (
    <>
      {names.length > 0 && (
        <Select
          size="xs"
          mb={4}
          aria-label={t("declaredSchema", { label: props.label })}
          placeholder={t("chooseSchema")}
          data={[...names]}
          value={names.includes(text) ? text : null}
          onChange={(name) => name !== null && set(name)}
        />
      )}
      <Textarea
        {...inputProps(props)}
        autosize
        minRows={2}
        maxRows={14}
        value={text}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        onChange={(event) => set(event.currentTarget.value)}
      />
      {proposal && <ProposeSchema key={proposal.key} label={props.label} ask={proposal.ask} onUse={proposal.use} />}
    </>
  );
}

/** The fields that come in, with type and a real value; others may be typed (an open schema lists not all). */
function FieldPicker(props: ScalarProps & { readonly text: string; readonly set: (text: string) => void }) {
  const { path, text, set } = props;
  const { schemaAt, feederAt } = useFormSurroundings();
  const schema = schemaAt(path);
  const choices = useMemo(() => (schema ? fieldChoices(schema) : []), [schema]);
  const types = useMemo(() => new Map(choices.map((choice) => [choice.path, formatType(choice.dataType)])), [choices]);
  const latest = usePortRecords(feederAt(path)).records.at(-1);
  return (
    <Autocomplete
      {...inputProps(props)}
      value={text}
      data={choices.map((choice) => choice.path)}
      onChange={set}
      limit={200}
      maxDropdownHeight={260}
      renderOption={({ option }) => (
        <Group gap="xs" wrap="nowrap" justify="space-between" w="100%">
          <Text size="sm" ff="monospace" style={{ flex: "none" }}>
            {option.value}
          </Text>
          <Text size="xs" c="var(--mr-muted)" truncate="end">
            {[types.get(option.value)?.slice(0, 40), cellText(valueAt(latest?.value, option.value.split("."))).slice(0, 40)]
              .filter(Boolean)
              .join(" · ")}
          </Text>
        </Group>
      )}
    />
  );
}

export function NumberControl(props: ScalarProps & { readonly control: Extract<Control, { kind: "number" }> }) {
  const { control, value, onChange, item } = props;
  return (
    <NumberInput
      {...inputProps(props)}
      value={typeof value === "number" ? value : typeof value === "string" ? value : ""}
      onChange={(next) => onChange(next === "" ? (item.optional ? undefined : "") : next)}
      allowDecimal={!control.integer}
      {...(control.min === undefined ? {} : { min: control.min })}
      {...(control.max === undefined ? {} : { max: control.max })}
      clampBehavior="none"
    />
  );
}

export function SwitchControl({ id, item, value, label, describedBy, onChange }: ScalarProps) {
  const words = useWords();
  const on = typeof value === "boolean" ? value : item.default === true;
  return (
    <Switch
      id={id}
      label={label}
      description={item.meta?.description && words(item.meta.description)}
      checked={on}
      aria-describedby={describedBy}
      // What equals the default is left out, so that the document says only what was chosen.
      onChange={(event) => {
        const next = event.currentTarget.checked;
        onChange(item.optional && next === (item.default === true) ? undefined : next);
      }}
    />
  );
}

export function ChoiceControl(props: ScalarProps & { readonly values: readonly (string | number | boolean | null)[] }) {
  const { values, value, item, onChange } = props;
  const words = useWords();
  const data = values.map((choice, index) => {
    const option = item.meta?.options?.[String(choice)];
    return { value: String(index), label: option ? words(option) : String(choice) };
  });
  const current = value === undefined ? item.default : value;
  const index = values.findIndex((choice) => choice === current);
  return (
    <Select
      {...inputProps(props)}
      data={data}
      value={index >= 0 ? String(index) : null}
      allowDeselect={false}
      clearable={item.optional && item.default === undefined}
      onChange={(next) => onChange(next === null ? undefined : values[Number(next)])}
    />
  );
}

/** Any JSON value: what reads as JSON is taken so, anything else as a text. */
export function JsonControl(props: ScalarProps) {
  const { value, onChange, item } = props;
  const { t } = useTranslation("inspector");
  const [text, setText] = useState(() => jsonInput(value));
  useEffect(() => {
    setText((typed) => (JSON.stringify(parsedInput(typed)) === JSON.stringify(value) ? typed : jsonInput(value)));
  }, [value]);
  return (
    <Textarea
      {...inputProps(props)}
      autosize
      minRows={1}
      maxRows={8}
      value={text}
      placeholder={item.meta?.placeholder ?? t("jsonPlaceholder")}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        onChange(next === "" && item.optional ? undefined : parsedInput(next));
      }}
    />
  );
}

function jsonInput(value: unknown): string {
  if (value === undefined) return "";
  // A text that would read as something else keeps its quotes.
  if (typeof value === "string") return typeof parsedInput(value) === "string" && !value.startsWith('"') ? value : JSON.stringify(value);
  return JSON.stringify(value);
}

function parsedInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function inputProps({ id, item, label, invalid, describedBy }: ScalarProps) {
  const example = item.meta?.placeholder ?? item.meta?.examples?.[0];
  return {
    id,
    "aria-label": label,
    "aria-describedby": describedBy,
    error: invalid,
    placeholder: item.default === undefined ? example : valueText(item.default),
    size: "sm" as const,
  };
}
