/** Two runs of one pipeline, and which of them may write. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checkpoint } from "@millrace/engine/run";
import type { BuiltInTopicLog } from "@millrace/nodes/connections";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CheckpointStore, deleteSavepoint, readSavedStates } from "./checkpoint-store.ts";
import { openTopics } from "./connections.ts";

describe("a checkpoint store", () => {
  let folder: string;
  let topics: BuiltInTopicLog;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-checkpoints-"));
    topics = await openTopics(folder);
  });
  afterEach(async () => {
    await topics.close();
    await rm(folder, { recursive: true, force: true });
  });

  function storeOf(runId: string): CheckpointStore {
    return new CheckpointStore({ topics, pipelineId: "p", runId, version: 1, limits: { checkpoints: 3, savepoints: 20 } });
  }

  const checkpoint = (id: number, kind: Checkpoint["kind"]): Checkpoint => ({
    id,
    kind,
    states: [],
    positions: { in: { "in-0": { offset: id } } },
    prepared: {},
    schemas: {},
    rowsOut: { out: 10 * id },
  });
  const commit = (store: CheckpointStore, id: number, kind: Checkpoint["kind"] = "checkpoint") =>
    store.commit(checkpoint(id, kind), async () => undefined);

  it("gives a run all that an older one committed until the run claimed the pipeline, and nothing may come after", async () => {
    const older = storeOf("older");
    const newer = storeOf("newer");
    await older.claim();
    await commit(older, 1);
    await newer.claim();
    await expect(commit(older, 2)).rejects.toThrow(/Another run of this pipeline has taken over/);
    expect(newer.saved.kept[0]).toMatchObject({ checkpointId: 1, positions: { in: { "in-0": { offset: 1 } } } });
  });

  it("lets a run that was taken over forget nothing", async () => {
    const older = storeOf("older");
    const newer = storeOf("newer");
    await older.claim();
    await newer.claim();
    await commit(newer, 7);
    await expect(older.forget()).rejects.toThrow(/taken over/);
    expect(newer.saved.kept[0]).toMatchObject({ checkpointId: 7 });
    await newer.forget();
    expect(newer.saved.kept[0]).toBeUndefined();
    expect(newer.last).toEqual({ checkpointId: 7, rowsOut: { out: 70 } });
  });

  it("keeps the newest checkpoints and, beside them, savepoints", async () => {
    const store = storeOf("run");
    await store.claim();
    for (const id of [1, 2, 3, 4, 5]) await commit(store, id, id === 1 ? "savepoint" : "checkpoint");
    expect(readSavedStates(topics, "p").map(({ checkpointId }) => checkpointId)).toEqual([5, 4, 3, 1]);
    await store.forget();
    expect(readSavedStates(topics, "p").map(({ checkpointId }) => checkpointId)).toEqual([1]);
    expect(await deleteSavepoint(topics, "p", "5")).toBe(false);
    expect(await deleteSavepoint(topics, "p", "1")).toBe(true);
    expect(readSavedStates(topics, "p")).toEqual([]);
  });
});
