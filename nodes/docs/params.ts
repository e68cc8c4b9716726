/** A node type's params as a flat list, read off the zod schema of its spec. */
import { type ParamMeta, paramMeta } from "@millrace/engine/node";
import type { z } from "zod";

export interface ParamEntry {
  /** "cases[].when" */
  readonly path: string;
  /** Undefined: nobody has described it. */
  readonly meta: ParamMeta | undefined;
  readonly schema: z.core.$ZodType;
  /** For people: "text", "one of first, every", "list". */
  readonly type: string;
  readonly isOptional: boolean;
  readonly fallback: unknown;
  /** Of which variant of a union it is a part: "regex". */
  readonly variant: string | undefined;
}

export function paramsOf(schema: z.core.$ZodType): ParamEntry[] {
  return membersOf(unwrap(schema).inner, "", undefined);
}

interface Unwrapped {
  readonly inner: z.core.$ZodTypes;
  readonly meta: ParamMeta | undefined;
  readonly isOptional: boolean;
  readonly fallback: unknown;
}

function unwrap(schema: z.core.$ZodType): Unwrapped {
  let inner = schema as z.core.$ZodTypes;
  let meta = paramMeta.get(inner);
  let isOptional = false;
  let fallback: unknown;
  for (;;) {
    const { def } = inner._zod;
    if (def.type === "default" || def.type === "prefault") fallback = def.defaultValue;
    if (def.type === "optional" || def.type === "default" || def.type === "prefault") isOptional = true;
    if (!("innerType" in def)) return { inner, meta, isOptional, fallback };
    inner = def.innerType as z.core.$ZodTypes;
    meta ??= paramMeta.get(inner);
  }
}

/** What lies inside: members of an object, of a list's entries, of each variant. */
function membersOf(schema: z.core.$ZodTypes, path: string, variant: string | undefined): ParamEntry[] {
  const { def } = schema._zod;
  switch (def.type) {
    case "object":
      return Object.entries(def.shape).flatMap(([name, member]) => entries(member, path ? `${path}.${name}` : name, variant));
    case "array": {
      const element = unwrap(def.element).inner;
      return element._zod.def.type === "object" || element._zod.def.type === "union" ? membersOf(element, `${path}[]`, variant) : [];
    }
    case "record":
      return membersOf(unwrap(def.valueType).inner, `${path}.*`, variant);
    case "union":
      return def.options.flatMap((option) => {
        const { inner } = unwrap(option);
        return membersOf(inner, path, tagOf(inner, (def as { discriminator?: string }).discriminator) ?? variant);
      });
    default:
      return [];
  }
}

function entries(schema: z.core.$ZodType, path: string, variant: string | undefined): ParamEntry[] {
  const { inner, meta, isOptional, fallback } = unwrap(schema);
  const here = { path, meta, schema: inner, type: typeName(inner, meta), isOptional, fallback, variant };
  return [here, ...membersOf(inner, path, variant)];
}

function tagOf(schema: z.core.$ZodTypes, discriminator: string | undefined): string | undefined {
  const { def } = schema._zod;
  if (discriminator === undefined || def.type !== "object") return undefined;
  const tag = (def.shape[discriminator] as z.core.$ZodTypes | undefined)?._zod.def;
  return tag?.type === "literal" ? String(tag.values[0]) : undefined;
}

const KINDS: Readonly<Record<NonNullable<ParamMeta["kind"]>, string>> = {
  expression: "expression",
  condition: "condition",
  field: "field",
  duration: "length of time",
  topic: "topic",
  schema: "fields, or a schema's name",
  connection: "connection alias",
  time: "time expression",
  text: "text",
  file: "file",
  table: "table",
};

function typeName(schema: z.core.$ZodTypes, meta: ParamMeta | undefined): string {
  const { def } = schema._zod;
  switch (def.type) {
    case "string":
      return meta?.kind ? KINDS[meta.kind] : "text";
    case "enum":
      return `one of ${Object.values(def.entries).join(", ")}`;
    case "literal":
      return def.values.map((value) => JSON.stringify(value)).join(" or ");
    case "array":
      return `list of ${typeName(unwrap(def.element).inner, unwrap(def.element).meta)}`;
    case "union":
      return def.options
        .map((option) => variantName(unwrap(option).inner))
        .join(", ")
        .replace(/^/, "one of ");
    case "lazy":
    case "unknown":
      return "JSON value";
    default:
      return def.type;
  }
}

function variantName(schema: z.core.$ZodTypes): string {
  const { def } = schema._zod;
  if (def.type !== "object") return typeName(schema, undefined);
  const tag = Object.values(def.shape)
    .map((member) => (member as z.core.$ZodTypes)._zod.def)
    .find(({ type }) => type === "literal");
  return tag?.type === "literal" ? String(tag.values[0]) : "object";
}
