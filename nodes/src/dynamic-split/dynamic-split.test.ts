import type { Step } from "@millrace/engine/node";
import { playCase } from "@millrace/engine/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { node } from "./index.ts";

/** `pnpm verify:long` asks for more. */
const SEEDS = Number(process.env["MILLRACE_SEEDS"] ?? 500);
const SETTLE_MS = 400;
/** Held rows look at such times. */
const STEP_MS = 200;

type Sink = "topics" | "dimensions";
interface RuleEvent {
  readonly table: string;
  readonly to: Sink;
  /** Undefined: the rule goes. */
  readonly target: string | undefined;
  readonly columns: readonly string[];
}
interface RowEvent {
  readonly row: string;
  readonly type: string;
  readonly columns: readonly string[];
}
type Event = RuleEvent | RowEvent | { readonly steps: number };

const table = fc.constantFrom("a", "b", "c");
const columns = fc.subarray(["id", "x", "y"]);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      table,
      to: fc.constantFrom<Sink>("topics", "dimensions"),
      target: fc.constantFrom("t1", "t2", "t3", undefined),
      columns,
    }),
  },
  { weight: 5, arbitrary: fc.record({ row: table, type: fc.constantFrom("insert", "bootstrap-insert", "update"), columns }) },
  { weight: 1, arbitrary: fc.record({ steps: fc.integer({ min: 1, max: 4 }) }) },
);

/** What leaves for each table in its order, "target {data}", "missing" or "error"; rows by their number. */
function plain(events: readonly Event[], mostHeld: number): Record<string, string[]> {
  const rules = new Map<string, RuleEvent>();
  const found: Record<string, string[]> = { a: [], b: [], c: [] };
  let held: { readonly event: RowEvent; readonly number: number }[] = [];
  let clock = 0;
  let readyAt = Number.POSITIVE_INFINITY;
  const route = (one: RowEvent, number: number) => {
    if (one.columns.length === 0) return;
    const rule = one.type === "update" ? undefined : rules.get(one.row);
    const leaves = found[one.row] as string[];
    const hasKey = one.columns.includes("id");
    if (rule === undefined) leaves.push(`missing ${number}`);
    else if (rule.to === "dimensions" && !hasKey) leaves.push(`error ${number}`);
    else {
      const kept = one.columns.filter((name) => rule.columns.length === 0 || rule.columns.includes(name));
      leaves.push(
        `${rule.to} ${rule.target} ${hasKey ? number : "-"} ${JSON.stringify(Object.fromEntries(kept.map((name) => [name, number])))}`,
      );
    }
  };
  const release = () => {
    for (const { event: one, number } of held) route(one, number);
    held = [];
  };
  events.forEach((one, number) => {
    if ("steps" in one) {
      clock += one.steps * STEP_MS;
      if (clock >= readyAt) release();
    } else if ("table" in one) {
      if (clock < readyAt) readyAt = clock + SETTLE_MS;
      if (one.target === undefined) rules.delete(one.table);
      else rules.set(one.table, one);
    } else if (clock >= readyAt || mostHeld === 0) route(one, number);
    else if (held.length < mostHeld) held.push({ event: one, number });
    else (found[one.row] as string[]).push(`error ${number}`);
  });
  release();
  return found;
}

function play(
  events: readonly Event[],
  mostHeld: number,
  keyed: boolean,
  cut: { restartBefore?: number; rescaleBefore?: { step: number; parallelism: number } },
) {
  let clock = 0;
  const steps = events.map((one, number): Step => {
    if ("steps" in one) {
      clock += one.steps * STEP_MS;
      return { clock };
    }
    if ("row" in one)
      return {
        rows: {
          rows: [
            { value: { table: one.row, type: one.type, data: Object.fromEntries(one.columns.map((name) => [name, number])), n: number } },
          ],
        },
      };
    const value = {
      source_table: one.table,
      operate_type: "insert",
      sink_type: one.to === "topics" ? "kafka" : "hbase",
      sink_table: one.target ?? "t",
      sink_columns: one.columns.join(","),
    };
    return { rows: { rules: [{ value, kind: one.target === undefined ? "-D" : "+I" }] } };
  });
  const params = { key: keyed ? ["`table`"] : [], settle: `${SETTLE_MS} ms`, mostHeld };
  const inputs = {
    rows: "`table` STRING, type STRING, data ROW<id STRING>",
    rules: "source_table STRING, operate_type STRING, sink_type STRING, sink_table STRING, sink_columns STRING",
  };
  const result = playCase(node, { name: "law", params, inputs, steps: [...steps, { end: true }] }, cut);
  expect(result.failures).toEqual([]);
  const found: Record<string, { number: number; text: string }[]> = { a: [], b: [], c: [] };
  const add = (name: string, number: number, text: string) => (found[name] as { number: number; text: string }[]).push({ number, text });
  for (const port of ["topics", "dimensions", "missing"] as const)
    for (const { text } of result.rows[`node.${port}`] ?? []) {
      const row = JSON.parse(text) as { table: string; type: string; target: string; key?: string; data: object; n: number };
      if (row.type === "create") continue;
      add(
        row.table,
        row.n,
        port === "missing" ? `missing ${row.n}` : `${port} ${row.target} ${row.key ?? "-"} ${JSON.stringify(row.data)}`,
      );
    }
  for (const { text } of result.rows["node.error"] ?? []) {
    const { code, text: record } = JSON.parse(text) as { code: string; text: string };
    if (["dynamic-split.contradiction", "dynamic-split.unknown-column"].includes(code)) continue;
    const row = JSON.parse(record) as { table: string; n: number };
    add(row.table, row.n, `error ${row.n}`);
  }
  return found;
}

/** Rows of one table leave in the order they came, but for those that could not even wait. */
function texts(found: Record<string, { number: number; text: string }[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(found).map(([name, all]) => [name, all.map(({ text }) => text).sort()]));
}
const sorted = (all: Record<string, string[]>) => Object.fromEntries(Object.entries(all).map(([name, list]) => [name, list.toSorted()]));

it(
  "gives what the plain reference gives, for any rules, rows, clock and restart",
  () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 24 }),
        fc.constantFrom(0, 2, 10_000),
        fc.boolean(),
        fc.nat({ max: 24 }),
        fc.boolean(),
        (events, mostHeld, keyed, at, rescales) => {
          // What a subtask may hold is counted by itself.
          const cut = rescales && mostHeld !== 2 ? { rescaleBefore: { step: at, parallelism: 3 } } : { restartBefore: at };
          const got = play(events, mostHeld, keyed, cut);
          expect(texts(got)).toEqual(sorted(plain(events, mostHeld)));
          for (const all of Object.values(got)) {
            for (const port of ["topics", "dimensions", "missing"]) {
              const numbers = all.filter(({ text }) => text.startsWith(port)).map(({ number }) => number);
              expect(numbers, port).toEqual(numbers.toSorted((a, b) => a - b));
            }
          }
        },
      ),
      { numRuns: SEEDS },
    );
  },
  Math.max(60_000, SEEDS * 40),
);
