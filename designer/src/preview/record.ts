/** Sampled records as people look at them: parsed once, every number as it was written, everything rendered as text. */
import type { RowKind } from "@millrace/engine/schema";
import type { Sample } from "@millrace/server/api";

/** What a record's JSON holds; integers beyond 2^53 are bigint. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [member: string]: Json };

export interface PreviewRecord {
  /** Unique among the records of an edge. */
  readonly seq: number;
  readonly at: number;
  readonly time: number | null;
  readonly kind: RowKind;
  readonly text: string;
  /** Undefined when the text is not JSON (raw text, or cut off). */
  readonly value: Json | undefined;
  readonly truncated: boolean;
  /** "topic-partition@offset", the name under which the same record is found on other edges. */
  readonly origin: string | undefined;
  /** Id of the source node that gave it. */
  readonly source: string | undefined;
  readonly changed: readonly string[];
  /** Of a row that ended at its node: why, a key of the spec's `dropReasons`. */
  readonly reason: string | undefined;
}

export function recordOf(sample: Sample): PreviewRecord {
  return {
    seq: sample.seq,
    at: sample.at,
    time: sample.time,
    kind: sample.kind,
    text: sample.text,
    value: parseJson(sample.text),
    truncated: sample.truncated === true,
    origin: sample.origin && originText(sample.origin),
    source: sample.origin?.nodeId,
    changed: sample.changed ?? [],
    reason: sample.reason,
  };
}

export function originText(origin: NonNullable<Sample["origin"]>): string {
  return origin.partition === undefined ? `${origin.topic}@${origin.offset}` : `${origin.topic}-${origin.partition}@${origin.offset}`;
}

type SourceReviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Deeper records are shown as their text: everything here walks down a record by calling itself. */
const MAX_NESTING = 500;

/** JSON whose large integers keep their digits; undefined when it is none, or nested too deep to be looked at. */
export function parseJson(text: string): Json | undefined {
  if (isNestedBeyond(text, MAX_NESTING)) return undefined;
  const exact: SourceReviver = (_key, value, context) =>
    typeof value === "number" && !Number.isSafeInteger(value) && context?.source !== undefined && /^-?\d+$/.test(context.source)
      ? BigInt(context.source)
      : value;
  try {
    return JSON.parse(text, exact as (this: unknown, key: string, value: unknown) => unknown) as Json;
  } catch {
    return undefined;
  }
}

function isNestedBeyond(text: string, limit: number): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (inText) {
      if (char === 0x5c) at++;
      else if (char === 0x22) inText = false;
    } else if (char === 0x22) inText = true;
    else if (char === 0x7b || char === 0x5b) {
      if (++depth > limit) return true;
    } else if (char === 0x7d || char === 0x5d) depth--;
  }
  return false;
}

export function isObject(value: Json | undefined): value is { readonly [member: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of member names; undefined when there is none. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let inner = value;
  for (const name of path) {
    if (!isObject(inner) || !Object.hasOwn(inner, name)) return undefined;
    inner = inner[name];
  }
  return inner;
}

/** One line for a table's cell; structures as JSON. */
export function cellText(value: Json | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  return formatJson(value);
}

/** JSON text with bigint as digits; indented when asked. */
export function formatJson(value: Json, indent = 0, depth = 0): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const parts = Array.isArray(value)
    ? value.map((item: Json) => formatJson(item, indent, depth + 1))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${indent ? " " : ""}${formatJson(item, indent, depth + 1)}`);
  if (parts.length === 0) return open + close;
  if (!indent) return open + parts.join(",") + close;
  const pad = " ".repeat(indent * (depth + 1));
  return `${open}\n${parts.map((part) => pad + part).join(",\n")}\n${" ".repeat(indent * depth)}${close}`;
}

/** A path as expressions write it: `page.page_id`, with backticks where a name is no plain word. */
export function pathText(path: readonly string[]): string {
  return path.map((name) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``)).join(".");
}
