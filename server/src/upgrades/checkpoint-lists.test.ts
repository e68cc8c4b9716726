import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyedBackend, type SnapshotEntry, type StateSchema } from "@millrace/engine/run";
import { type BuiltInTopicLog, commitBuiltIn, openBuiltInTopics } from "@millrace/nodes/connections";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CheckpointRecord } from "../run-host/checkpoint-record.ts";
import { readCheckpoints, readSavepoints } from "../run-host/checkpoint-store.ts";
import { readStateFile } from "../run-host/state-file.ts";
import { listCheckpoints } from "./checkpoint-lists.ts";

let folder: string;
let logged: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 升级 "));
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SCHEMA: StateSchema = {
  keys: [{ type: "STRING" }, { type: "BIGINT" }],
  states: {
    first: { kind: "value", types: [{ type: "DATE" }] },
    seen: { kind: "map", types: [{ type: "STRING" }, { type: "BIGINT" }] },
    last: { kind: "list", types: [{ type: "DOUBLE" }] },
  },
};

const WATERMARKS = { node: "n", watermarks: { in: [5, "max"] }, own: 4 };
/** As Millrace 0.1.0 wrote them: a full segment, then what changed. */
const SEGMENTS: readonly (readonly unknown[])[] = [
  [
    { node: "n", key: { key: ["王", 1], states: { first: "2021-02-22", seen: [["a", { $: "n", v: "12345678901234567890" }]] } } },
    {
      node: "n",
      key: { key: ["b", { $: "n", v: "9007199254740993" }], states: { first: ["2021-02-23", 99], last: [1.5, { $: "f", v: "NaN" }] } },
    },
    { node: "n", key: { key: ["gone", 1], states: { first: "2021-02-22" } } },
    { node: "n", watermarks: { in: [1] }, own: 1 },
  ],
  [
    { node: "n", key: { key: ["王", 1], states: { first: "2021-02-24" }, eventTimers: [70, 80], processingTimers: [90] } },
    { node: "n", key: { key: ["gone", 1] } },
    WATERMARKS,
  ],
];

function writeState(): { file: string; bytes: number; segments: number } {
  const text = SEGMENTS.map((entries, n) => {
    const body = `${entries.map((entry) => JSON.stringify(entry)).join("\n")}\n`;
    const sha256 = createHash("sha256").update(body).digest("hex");
    return `${JSON.stringify({ checkpoint: n + 1, full: n === 0, entries: entries.length, bytes: Buffer.byteLength(body), sha256 })}\n${body}`;
  }).join("");
  const state = join(folder, "runs", "a", "state");
  mkdirSync(state, { recursive: true });
  mkdirSync(join(folder, "runs", "never-checkpointed"), { recursive: true });
  writeFileSync(join(state, "run-1.jsonl"), `${text}torn {`);
  return { file: "run-1.jsonl", bytes: Buffer.byteLength(text), segments: SEGMENTS.length };
}

async function withTopics<T>(work: (topics: BuiltInTopicLog) => T | Promise<T>): Promise<T> {
  const topics = await openBuiltInTopics({ folder: join(folder, "topics"), now: Date.now });
  try {
    return await work(topics);
  } finally {
    await topics.close();
  }
}

async function store(kind: "checkpoint" | "savepoint"): Promise<void> {
  const old = {
    format: 1,
    pipelineId: "a",
    runId: "run",
    version: 3,
    kind,
    checkpointId: 12,
    at: 5,
    state: writeState(),
    positions: { source: { "t-0": { offset: 7 } } },
    prepared: { file: { length: 40 } },
    schemas: { n: SCHEMA },
  };
  await withTopics((topics) => commitBuiltIn(topics, (tx) => tx.put("checkpoint/a", old)));
}

const upgrade = () => listCheckpoints(folder, (line) => void logged.push(line));
const kept = () => withTopics((topics) => readCheckpoints(topics, "a").kept);

/** The state as a run restores it. */
function stateOf(record: CheckpointRecord): { keys: unknown[]; rest: SnapshotEntry[] } {
  const entries = record.states.flatMap((pointer) => [...readStateFile(join(folder, "runs", "a", "state"), pointer, "a")]);
  const backend = new KeyedBackend(SCHEMA.keys, () => 1_000);
  const first = backend.value("first", { type: "DATE" }, { ttlMs: 60_000 });
  const seen = backend.map("seen", { key: { type: "STRING" }, value: { type: "BIGINT" } });
  const last = backend.list("last", { type: "DOUBLE" });
  for (const entry of entries) if ("key" in entry) backend.restore(entry.key);
  const view = (key: readonly (string | number | bigint)[]) => {
    backend.select(key);
    return { first: first.get(), seen: [...seen.entries()], last: last.get() };
  };
  const timers: unknown[] = [];
  backend.fireEventTimers(1_000, (time) => timers.push([...backend.key, time]));
  backend.fireProcessingTimers(1_000, (time) => timers.push([...backend.key, time]));
  return {
    keys: [view(["王", 1]), view(["b", 9007199254740993n]), view(["gone", 1]), timers],
    rest: entries.filter((entry) => !("key" in entry)),
  };
}

it("makes the newest checkpoint a list of one, with the same state", async () => {
  await store("checkpoint");
  await upgrade();
  const [record, ...others] = await kept();
  expect(others).toEqual([]);
  expect(record).toMatchObject({
    format: 2,
    pipelineId: "a",
    runId: "run",
    version: 3,
    kind: "checkpoint",
    checkpointId: 12,
    at: 5,
    positions: { source: { "t-0": { offset: 7 } } },
    prepared: { file: [{ length: 40 }] },
    schemas: { n: SCHEMA },
    rowsOut: {},
  });
  expect(stateOf(record as CheckpointRecord)).toEqual({
    keys: [
      { first: "2021-02-24", seen: [], last: [] },
      { first: "2021-02-23", seen: [], last: [1.5, Number.NaN] },
      { first: null, seen: [], last: [] },
      [
        ["王", 1, 70],
        ["王", 1, 80],
        ["王", 1, 90],
      ],
    ],
    rest: [WATERMARKS],
  });
  await withTopics((topics) => expect(readSavepoints(topics, "a")).toEqual([]));
  expect(logged).toEqual([]);
});

it("lists a savepoint as one, too", async () => {
  await store("savepoint");
  await upgrade();
  await withTopics((topics) => expect(readSavepoints(topics, "a")).toMatchObject([{ checkpointId: 12, kind: "savepoint" }]));
});

it("leaves alone what was done before", async () => {
  await store("checkpoint");
  await upgrade();
  await withTopics((topics) =>
    commitBuiltIn(topics, (tx) => tx.put("checkpoints/a", { last: { checkpointId: 13, rowsOut: {} }, kept: [] })),
  );
  await upgrade();
  expect(await kept()).toEqual([]);
});

it("says which state cannot be brought along, and leaves it to be refused when that pipeline starts", async () => {
  await store("checkpoint");
  const file = join(folder, "runs", "a", "state", "run-1.jsonl");
  writeFileSync(file, "{}\n");
  await upgrade();
  expect(logged).toEqual([
    expect.stringMatching(
      /^The state of a was left as it is: .*run-1\.jsonl is torn: it has 3 bytes, the checkpoint needs \d+\. It can only begin without it\.$/,
    ),
  ]);
  const [record] = await kept();
  expect(() => stateOf(record as CheckpointRecord)).toThrow("has format 1; this Millrace reads format 2.");
});

it("does nothing where nothing ever ran", async () => {
  await expect(upgrade()).resolves.toBeUndefined();
});
