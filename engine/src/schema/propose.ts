/** The schema that records suggest, field by field with how sure that is and why. It reads every record that it was made of. */
import { type ObservedKind, Observer, readCell, readJson } from "./observe.ts";
import type { DataType, Field, Schema } from "./types.ts";

export interface SchemaProposal {
  /** Records that were looked at. */
  readonly records: number;
  /** Those that are no JSON object (or, as CSV, have another number of cells), with one of them. */
  readonly unread: number;
  readonly unreadExample: string | undefined;
  readonly schema: Schema;
  readonly fields: readonly FieldProposal[];
}

export interface FieldProposal {
  /** "[]": an array's elements; "{}": a map's values. */
  readonly name: string;
  readonly dataType: DataType;
  /** Rows (or elements) in which it could stand. */
  readonly of: number;
  /** In how many of them it has a value, is null, and is missing. */
  readonly present: number;
  readonly nulls: number;
  readonly missing: number;
  /** "sure": many values, all of this very form. "likely": few values, or a form that later values may leave. "unsure": next to none, or values of different types. */
  readonly certainty: "sure" | "likely" | "unsure";
  readonly notes: readonly ProposalNote[];
  /** Some values as JSON, shortened. */
  readonly examples: readonly string[];
  /** Of a row; of an array "[]", of a map "{}". */
  readonly fields?: readonly FieldProposal[];
}

/** Why a type was chosen, or what a person should know; the words are in `proposal-words.ts`. */
export type ProposalNote =
  | { readonly code: "mixed"; readonly kinds: readonly { readonly kind: string; readonly count: number; readonly example: string }[] }
  | { readonly code: "no-value" | "few" | "small-numbers" | "decimal" | "huge" | "number-text" | "json-text" | "deep" | "empty-array" }
  | { readonly code: "epoch"; readonly unit: "ms" | "s" }
  | { readonly code: "map"; readonly names: number }
  | { readonly code: "time-text"; readonly type: string };

/** Of records as JSON texts. */
export function proposeFromJson(records: Iterable<string>): SchemaProposal {
  const root = new Observer();
  let count = 0;
  const unread: string[] = [];
  for (const text of records) {
    count++;
    const read = readJson(text);
    if (read && typeof read.json === "object" && read.json !== null && !Array.isArray(read.json)) root.take(read.json);
    else unread.push(text);
  }
  return proposalOf(root, count, unread);
}

/** Of records as cells of CSV. `names` of the columns; those without a name are called c1, c2 … */
export function proposeFromCells(
  records: Iterable<readonly { readonly text: string; readonly isQuoted: boolean }[]>,
  names: readonly string[] = [],
): SchemaProposal {
  const root = new Observer();
  let count = 0;
  let columns = names.length;
  const unread: string[] = [];
  for (const cells of records) {
    count++;
    columns ||= cells.length;
    if (cells.length === columns) root.take(Object.fromEntries(cells.map((cell, i) => [names[i] || `c${i + 1}`, readCell(cell)])));
    else unread.push(cells.map(({ text }) => text).join(","));
  }
  return proposalOf(root, count, unread);
}

function proposalOf(root: Observer, records: number, unread: readonly string[]): SchemaProposal {
  // The record itself is always a row: its fields are the schema.
  const { fields, dataType } = rowOf(root);
  return {
    records,
    unread: unread.length,
    unreadExample: unread[0]?.slice(0, 200),
    schema: { ...(dataType as Schema), open: true },
    fields,
  };
}

interface Typing {
  readonly dataType: DataType;
  readonly notes: readonly ProposalNote[];
  readonly fields?: readonly FieldProposal[];
}

/** Values from which on a form counts as certain. */
const MANY = 30;
const FEW = 3;
const NARROWED: ReadonlySet<ProposalNote["code"]> = new Set([
  "small-numbers",
  "decimal",
  "map",
  "time-text",
  "few",
  "epoch",
  "json-text",
  "number-text",
]);
const UNSURE: ReadonlySet<ProposalNote["code"]> = new Set(["mixed", "no-value", "deep", "empty-array"]);

function fieldOf(name: string, observed: Observer, of: number): FieldProposal {
  const nulls = observed.counts.null ?? 0;
  const seen = Object.values(observed.counts).reduce((sum, count) => sum + count, 0);
  const present = seen - nulls;
  const typing = typeOf(observed, present);
  const notes = present > 0 && present < MANY ? [...typing.notes, { code: "few" } as const] : typing.notes;
  return {
    name,
    of,
    present,
    nulls,
    missing: of - seen,
    dataType: typing.dataType,
    certainty: certaintyOf(notes, present),
    notes,
    examples: observed.values,
    ...(typing.fields && { fields: typing.fields }),
  };
}

function certaintyOf(notes: readonly ProposalNote[], present: number): FieldProposal["certainty"] {
  if (present < FEW || notes.some(({ code }) => UNSURE.has(code))) return "unsure";
  return notes.some(({ code }) => NARROWED.has(code) && code !== "json-text" && code !== "number-text" && code !== "epoch")
    ? "likely"
    : "sure";
}

function typeOf(observed: Observer, present: number): Typing {
  const kinds = (Object.keys(observed.counts) as ObservedKind[]).filter((kind) => kind !== "null");
  const [only] = kinds;
  if (only === undefined) return { dataType: VARIANT, notes: [{ code: "no-value" }] };
  if (observed.isDeep) return { dataType: VARIANT, notes: [{ code: "deep" }] };
  if (kinds.length > 1) return mixed(observed, kinds);
  switch (only) {
    case "boolean":
      return { dataType: { type: "BOOLEAN" }, notes: [] };
    case "number":
      return numberOf(observed, present);
    case "text":
      return textOf(observed, present);
    case "array":
      return arrayOf(observed);
    default:
      return objectOf(observed);
  }
}

