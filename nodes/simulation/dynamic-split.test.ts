/**
 * Changes routed by rules, in runs of several subtasks that are crashed, stopped, failed, taken over and rescaled. All rows wait until the input has ended, so what must become of them depends on no
 * schedule: each by the last rule for it, once, and each rule's target made once.
 */
import { analyze, type PipelineDocument, words } from "@millrace/engine/pipeline";
import {
  DEAD_LETTERS,
  type Disruption,
  type SimulatedRecord,
  type SimulatedSource,
  seededRandom,
  simulate,
} from "@millrace/engine/testing";
import { expect, it } from "vitest";
import { simulatedTypes } from "./test-nodes.ts";

const SEEDS = 100;
const specs = new Map([...simulatedTypes].map(([type, { spec }]) => [type, spec]));
const RULE = ["source_table", "operate_type", "sink_type", "sink_table", "sink_columns"].map((name) => `${name} STRING`).join(", ");
const SINKS = ["topics", "dimensions", "missing"] as const;

const documentOf = (parallelism: number): PipelineDocument => ({
  formatVersion: 1,
  name: "Simulated",
  parallelism,
  checkpointInterval: "50 ms",
  nodes: {
    a: { type: "simulated-source", name: "a", params: {} },
    b: { type: "simulated-source", name: "b", params: {} },
    changes: { type: "decode-changes", name: "changes", params: { field: "raw", columns: "id STRING" } },
    rules: { type: "decode-changes", name: "rules", params: { field: "raw", columns: RULE } },
    split: { type: "dynamic-split", name: "split", params: { key: ["`table`", "data.id"], settle: "30 d" } },
    ...Object.fromEntries(
      SINKS.map((name) => [
        name,
        { type: "simulated-sink", name, params: { phase: name === "topics" ? "after" : "within", mostRows: 20 } },
      ]),
    ),
  },
  edges: [
    { from: "a.out", to: "changes.in" },
    { from: "b.out", to: "rules.in" },
    { from: "changes.out", to: "split.rows" },
    { from: "rules.out", to: "split.rules" },
    ...SINKS.map((name) => ({ from: `split.${name}`, to: `${name}.in` })),
  ],
});

function graphOf(parallelism: number) {
  const { graph, problems } = analyze(documentOf(parallelism), specs);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (!graph || errors.length > 0) throw new Error(errors.map((problem) => words(problem).en).join(" "));
  return graph;
}

interface Message {
  readonly table: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a seed gives: changes in some splits, rules in one, and what befalls the run. */
function scenarioOf(seed: number) {
  const random = seededRandom(seed);
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  const of = <T>(values: readonly T[]): T => values[upTo(values.length - 1)] as T;
  const list = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index));
  let number = 0;
  const change = (): Message | "broken" => {
    if (random() < 0.05) return "broken";
    const id = random() < 0.1 ? null : upTo(5);
    return {
      table: of(["t1", "t2", "t3", "t4"]),
      type: of(["insert", "update", "bootstrap-insert", "delete"]),
      data: { id, n: number++, deep: { x: [1, "é"] } },
    };
  };
  const rule = (): Message => ({
    table: "table_process",
    type: of(["insert", "insert", "insert", "delete"]),
    data: {
      source_table: of(["t1", "t2", "t3"]),
      operate_type: of(["insert", "update", "delete"]),
      sink_type: of(["kafka", "hbase", "hbase", "hive"]),
      sink_table: of(["x", "y"]),
      // The same for all that fill one table: rules that contradict are told of, in another test.
      sink_columns: "",
    },
  });
  return {
    changes: list(1 + upTo(2), () => list(of([0, 3, 20]), change)),
    rules: list(of([0, 2, 12]), rule),
    parallelisms: list(1 + upTo(3), () => 1 + upTo(3)),
    disruptions: list(
      upTo(4),
      (): Disruption => ({
        step: upTo(of([200, 600, 1_500])),
        kind: of(["crash", "crash", "zombie", "failure", "stop", "drop", "savepoint"]),
      }),
    ),
    batchBytes: of([64, 1_000, 131_072]),
  };
}

