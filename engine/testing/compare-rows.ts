/**
 * Compares expected rows with those that came out: by value (1 and 1.0 are equal, members that are null or absent are equal, order of members does not count), as
 * multisets unless order is asked for. The differences are written to be read.
 */
import { isDeepStrictEqual } from "node:util";
import type { ExpectedRow } from "../src/node/index.ts";
import type { RowKind } from "../src/schema/index.ts";

export interface SeenRow {
  /** Parsed JSON (integers beyond 2^53 as bigint), or the text where it is none. */
  readonly value: unknown;
  readonly text: string;
  readonly time: number | null;
  readonly kind: RowKind;
  readonly key?: string;
  readonly target?: string;
}

export function seenRow(text: string, time: number | null, kind: RowKind): SeenRow {
  return { value: parse(text), text, time, kind };
}

export function differences(expected: readonly ExpectedRow[], got: readonly SeenRow[], ordered: boolean): string[] {
  if (ordered) {
    const messages: string[] = [];
    for (let i = 0; i < Math.max(expected.length, got.length); i++) {
      const [want, have] = [expected[i], got[i]];
      if (want && have && matches(want, have)) continue;
      messages.push(`row ${i + 1}: expected ${want ? show(want) : "no further row"}, got ${have ? showSeen(have) : "none"}.`);
    }
    return messages;
  }
  const left = [...got];
  const missing: ExpectedRow[] = [];
  for (const want of expected) {
    const index = left.findIndex((have) => matches(want, have));
    if (index === -1) missing.push(want);
    else left.splice(index, 1);
  }
  return [
    ...missing.map((want) => `expected ${show(want)}, but no row is like it${nearest(want, left)}.`),
    ...left.map((have) => `unexpected ${showSeen(have)}.`),
  ];
}

function matches(want: ExpectedRow, have: SeenRow): boolean {
  if (want.time !== undefined && want.time !== have.time) return false;
  if (want.kind !== undefined && want.kind !== have.kind) return false;
  if (want.key !== undefined && want.key !== have.key) return false;
  if (want.target !== undefined && want.target !== have.target) return false;
  const [a, b] = [normal(want.value), normal(have.value)];
  return want.exact === false ? contains(a, b) : isDeepStrictEqual(a, b);
}

/** Numbers as numbers (exact bigints beyond 2^53), members that are null left out. */
function normal(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(normal);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), normal(item)]));
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
    return Object.fromEntries(members.map(([name, member]) => [name, normal(member)]));
  }
  return value;
}

function contains(want: unknown, have: unknown): boolean {
  if (typeof want !== "object" || want === null || Array.isArray(want)) return isDeepStrictEqual(want, have);
  if (typeof have !== "object" || have === null) return false;
  return Object.entries(want).every(([name, member]) => contains(member, (have as Record<string, unknown>)[name]));
}

function nearest(want: ExpectedRow, left: readonly SeenRow[]): string {
  return left.length === 1 ? ` (the one left over is ${showSeen(left[0] as SeenRow)}; wanted ${show(want)})` : "";
}

function show(row: ExpectedRow): string {
  return `${text(row.value)}${row.time === undefined ? "" : ` at ${row.time}`}${row.kind === undefined ? "" : ` ${row.kind}`}${row.key === undefined ? "" : ` key ${row.key}`}`;
}

function showSeen(row: SeenRow): string {
  return `${row.text}${row.time === null ? "" : ` at ${row.time}`}${row.kind === "+I" ? "" : ` ${row.kind}`}${row.key === undefined ? "" : ` key ${row.key}`}`;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => (typeof member === "bigint" ? member.toString() : member));
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source, function (this: unknown, _name: string, member: unknown, context?: { source?: string }) {
      return typeof member === "number" &&
        Number.isInteger(member) &&
        !Number.isSafeInteger(member) &&
        context?.source !== undefined &&
        /^-?\d+$/.test(context.source)
        ? BigInt(context.source)
        : member;
    } as (this: unknown, key: string, value: unknown) => unknown);
  } catch {
    return source;
  }
}