/** Texts, numbers and truth values are all read as texts; what is sometimes an object or an array is left as it is. */
function mixed(observed: Observer, kinds: readonly ObservedKind[]): Typing {
  const isNested = kinds.includes("object") || kinds.includes("array");
  const note: ProposalNote = {
    code: "mixed",
    kinds: kinds
      .map((kind) => ({ kind, count: observed.counts[kind] ?? 0, example: observed.examples.get(kind) ?? "" }))
      .sort((a, b) => b.count - a.count),
  };
  return { dataType: isNested ? VARIANT : STRING, notes: [note] };
}

const VARIANT: DataType = { type: "VARIANT" };
const STRING: DataType = { type: "STRING" };

/** Whole numbers so much smaller than INT's greatest stay within it. */
const SMALL = 2_147_483;
const MOST_DIGITS = 38;
/** Room for larger numbers than were seen. */
const MORE_DIGITS = 6;
/** Amounts have so few digits behind the point; measurements have more. */
const MOST_SCALE = 4;

function numberOf({ numbers }: Observer, present: number): Typing {
  const { wholeDigits, scale, hasExponent, least, greatest, isLong } = numbers;
  if (hasExponent || scale > MOST_SCALE || wholeDigits + scale > MOST_DIGITS) return { dataType: { type: "DOUBLE" }, notes: [] };
  if (scale > 0) {
    const precision = Math.min(MOST_DIGITS, wholeDigits + scale + MORE_DIGITS);
    return { dataType: { type: "DECIMAL", precision, scale }, notes: [{ code: "decimal" }] };
  }
  if (!isLong) return { dataType: { type: "DECIMAL", precision: MOST_DIGITS, scale: 0 }, notes: [{ code: "huge" }] };
  const epoch = epochUnit(least, greatest);
  if (epoch) return { dataType: { type: "BIGINT" }, notes: [{ code: "epoch", unit: epoch }] };
  const isSmall = present >= MANY && least >= -SMALL && greatest <= SMALL;
  return isSmall ? { dataType: { type: "INT" }, notes: [{ code: "small-numbers" }] } : { dataType: { type: "BIGINT" }, notes: [] };
}

/** 2001 to 2128 in milliseconds, 2001 to 2033 in seconds: other numbers are rarely all within. */
function epochUnit(least: number, greatest: number): "ms" | "s" | undefined {
  if (least >= 1e12 && greatest < 5e12) return "ms";
  return least >= 1e9 && greatest < 2e9 ? "s" : undefined;
}

function textOf({ texts }: Observer, present: number): Typing {
  const time = (dataType: DataType, name: string): Typing => ({ dataType, notes: [{ code: "time-text", type: name }] });
  const precision = texts.fraction > 3 ? 9 : 3;
  if (texts.date === present) return time({ type: "DATE" }, "DATE");
  if (texts.time === present) return time({ type: "TIME", precision: 0 }, "TIME");
  if (texts.timestamp === present) return time({ type: "TIMESTAMP", precision }, "TIMESTAMP");
  if (texts.instant === present) return time({ type: "TIMESTAMP_LTZ", precision }, "TIMESTAMP_LTZ");
  if (texts.number === present) return { dataType: STRING, notes: [{ code: "number-text" }] };
  return { dataType: STRING, notes: texts.json === present ? [{ code: "json-text" }] : [] };
}

function arrayOf({ elements }: Observer): Typing {
  const count = elements ? Object.values(elements.counts).reduce((sum, one) => sum + one, 0) : 0;
  if (!elements || count === 0) return { dataType: { type: "ARRAY", element: VARIANT }, notes: [{ code: "empty-array" }] };
  const element = fieldOf("[]", elements, count);
  return { dataType: { type: "ARRAY", element: element.dataType }, notes: [], fields: [element] };
}

function objectOf(observed: Observer): Typing {
  const count = observed.counts.object ?? 0;
  const names = observed.members.size;
  if (names === 0) return { dataType: VARIANT, notes: [{ code: "no-value" }] };
  if (looksLikeMap(observed, count)) {
    const values = new Observer();
    for (const member of observed.members.values()) values.takeAll(member);
    const value = fieldOf(
      "{}",
      values,
      Object.values(values.counts).reduce((sum, one) => sum + one, 0),
    );
    const isOfOneType = !value.notes.some(({ code }) => code === "mixed");
    if (isOfOneType || observed.hasMoreNames)
      return { dataType: { type: "MAP", key: STRING, value: value.dataType }, notes: [{ code: "map", names }], fields: [value] };
  }
  return rowOf(observed);
}

function rowOf(observed: Observer): Typing & { readonly fields: readonly FieldProposal[] } {
  const count = observed.counts.object ?? 0;
  const fields = [...observed.members].map(([name, member]) => fieldOf(name, member, count));
  const row: readonly Field[] = fields.map(({ name, dataType }) => ({ name, dataType }));
  return { dataType: { type: "ROW", fields: row }, notes: [], fields };
}

/** Names that are values: so many of them that each object has only a few, or all of them numbers, dates or identifiers. */
const MANY_NAMES = 16;
const VALUE_NAME = /^(?:\d+|\d{4}-\d\d-\d\d|[0-9a-f]{8}-[0-9a-f-]{27})$/i;

function looksLikeMap({ members, memberCount, hasMoreNames }: Observer, objects: number): boolean {
  const names = [...members.keys()];
  const average = memberCount / Math.max(1, objects);
  return (
    hasMoreNames ||
    (names.length >= MANY_NAMES && average * 3 <= names.length) ||
    (names.length >= 2 && names.every((name) => VALUE_NAME.test(name)))
  );
}