type Scenario = ReturnType<typeof scenarioOf>;

function sourceOf(name: string, splits: readonly (readonly (Message | "broken")[])[]): SimulatedSource {
  const record = (message: Message | "broken", time: number): SimulatedRecord => ({
    time,
    text: JSON.stringify({ id: time, raw: message === "broken" ? '{"table":' : JSON.stringify({ database: "d", ...message }) }),
  });
  return {
    bounded: true,
    splits: splits.map((all, split) => ({ id: `${name}-${split}`, records: all.map((one, i) => record(one, i * 100)) })),
  };
}

/** Rows by sink, sorted, and how many letters there are. */
function plain({ changes, rules }: Scenario): { readonly rows: Record<string, string[]>; readonly letters: number } {
  const rows: Record<string, string[]> = { topics: [], dimensions: [], missing: [] };
  const inForce = new Map<string, Message["data"]>();
  let letters = 0;
  const portOf = ({ sink_type }: Message["data"]) => (sink_type === "kafka" ? "topics" : "dimensions");
  for (const { type, data } of rules) {
    const id = `${data.source_table}:${data.operate_type}`;
    if (type === "delete") inForce.delete(id);
    else if (data.sink_type === "hive") letters++;
    else {
      inForce.set(id, data);
      rows[portOf(data)]?.push(`create ${data.sink_table}`);
    }
  }
  for (const change of changes.flat()) {
    if (change === "broken") {
      letters++;
      continue;
    }
    const { table, type, data } = change;
    const rule = inForce.get(`${table}:${type === "bootstrap-insert" ? "insert" : type}`);
    if (rule === undefined) rows.missing?.push(`${data.n}`);
    else if (portOf(rule) === "dimensions" && data.id === null) letters++;
    else rows[portOf(rule)]?.push(`${rule.sink_table} ${data.id ?? "-"} ${data.n} ${JSON.stringify(data.deep)}`);
  }
  return { rows: Object.fromEntries(SINKS.map((name) => [name, (rows[name] as string[]).sort()])), letters };
}

function shown(sink: string, text: string): string {
  const { target, key, type, data } = JSON.parse(text) as {
    target: string;
    key?: string;
    type: string;
    data?: { n: number; deep: unknown };
  };
  if (type === "create") return `create ${target}`;
  return sink === "missing" ? `${data?.n}` : `${target} ${key ?? "-"} ${data?.n} ${JSON.stringify(data?.deep)}`;
}

it("routes each change once by the rules, whatever befalls the run", { timeout: 120_000 }, async () => {
  let lives = 0;
  let routed = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const scenario = scenarioOf(seed);
    const result = await simulate({
      seed,
      graphs: scenario.parallelisms.map(graphOf),
      nodeTypes: simulatedTypes,
      sources: new Map([
        ["a", sourceOf("a", scenario.changes)],
        ["b", sourceOf("b", [scenario.rules])],
      ]),
      sinks: new Map(SINKS.map((name) => [name, { phase: name === "topics" ? ("after" as const) : ("within" as const), mostRows: 20 }])),
      replays: [],
      disruptions: scenario.disruptions,
      batchBytes: scenario.batchBytes,
    });
    const rows = Object.fromEntries(
      SINKS.map((name) => [name, (result.visible.get(name) ?? []).map(({ text }) => shown(name, text)).sort()]),
    );
    expect({ rows, letters: (result.visible.get(DEAD_LETTERS) ?? []).length }, `seed ${seed}`).toEqual(plain(scenario));
    lives += result.lives;
    routed += Object.values(rows).flat().length;
  }
  expect(lives).toBeGreaterThan(SEEDS);
  expect(routed).toBeGreaterThan(5 * SEEDS);
});
