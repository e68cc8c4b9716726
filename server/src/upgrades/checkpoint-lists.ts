/**
 * Format 2 of a data folder: what is kept of a pipeline's checkpoints is a list, each with the state of several subtasks as bytes. Format 1 kept the newest one alone, of one
 * subtask, in the record `checkpoint/<pipeline>`, with its state as JSON. The old record and the old file stay where they were until the next checkpoint: nothing is lost when this
 * is cut off, and it is done again.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Prepared } from "@millrace/engine/node";
import { type BuiltInTopicLog, commitBuiltIn, openBuiltInTopics, readRecord } from "@millrace/nodes/connections";
import { type CheckpointList, type CheckpointRecord, RECORD_FORMAT } from "../run-host/checkpoint-record.ts";
import type { StatePointer } from "../run-host/state-file.ts";
import { StateFileWriter } from "../run-host/state-writer.ts";
import { type OldPointer, readOldState } from "./old-state.ts";

interface OldRecord extends Omit<CheckpointRecord, "format" | "states" | "prepared" | "rowsOut"> {
  readonly format: 1;
  readonly state: OldPointer;
  readonly prepared: Readonly<Record<string, Prepared>>;
}

export async function listCheckpoints(folder: string, log: (line: string) => void): Promise<void> {
  // Every pipeline with a checkpoint has a folder for its state.
  const runs = join(folder, "runs");
  if (!existsSync(runs)) return;
  const topics = await openBuiltInTopics({ folder: join(folder, "topics"), now: Date.now });
  try {
    for (const pipelineId of readdirSync(runs)) await listOne(topics, pipelineId, join(runs, pipelineId, "state"), log);
  } finally {
    await topics.close();
  }
}

async function listOne(topics: BuiltInTopicLog, pipelineId: string, folder: string, log: (line: string) => void): Promise<void> {
  const old = readRecord(topics, `checkpoint/${pipelineId}`) as OldRecord | undefined;
  if (!old || readRecord(topics, `checkpoints/${pipelineId}`) !== undefined) return;
  const record = asListed(old, await stateOf(folder, old, log));
  await commitBuiltIn(topics, (tx) => {
    const list: CheckpointList = { last: { checkpointId: record.checkpointId, rowsOut: {} }, kept: [record] };
    tx.put(`checkpoints/${pipelineId}`, list);
    if (record.kind === "savepoint") tx.put(`savepoints/${pipelineId}`, [record]);
  });
}

async function stateOf(folder: string, old: OldRecord, log: (line: string) => void): Promise<StatePointer> {
  const { pipelineId, runId, checkpointId } = old;
  try {
    const entries = readOldState(folder, old.state, old.schemas);
    const writer = new StateFileWriter({ folder, pipelineId, runId, subtask: 0, log });
    const { written: _written, nextFull: _nextFull, ...pointer } = await writer.append(checkpointId, true, entries);
    await writer.close();
    return pointer;
  } catch (error) {
    // One pipeline's damage is no reason to keep all others from running: this one is refused when it is started, as it was before.
    log(
      `The state of ${pipelineId} was left as it is: ${error instanceof Error ? error.message : String(error)}. It can only begin without it.`,
    );
    return { format: 1, checkpoint: checkpointId, parts: [{ ...old.state, sha256: "" }], bytes: old.state.bytes };
  }
}

/** How many rows had been written was not counted then; it is counted from here on. */
function asListed({ state: _state, prepared, ...rest }: OldRecord, state: StatePointer): CheckpointRecord {
  const bySubtask = Object.entries(prepared).map(([node, one]) => [node, [one]] as const);
  return { ...rest, format: RECORD_FORMAT, states: [state], prepared: Object.fromEntries(bySubtask), rowsOut: {} };
}
