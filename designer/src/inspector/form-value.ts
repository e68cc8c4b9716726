/** Reading and changing params under a form: immutable, so that a change is one step of undo. */
import type { Control, FormItem, Path, Variant } from "./form-model.ts";

export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy with the value at `path` replaced; `undefined` removes the member (or the list's item). */
export function withValueAt(root: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === "number") {
    const list = Array.isArray(root) ? [...root] : [];
    const next = withValueAt(list[step], rest, value);
    if (next === undefined) list.splice(step, 1);
    else list[step] = next;
    return list;
  }
  const record = isRecord(root) ? root : {};
  const next = withValueAt(Object.hasOwn(record, step) ? record[step] : undefined, rest, value);
  if (next !== undefined) return { ...record, [step]: next };
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== step));
}

/** The list with one item at another place; places outside of the list change nothing. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  if (from === to || from < 0 || to < 0 || from >= list.length || to >= list.length) return list;
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** A member under another name at the same place, or undefined when the name is taken or empty. */
export function renamed(record: Json, from: string, to: string): Json | undefined {
  if (to === "" || (to !== from && Object.hasOwn(record, to))) return undefined;
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name === from ? to : name, value]));
}

/** A name that the record does not have yet. */
export function freeName(record: Json, base: string): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}_${count}`;
    if (!Object.hasOwn(record, name)) return name;
  }
}

/** What a new item starts with: its default, or the least that has the right shape. */
export function freshValue(item: FormItem): unknown {
  if (item.default !== undefined) return structuredClone(item.default);
  return freshOf(item.control);
}

function freshOf(control: Control): unknown {
  switch (control.kind) {
    case "text":
      return "";
    case "number":
      return control.min ?? 0;
    case "boolean":
      return false;
    case "choice":
      return control.values[0];
    case "constant":
      return control.value;
    case "list":
      return Array.from({ length: control.min }, () => freshValue(control.item));
    case "map":
      return {};
    case "group":
      return Object.fromEntries(control.fields.filter(({ optional }) => !optional).map((field) => [field.name, freshValue(field)]));
    case "variants":
      return control.variants[0] ? freshValue(control.variants[0].item) : null;
    case "json":
      return "";
  }
}

/** The variant that a value is of: by its discriminator, else the first whose shape fits; the first when none does. */
export function variantOf(control: Extract<Control, { kind: "variants" }>, value: unknown): Variant | undefined {
  const { discriminator, variants } = control;
  if (discriminator !== undefined) {
    const tag = isRecord(value) ? String(value[discriminator]) : "";
    return variants.find(({ key }) => key.split("|").includes(tag)) ?? variants[0];
  }
  return variants.find(({ item }) => fits(item.control, value)) ?? variants[0];
}

function fits(control: Control, value: unknown): boolean {
  switch (control.kind) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "choice":
      return control.values.some((choice) => choice === value);
    case "constant":
      return control.value === value;
    case "list":
      return Array.isArray(value);
    case "map":
      return isRecord(value);
    case "group":
      return isRecord(value) && control.fields.every(({ name, optional }) => optional || Object.hasOwn(value, name));
    case "variants":
      return control.variants.some(({ item }) => fits(item.control, value));
    case "json":
      return value !== undefined;
  }
}

/** The value as another variant: members of the same name are kept. */
export function asVariant(variant: Variant, value: unknown): unknown {
  const fresh = freshValue(variant.item);
  const control = variant.item.control;
  if (control.kind !== "group" || !isRecord(value) || !isRecord(fresh)) return fresh;
  const kept = control.fields.filter(
    ({ name, control: inner }) => inner.kind !== "constant" && Object.hasOwn(value, name) && fits(inner, value[name]),
  );
  return { ...fresh, ...Object.fromEntries(kept.map(({ name }) => [name, value[name]])) };
}

/** A value as one reads it in a sentence. */
export function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
