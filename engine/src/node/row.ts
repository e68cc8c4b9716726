/**
 * A row is its fields as a plain object, so that operators and compiled expressions read it as data. What else is known of it
 * (its kind, the bytes it was decoded from, what was changed since) hangs on one symbol, written by the codec and by
 * `changeRow`, read by encoders and the runtime; operators pass it on by passing the row on.
 *
 * Rows are immutable. `changeRow` makes the changed copy, and an encoder splices the changes into the original bytes, so
 * fields that no schema knows survive.
 */
import { keyOf } from "../codec/json-code.ts";
import { canCompile } from "../codec/row-builder.ts";
import type { RowKind, Value, Values } from "../schema/index.ts";

export const META: unique symbol = Symbol("row");

export interface Row extends Values {
  readonly [META]?: RowMeta | undefined;
}

export interface RowMeta {
  /** "+I" when left out. */
  readonly kind?: RowKind | undefined;
  /** The text this row was decoded from. */
  readonly record?: RecordText | undefined;
  /** What differs from that text, in the order it was changed. */
  readonly changes?: readonly Change[] | undefined;
}

/** One value's bytes (a JSON object, a CSV line) inside a larger buffer. The bytes are never written to. */
export interface RecordText {
  readonly format: "json" | "csv" | "text";
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Members of a JSON object that come at most once, so that whoever has found one need not look further. Left out: nothing is known. */
  readonly once?: KnownMembers | undefined;
  /** Names that no member of a JSON object has. Left out: nothing is known. */
  readonly lacks?: ReadonlySet<string> | undefined;
}

/** By name, what is known of the members inside. */
export interface KnownMembers extends ReadonlyMap<string, KnownMembers> {}

export interface Change {
  /** Field names from the row inwards, e.g. `["common", "is_new"]`. */
  readonly path: readonly string[];
  readonly value: Value;
  /** The member is gone, not only NULL (`value` is then null). */
  readonly removed?: true;
}

export function kindOf(row: Row): RowKind {
  return row[META]?.kind ?? "+I";
}

/** The same row under another kind. */
export function withKind(row: Row, kind: RowKind): Row {
  return attach({ ...row }, { ...row[META], kind });
}

/** A copy of the row with the value at `path` replaced; what lies beside it is shared, the text it came from is kept. */
export function changeRow(row: Row, path: readonly string[], value: Value): Row {
  const meta = row[META];
  const changed = replaceAt(row, path, 0, value) as Row;
  return attach(changed, { ...meta, changes: [...(meta?.changes ?? []), { path, value }] });
}

/** As `changeRow` for each of the changes, in one copy. */
export function changeFields(row: Row, changes: readonly Change[]): Row {
  let changed: Record<string, Value> = { ...row };
  for (const { path, value } of changes) {
    const name = path[0] as string;
    // Plain assignment would set the prototype for one name.
    if (path.length === 1 && name !== "__proto__") changed[name] = value;
    else changed = replaceAt(changed, path, 0, value) as Record<string, Value>;
  }
  return attach(changed as Row, metaWith(row[META], changes));
}

/** `changeFields` for changes of always the same paths, in their order: where each is a field of the row, and compiling is allowed, by one object literal. */
export function fieldChanger(paths: readonly (readonly string[])[]): (row: Row, changes: readonly Change[]) => Row {
  if (!canCompile() || paths.some(({ length }) => length !== 1)) return changeFields;
  const members = paths.map(([name], i) => `${keyOf(name as string)}: changes[${i}].value`);
  const make = new Function(
    "META",
    "metaWith",
    `"use strict"; return (row, changes) => ({ ...row, ${members.map((member) => `${member}, `).join("")}[META]: metaWith(row[META], changes) });`,
  );
  return make(META, metaWith) as (row: Row, changes: readonly Change[]) => Row;
}

function metaWith(meta: RowMeta | undefined, changes: readonly Change[]): RowMeta {
  return { ...meta, changes: meta?.changes ? [...meta.changes, ...changes] : changes };
}

/** A copy of the row without the member at `path`; encoders leave it out of the text too, which may hold a member that was not decoded. */
export function removeField(row: Row, path: readonly string[]): Row {
  const meta = row[META];
  const changes = [...(meta?.changes ?? []), { path, value: null, removed: true as const }];
  return attach({ ...(removeAt(row, path, 0) as Row) }, { ...meta, changes });
}

/** Hangs the meta on a row that nobody else holds yet. */
export function attach<R extends Values>(row: R, meta: RowMeta): R & Row {
  const row_ = row as R & { [META]?: RowMeta };
  row_[META] = meta;
  return row_;
}

function replaceAt(values: Values, path: readonly string[], depth: number, value: Value): Values {
  const name = path[depth] as string;
  const last = depth === path.length - 1;
  const inner = values[name];
  const next = last ? value : replaceAt(isValues(inner) ? inner : {}, path, depth + 1, value);
  return { ...values, [name]: next };
}

function removeAt(values: Values, path: readonly string[], depth: number): Values {
  const name = path[depth] as string;
  if (!Object.hasOwn(values, name)) return values;
  const { [name]: inner, ...rest } = values;
  if (depth === path.length - 1) return rest;
  return isValues(inner) ? { ...values, [name]: removeAt(inner, path, depth + 1) } : values;
}

function isValues(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Uint8Array);
}
