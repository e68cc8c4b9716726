/** Nodes that give their results by the watermark: how random pipelines have them, and what they must give, worked out of all their rows together. No row of theirs is late. */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { CONDITIONS, type Plain } from "./expressions.ts";
import { routed } from "./routes.ts";

export interface TimedItem {
  readonly value: Plain;
  readonly time: number | null;
  readonly origin: string | null;
}
/** A row that came by a port; of one key in the order of its split. */
export interface Arrived {
  readonly port: string;
  readonly item: TimedItem;
}
type Emit = (port: string, item: TimedItem) => void;
type Drop = (reason: string) => void;
type Refuse = (port: string, item: TimedItem) => void;

/** Rows without a key come from several splits, in any order: each is taken for itself where that matters. */
const OWN_KEY = "COALESCE(k, CAST(id AS STRING))";

const SECOND = 1_000;
const HALF = 500;
const JOINED = {
  as: "select",
  fields: [
    { name: "id", from: "left", value: "id" },
    { name: "k", from: "left", value: "k" },
    { name: "n", from: "right", value: "n" },
    { name: "ts", from: "left", value: "ts" },
  ],
};

/** What a lookup finds by the remainder of `n`; nothing for 2. */
export const DIMENSIONS: Readonly<Record<string, string>> = { 0: '{"color":"red","of":3}', 1: '{"color":"blue"}' };
export const LOOKUP = {
  table: "colors",
  key: "MOD(n, 3)",
  schema: "color STRING",
  fields: [{ name: "color", field: "color" }],
} as const;

export const FIRST_ROWS = { key: [OWN_KEY] } as const;

/** Params by type; a join's key is chosen. */
export const TIMED_PARAMS = {
  window: {
    key: [{ name: "k", value: "k" }],
    window: { kind: "tumbling", size: "1 s" },
    fields: [
      { name: "id", value: "SUM(id)" },
      { name: "n", value: "CAST(COUNT(*) AS INT)" },
      { name: "ts", value: "MAX(ts)" },
    ],
  },
  distinct: { key: [OWN_KEY], keep: "first", order: { by: "time" }, emit: "watermark" },
  "sort-by-time": { key: [OWN_KEY] },
  pattern: {
    key: ["k"],
    steps: [
      { is: "row", name: "a", where: "n < 8" },
      { is: "row", name: "b", follows: "next", where: "n >= 4" },
    ],
    within: "1 s",
    output: { do: "row", step: "a" },
  },
  "interval-join": { lower: "-500 ms", upper: "500 ms", joined: JOINED },
  "temporal-join": { leftKey: ["k"], rightKey: ["k"], joined: JOINED },
  // Rows wait until no further rule can come.
  "dynamic-split": { key: ["`table`", "data.id"], settle: "30 d" },
} as const;

type Settle = (rows: readonly Arrived[], params: Readonly<Record<string, unknown>>, emit: Emit, drop: Drop, refuse: Refuse) => void;

