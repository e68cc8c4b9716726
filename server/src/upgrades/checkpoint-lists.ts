/**
 * Format 2 of a data folder: what is kept of a pipeline's checkpoints is a list, each with the state of several subtasks. Format 1 kept the newest one alone, of one subtask, in the
 * record `checkpoint/<pipeline>`. State files and positions are the same. The old record stays where it was: nothing is lost when this is cut off, and it is done again.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Prepared } from "@millrace/engine/node";
import { commitBuiltIn, openBuiltInTopics } from "@millrace/nodes/connections";
import { type CheckpointList, type CheckpointRecord, RECORD_FORMAT } from "../run-host/checkpoint-record.ts";

interface OldRecord extends Omit<CheckpointRecord, "format" | "states" | "prepared" | "rowsOut"> {
  readonly format: 1;
  readonly state: CheckpointRecord["states"][number];
  readonly prepared: Readonly<Record<string, Prepared>>;
}

export async function listCheckpoints(folder: string): Promise<void> {
  // Every pipeline with a checkpoint has a folder for its state.
  const runs = join(folder, "runs");
  if (!existsSync(runs)) return;
  const topics = await openBuiltInTopics({ folder: join(folder, "topics"), now: Date.now });
  try {
    for (const pipelineId of readdirSync(runs)) {
      await commitBuiltIn(topics, (tx) => {
        const old = tx.get(`checkpoint/${pipelineId}`) as OldRecord | undefined;
        if (!old || tx.get(`checkpoints/${pipelineId}`) !== undefined) return;
        const record = asListed(old);
        tx.put(`checkpoints/${pipelineId}`, {
          last: { checkpointId: record.checkpointId, rowsOut: {} },
          kept: [record],
        } satisfies CheckpointList);
        if (record.kind === "savepoint") tx.put(`savepoints/${pipelineId}`, [record]);
      });
    }
  } finally {
    await topics.close();
  }
}

/** How many rows had been written was not counted then; it is counted from here on. */
function asListed({ state, prepared, ...rest }: OldRecord): CheckpointRecord {
  const bySubtask = Object.entries(prepared).map(([node, one]) => [node, [one]] as const);
  return { ...rest, format: RECORD_FORMAT, states: [state], prepared: Object.fromEntries(bySubtask), rowsOut: {} };
}
