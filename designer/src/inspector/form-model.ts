/**
 * A node's params as a form, read off the zod schema of its spec: no node type is known by name here. What a param means beyond its
 * type ("this text is a condition") stands in the `paramMeta` registry; the nearest wrapper that is registered wins, so
 * `duration().optional().register(…)` and `duration().register(…).optional()` read the same.
 */
import { type ParamMeta, paramMeta } from "@millrace/engine/node";
import type { z } from "zod";

export type Path = readonly (string | number)[];

/** One control with what is known about it. */
export interface FormItem {
  readonly meta: ParamMeta | undefined;
  /** May be left out; cleared controls then remove the member. */
  readonly optional: boolean;
  /** What holds when it is left out. */
  readonly default: unknown;
  readonly control: Control;
}

export interface FormField extends FormItem {
  readonly name: string;
}

export interface Variant {
  /** What tells it from the others: the discriminator's value, or the kind of value. */
  readonly key: string;
  readonly meta: ParamMeta | undefined;
  readonly item: FormItem;
  readonly schema: z.core.$ZodType;
}

export type Control =
  | { readonly kind: "text"; readonly use: NonNullable<ParamMeta["kind"]> | "line" }
  | { readonly kind: "number"; readonly min: number | undefined; readonly max: number | undefined; readonly integer: boolean }
  | { readonly kind: "boolean" }
  | { readonly kind: "choice"; readonly values: readonly (string | number | boolean | null)[] }
  | { readonly kind: "constant"; readonly value: unknown }
  | { readonly kind: "list"; readonly item: FormItem; readonly min: number; readonly max: number }
  | { readonly kind: "group"; readonly fields: readonly FormField[] }
  | { readonly kind: "map"; readonly item: FormItem }
  | { readonly kind: "variants"; readonly discriminator: string | undefined; readonly variants: readonly Variant[] }
  | { readonly kind: "json" };

/** The form of a whole params schema. */
export function formOf(schema: z.core.$ZodType): FormItem {
  return itemOf(schema, 0);
}

/** Deeper than people nest params; a schema that contains itself becomes a JSON field there. */
const MAX_DEPTH = 12;

function itemOf(schema: z.core.$ZodType, depth: number): FormItem {
  let meta: ParamMeta | undefined;
  let optional = false;
  let fallback: unknown;
  let inner = schema as z.core.$ZodTypes;
  for (;;) {
    meta ??= paramMeta.get(inner);
    const def = inner._zod.def;
    if (def.type === "optional" || def.type === "nullable" || def.type === "nonoptional" || def.type === "readonly") {
      optional ||= def.type === "optional";
      inner = def.innerType as z.core.$ZodTypes;
    } else if (def.type === "default" || def.type === "prefault" || def.type === "catch") {
      optional = true;
      if (def.type !== "catch") fallback ??= def.defaultValue;
      inner = def.innerType as z.core.$ZodTypes;
    } else if (def.type === "pipe") {
      // What people type is the input side.
      inner = def.in as z.core.$ZodTypes;
    } else if (def.type === "lazy" && depth < MAX_DEPTH && paramMeta.get(def.getter() as z.core.$ZodType)) {
      inner = def.getter() as z.core.$ZodTypes;
    } else break;
  }
  return { meta, optional, default: fallback, control: depth >= MAX_DEPTH ? { kind: "json" } : controlOf(inner, meta, depth) };
}

function controlOf(schema: z.core.$ZodTypes, meta: ParamMeta | undefined, depth: number): Control {
  const def = schema._zod.def;
  switch (def.type) {
    case "string":
      return { kind: "text", use: meta?.kind ?? "line" };
    case "number":
      return { kind: "number", ...numberBounds(def as z.core.$ZodNumberDef) };
    case "boolean":
      return { kind: "boolean" };
    case "enum":
      return { kind: "choice", values: Object.values(def.entries) };
    case "literal":
      return def.values.length === 1 ? { kind: "constant", value: def.values[0] } : { kind: "choice", values: choices(def.values) };
    case "array":
      return { kind: "list", item: itemOf(def.element, depth + 1), ...lengthBounds(def) };
    case "object":
      return { kind: "group", fields: Object.entries(def.shape).map(([name, inner]) => ({ name, ...itemOf(inner, depth + 1) })) };
    case "record":
      return { kind: "map", item: itemOf(def.valueType, depth + 1) };
    case "union":
      return unionControl(def, depth);
    default:
      return { kind: "json" };
  }
}

function unionControl(def: z.core.$ZodUnionDef, depth: number): Control {
  const literals = def.options.map((option) => (option as z.core.$ZodTypes)._zod.def);
  if (literals.every((inner) => inner.type === "literal")) {
    return { kind: "choice", values: literals.flatMap((inner) => (inner.type === "literal" ? choices(inner.values) : [])) };
  }
  const discriminator = "discriminator" in def ? String(def.discriminator) : undefined;
  const variants = def.options.map((option, index): Variant => {
    const item = itemOf(option, depth + 1);
    return { key: variantKey(item, discriminator) ?? String(index), meta: item.meta, item, schema: option };
  });
  // A choice of a few JSON scalars (a generator's constant) is quicker typed than picked.
  if (variants.every(({ item: { control } }) => ["text", "number", "boolean", "constant"].includes(control.kind)) && variants.length > 2) {
    return { kind: "json" };
  }
  return { kind: "variants", discriminator, variants };
}

function variantKey({ control }: FormItem, discriminator: string | undefined): string | undefined {
  if (discriminator === undefined) return control.kind;
  if (control.kind !== "group") return undefined;
  const tag = control.fields.find(({ name }) => name === discriminator)?.control;
  if (tag?.kind === "constant") return String(tag.value);
  return tag?.kind === "choice" ? tag.values.map(String).join("|") : undefined;
}

function choices(values: readonly z.core.util.Literal[]): (string | number | boolean | null)[] {
  return values.flatMap((value) => (typeof value === "bigint" || value === undefined ? [] : [value]));
}

function numberBounds(def: z.core.$ZodNumberDef): { min: number | undefined; max: number | undefined; integer: boolean } {
  const bounds: { min: number | undefined; max: number | undefined; integer: boolean } = {
    min: undefined,
    max: undefined,
    integer: isIntegerFormat(def),
  };
  for (const check of checksOf(def)) {
    if (check.check === "greater_than") bounds.min = Number(check.value);
    if (check.check === "less_than") bounds.max = Number(check.value);
    if (check.check === "number_format" && isIntegerFormat(check)) bounds.integer = true;
  }
  return bounds;
}

function isIntegerFormat(def: object): boolean {
  return "format" in def && typeof def.format === "string" && def.format.includes("int");
}

function lengthBounds(def: z.core.$ZodArrayDef): { min: number; max: number } {
  const bounds = { min: 0, max: Number.POSITIVE_INFINITY };
  for (const check of checksOf(def)) {
    if (check.check === "min_length") bounds.min = Number(check.minimum);
    if (check.check === "max_length") bounds.max = Number(check.maximum);
    if (check.check === "length_equals") bounds.min = bounds.max = Number(check.length);
  }
  return bounds;
}

function checksOf(def: {
  readonly checks?: readonly z.core.$ZodCheck<never>[] | undefined;
}): { check: string; [member: string]: unknown }[] {
  return (def.checks ?? []).map((check) => check._zod.def as z.core.$ZodCheckDef & Record<string, unknown>);
}