/** What the node gives of all the rows that came, by type. */
export const TIMED: Readonly<Record<string, Settle>> = {
  "dynamic-split"(arrived, _params, emit, _drop, refuse) {
    const at = (port: string) => arrived.filter((one) => one.port === port).map(({ item }) => item);
    const { rows, refused } = routed(at("rows"), at("rules"));
    for (const { port, item } of rows) emit(port, item);
    for (const item of refused) refuse("rules", item);
  },
  window(rows, _params, emit) {
    const windows = grouped(rows, ({ item }) => JSON.stringify([keyOf(item), endOf(item)]));
    for (const group of windows) {
      const [first] = group as [Arrived, ...Arrived[]];
      const time = endOf(first.item) - 1;
      const ids = numbers(group, "id");
      const times = numbers(group, "ts");
      const value = {
        k: keyOf(first.item),
        id: ids.length === 0 ? null : ids.reduce((sum, id) => sum + id, 0),
        n: group.length,
        ts: times.length === 0 ? null : Math.max(...times),
      };
      emit("out", { value, time, origin: null });
    }
  },

  distinct(rows, _params, emit, drop) {
    for (const group of byOwnKey(rows)) {
      const [first] = inTime(group);
      for (const _ of group.slice(1)) drop("repeat");
      if (first) emit("out", { ...first.item, origin: null });
    }
  },

  "sort-by-time"(rows, _params, emit) {
    for (const group of byOwnKey(rows)) for (const { item } of inTime(group)) emit("out", { ...item, origin: null });
  },

  pattern(rows, _params, emit) {
    for (const group of byKey(rows)) {
      const sorted = inTime(group);
      for (const [i, { item }] of sorted.entries()) {
        if (!CONDITIONS["n < 8"]?.(item.value)) continue;
        const next = sorted[i + 1]?.item;
        const end = timeOf(item) + SECOND;
        if (next === undefined || timeOf(next) >= end) emit("timeout", { ...item, time: end, origin: null });
        else if (CONDITIONS["n >= 4"]?.(next.value)) emit("match", { ...item, time: next.time, origin: null });
      }
    }
  },

  "interval-join"(rows, params, emit) {
    const byModulo = (params.leftKey as readonly string[])[0] !== "k";
    const key = ({ value }: TimedItem) => (byModulo ? (typeof value.n === "number" ? value.n % 3 : null) : (value.k ?? null));
    const [left, right] = ["left", "right"].map((side) => rows.flatMap(({ port, item }) => (port === side ? [item] : []))) as [
      TimedItem[],
      TimedItem[],
    ];
    const meets = (one: TimedItem, other: TimedItem) =>
      key(one) !== null && key(one) === key(other) && Math.abs(timeOf(one) - timeOf(other)) <= HALF;
    const alone = (port: string, item: TimedItem) =>
      emit(port, { ...item, time: key(item) === null ? item.time : timeOf(item) + HALF, origin: null });
    for (const one of left) {
      const partners = right.filter((other) => meets(one, other));
      for (const other of partners) emit("joined", joined(one, other, Math.max(timeOf(one), timeOf(other))));
      if (partners.length === 0) alone("unmatchedLeft", one);
    }
    for (const one of right) if (!left.some((other) => meets(other, one))) alone("unmatchedRight", one);
  },

  "temporal-join"(rows, _params, emit, drop) {
    const versions = rows.filter(({ port }) => port === "right");
    for (const { item } of versions) if (keyOf(item) === null) drop("no-key");
    for (const { port, item } of rows) {
      if (port !== "left") continue;
      const held = inTime(versions.filter(({ item: { value, time } }) => value.k === item.value.k && Number(time) <= timeOf(item))).at(-1);
      if (held === undefined || keyOf(item) === null) emit("unmatched", { ...item, origin: null });
      else emit("joined", joined(item, held.item, timeOf(item)));
    }
  },
};

function joined({ value: left }: TimedItem, { value: right }: TimedItem, time: number): TimedItem {
  return { value: { id: left.id ?? null, k: left.k ?? null, n: right.n ?? null, ts: left.ts ?? null }, time, origin: null };
}

function grouped(rows: readonly Arrived[], by: (row: Arrived) => string): Arrived[][] {
  const groups = new Map<string, Arrived[]>();
  for (const row of rows) groups.set(by(row), [...(groups.get(by(row)) ?? []), row]);
  return [...groups.values()];
}

function byKey(rows: readonly Arrived[]): Arrived[][] {
  return grouped(rows, ({ item }) => JSON.stringify(keyOf(item)));
}

function byOwnKey(rows: readonly Arrived[]): Arrived[][] {
  return grouped(rows, ({ item }) => ownKeyOf(item.value));
}

export function ownKeyOf({ k, id }: Plain): string {
  return String(k ?? id);
}

/** Those of one time stay as they came. */
function inTime(rows: readonly Arrived[]): Arrived[] {
  return rows.toSorted((a, b) => timeOf(a.item) - timeOf(b.item));
}

function keyOf({ value }: TimedItem): unknown {
  return value.k ?? null;
}

function timeOf({ time }: TimedItem): number {
  return time as number;
}

function endOf(item: TimedItem): number {
  return Math.floor(timeOf(item) / SECOND) * SECOND + SECOND;
}

function numbers(rows: readonly Arrived[], name: string): number[] {
  return rows.flatMap(({ item }) => (typeof item.value[name] === "number" ? [item.value[name] as number] : []));
}

/** Joins and lookups, and nodes behind them: which record a joined row is said to come from depends on which of the two came last, and a row that waited for an answer over a restart no longer says it. */
export function withUnsureOrigins({ nodes, edges }: PipelineDocument): ReadonlySet<string> {
  const found = new Set(Object.entries(nodes).flatMap(([id, { type }]) => (type.endsWith("-join") || type === "lookup" ? [id] : [])));
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { from, to } of edges) if (found.has(from.split(".")[0] as string)) found.add(to.split(".")[0] as string);
  }
  return found;
}
