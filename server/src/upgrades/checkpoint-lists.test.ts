import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuiltInTopicLog, commitBuiltIn, openBuiltInTopics } from "@millrace/nodes/connections";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readCheckpoints, readSavepoints } from "../run-host/checkpoint-store.ts";
import { listCheckpoints } from "./checkpoint-lists.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 升级 "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As Millrace 0.1.0 stored it. */
const old = (kind: "checkpoint" | "savepoint") => ({
  format: 1,
  pipelineId: "a",
  runId: "run",
  version: 3,
  kind,
  checkpointId: 12,
  at: 5,
  state: { format: 1, file: "run-9.jsonl", bytes: 300, segments: 2 },
  positions: { source: { "t-0": { offset: 7 } } },
  prepared: { file: { length: 40 } },
  schemas: {},
});

const LISTED = {
  format: 2,
  pipelineId: "a",
  runId: "run",
  version: 3,
  checkpointId: 12,
  at: 5,
  states: [{ format: 1, file: "run-9.jsonl", bytes: 300, segments: 2 }],
  positions: { source: { "t-0": { offset: 7 } } },
  prepared: { file: [{ length: 40 }] },
  schemas: {},
  rowsOut: {},
};

async function withTopics<T>(work: (topics: BuiltInTopicLog) => T | Promise<T>): Promise<T> {
  const topics = await openBuiltInTopics({ folder: join(folder, "topics"), now: Date.now });
  try {
    return await work(topics);
  } finally {
    await topics.close();
  }
}

async function stored(kind: "checkpoint" | "savepoint"): Promise<void> {
  mkdirSync(join(folder, "runs", "a", "state"), { recursive: true });
  mkdirSync(join(folder, "runs", "never-checkpointed"), { recursive: true });
  await withTopics((topics) => commitBuiltIn(topics, (tx) => tx.put("checkpoint/a", old(kind))));
}

it("makes the newest checkpoint a list of one, from which a run goes on", async () => {
  await stored("checkpoint");
  await listCheckpoints(folder);
  await withTopics((topics) => {
    expect(readCheckpoints(topics, "a")).toEqual({ last: { checkpointId: 12, rowsOut: {} }, kept: [{ ...LISTED, kind: "checkpoint" }] });
    expect(readSavepoints(topics, "a")).toEqual([]);
    expect(readCheckpoints(topics, "never-checkpointed").kept).toEqual([]);
  });
});

it("lists a savepoint as one, too", async () => {
  await stored("savepoint");
  await listCheckpoints(folder);
  await withTopics((topics) => expect(readSavepoints(topics, "a")).toEqual([{ ...LISTED, kind: "savepoint" }]));
});

it("leaves alone what was done before", async () => {
  await stored("checkpoint");
  await listCheckpoints(folder);
  await withTopics((topics) =>
    commitBuiltIn(topics, (tx) => tx.put("checkpoints/a", { last: { checkpointId: 13, rowsOut: {} }, kept: [] })),
  );
  await listCheckpoints(folder);
  await withTopics((topics) => expect(readCheckpoints(topics, "a").last.checkpointId).toBe(13));
});

it("does nothing where nothing ever ran", async () => {
  await expect(listCheckpoints(folder)).resolves.toBeUndefined();
});
