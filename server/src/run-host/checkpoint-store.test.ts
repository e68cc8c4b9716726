/** Two runs of one pipeline, and which of them may write. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checkpoint } from "@millrace/engine/run";
import { type BuiltInTopicLog, commitBuiltIn } from "@millrace/nodes/connections";
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

  it("tells the same run apart that was started again: what is left of the first one can write nothing more", async () => {
    const first = storeOf("run");
    const again = storeOf("run");
    await first.claim();
    await again.claim();
    await expect(commit(first, 1)).rejects.toThrow(/taken over/);
    await expect(first.opens(2)).rejects.toThrow(/taken over/);
    await commit(again, 1);
  });

  it("remembers the runs that may have something open outside, until a later one has given it up", async () => {
    const numbers: number[] = [];
    for (const end of ["before it opens", "while it opens", "while it opens", "later"]) {
      const store = storeOf("run");
      const { number, former } = await store.claim();
      numbers.push(number);
      expect(former).toEqual(
        [
          [],
          [],
          [{ number: 2, subtasks: 1 }],
          [
            { number: 2, subtasks: 1 },
            { number: 3, subtasks: 2 },
          ],
        ][number - 1],
      );
      if (end !== "before it opens") await store.opens(number - 1);
      if (end === "later") await store.opened(number - 1);
    }
    expect(numbers).toEqual([1, 2, 3, 4]);
    expect((await storeOf("run").claim()).former).toEqual([{ number: 4, subtasks: 3 }]);
  });

  it("takes over from a run of an older version, whose subtasks it knows from its last checkpoint", async () => {
    await commitBuiltIn(topics, (tx) => {
      tx.put("writer/p", "older");
      tx.put("checkpoints/p", { last: { checkpointId: 1, rowsOut: {} }, kept: [{ checkpointId: 1, states: [{}, {}, {}] }] });
    });
    expect(await storeOf("newer").claim()).toEqual({ number: 1, former: [{ number: 0, subtasks: 3 }] });
    await expect(commit(storeOf("older"), 2)).rejects.toThrow(/taken over/);
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
