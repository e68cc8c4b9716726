/** Which checkpoint a run goes on from when the newest one cannot be completed or read. */
import type { Committer, PreparedFate } from "@millrace/engine/node";
import { describe, expect, it } from "vitest";
import type { CheckpointRecord, SavedCheckpoints } from "./checkpoint-record.ts";
import { chooseCheckpoint, fallBack } from "./recover.ts";

/** These are kept, and are savepoints too. */
function kept(...states: readonly CheckpointRecord[]): SavedCheckpoints {
  const last = states[0] ?? { checkpointId: 0, rowsOut: {} };
  return { last, kept: states, all: states };
}

const NEWEST = { from: "newest", force: false } as const;

/** Ten rows more in each checkpoint; what a Kafka sink prepared has the fate that it says. */
function record(checkpointId: number, fates: readonly PreparedFate[] = []): CheckpointRecord {
  return {
    format: 2,
    pipelineId: "p",
    runId: "r",
    version: 1,
    kind: "checkpoint",
    checkpointId,
    at: 0,
    states: [],
    positions: {},
    prepared: fates.length === 0 ? {} : { kafka: fates.map((fate) => ({ fate, records: 10 / fates.length })) },
    schemas: {},
    rowsOut: fates.length === 0 ? { topic: 10 * checkpointId } : { kafka: 10 * checkpointId },
  };
}

const committers = new Map<string, Committer>([
  ["topic", { phase: "within", commit: async () => undefined, close: async () => undefined }],
  [
    "kafka",
    {
      phase: "after",
      commit: async () => undefined,
      inspect: async (parts) => parts.map(({ fate }) => fate as PreparedFate),
      close: async () => undefined,
    },
  ],
]);

describe("choosing a checkpoint", () => {
  it("takes the newest, whether what was prepared is committed already or not", async () => {
    const states = [record(2, ["pending", "committed"]), record(1, ["committed"])];
    expect(await chooseCheckpoint(kept(...states), committers, NEWEST)).toBe(states[0]);
  });

  it("begins without state where there is none, or none is asked for", async () => {
    expect(await chooseCheckpoint(kept(), committers, NEWEST)).toBeUndefined();
    expect(await chooseCheckpoint(kept(record(1)), committers, { from: undefined, force: false })).toBeUndefined();
  });

  it("goes back to the one before when a transaction was given up and nothing of its checkpoint is visible", async () => {
    const states = [record(2, ["lost", "pending"]), record(1, ["committed"])];
    expect(await chooseCheckpoint(kept(...states), committers, NEWEST)).toBe(states[1]);
  });

  it("stops with the exact counts when a transaction was given up and another was committed", async () => {
    const states = [record(2, ["lost", "committed"]), record(1, ["committed"])];
    await expect(chooseCheckpoint(kept(...states), committers, NEWEST)).rejects.toThrow(
      'The broker gave up a transaction of checkpoint 2 before it was committed: 5 rows of node "kafka" never became visible; a forced start from checkpoint 1 writes them, and 5 visible rows a second time.',
    );
    expect(await chooseCheckpoint(kept(...states), committers, { from: { savepoint: "1" }, force: true })).toBe(states[1]);
  });

  it("starts from an older savepoint only when forced, and says how many rows would come twice", async () => {
    const states = [record(3), record(1)];
    const from = { savepoint: "1" };
    await expect(chooseCheckpoint(kept(...states), committers, { from, force: false })).rejects.toMatchObject({
      message:
        "20 rows were written after savepoint 1 and are visible; a start from it writes them again. Start from the newest state, or force it.",
      doubled: 20,
    });
    expect(await chooseCheckpoint(kept(...states), committers, { from, force: true })).toBe(states[1]);
    await expect(chooseCheckpoint(kept(...states), committers, { from: { savepoint: "9" }, force: true })).rejects.toThrow(
      'There is no savepoint "9"; there are 3, 1.',
    );
  });

  it("begins without state after a start without state, though an older savepoint is there", async () => {
    const saved = { last: { checkpointId: 5, rowsOut: { topic: 50 } }, kept: [], all: [record(3)] };
    expect(await chooseCheckpoint(saved, committers, NEWEST)).toBeUndefined();
    await expect(chooseCheckpoint(saved, committers, { from: { savepoint: "3" }, force: false })).rejects.toThrow(/^20 rows were written/);
  });

  it("counts what was committed before the newest checkpoint, though that one is pending", async () => {
    const states = [record(4, ["pending"]), record(3, ["committed"]), record(1, ["committed"])];
    await expect(chooseCheckpoint(kept(...states), committers, { from: { savepoint: "1" }, force: false })).rejects.toThrow(
      /^20 rows were written after savepoint 1/,
    );
  });

  it("does not count what is pending as visible", async () => {
    const states = [record(2, ["pending"]), record(1, ["committed"])];
    expect(await chooseCheckpoint(kept(...states), committers, { from: { savepoint: "1" }, force: false })).toBe(states[1]);
  });
});

describe("falling back from state that cannot be read", () => {
  it("takes the checkpoint before when nothing was written since", async () => {
    const states = [{ ...record(2), rowsOut: { topic: 10 } }, record(1)];
    expect(await fallBack(states[0] as CheckpointRecord, kept(...states), committers, "It is torn.")).toBe(states[1]);
  });

  it("stops with how many rows would come twice", async () => {
    const states = [record(2), record(1)];
    await expect(fallBack(states[0] as CheckpointRecord, kept(...states), committers, "It is torn.")).rejects.toThrow(
      "The last checkpoint cannot be used. It is torn. 10 of its rows are visible already; a forced start from checkpoint 1 would write them again. Put the file back, or start without state.",
    );
  });

  it("says when there is no older one", async () => {
    const states = [record(2)];
    await expect(fallBack(states[0] as CheckpointRecord, kept(...states), committers, "It is torn.")).rejects.toThrow(
      "The last checkpoint cannot be used. It is torn. There is no older one. Put the file back, or start without state.",
    );
  });
});
