/** Two runs of one pipeline, and which of them may write. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checkpoint } from "@millrace/engine/run";
import type { BuiltInTopicLog } from "@millrace/nodes/connections";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CheckpointStore } from "./checkpoint-store.ts";
import { openTopics } from "./connections.ts";

describe("a checkpoint store", () => {
  let folder: string;
  let topics: BuiltInTopicLog;
  const stores: CheckpointStore[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-checkpoints-"));
    topics = await openTopics(folder);
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    await topics.close();
    await rm(folder, { recursive: true, force: true });
  });

  function storeOf(runId: string): CheckpointStore {
    const store = new CheckpointStore({ topics, folder, pipelineId: "p", runId, version: 1 });
    stores.push(store);
    return store;
  }

  const checkpoint = (id: number): Checkpoint => ({
    id,
    kind: "checkpoint",
    full: true,
    entries: [],
    positions: { in: { "in-0": { offset: id } } },
    prepared: {},
    schemas: {},
    deadLetters: [],
  });
  const commit = (store: CheckpointStore, id: number) => store.commit(checkpoint(id), async () => undefined);

  it("gives a run all that an older one committed until the run claimed the pipeline, and nothing may come after", async () => {
    const older = storeOf("older");
    const newer = storeOf("newer");
    await older.claim();
    await commit(older, 1);
    await newer.claim();
    await expect(commit(older, 2)).rejects.toThrow(/Another run of this pipeline has taken over/);
    expect(await newer.load()).toMatchObject({ checkpointId: 1, positions: { in: { "in-0": { offset: 1 } } } });
  });

  it("lets a run that was taken over forget nothing", async () => {
    const older = storeOf("older");
    const newer = storeOf("newer");
    await older.claim();
    await newer.claim();
    await commit(newer, 7);
    await expect(older.forget()).rejects.toThrow(/taken over/);
    expect(await newer.load()).toMatchObject({ checkpointId: 7 });
    await newer.forget();
    expect(await newer.load()).toBeUndefined();
  });
});
