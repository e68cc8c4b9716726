import { CHECKPOINTS, type CheckpointList, type CheckpointRecord, SAVEPOINTS } from "./checkpoint-record.ts";

/** Every state file that a run of any pipeline may go on from, below the data folder. `records`: all that is kept with the topics, by key (see `checkpoint-store.ts`). */
export function savedFiles(records: ReadonlyMap<string, unknown>): string[] {
  const saved = [...records].flatMap(([key, value]): readonly CheckpointRecord[] => {
    if (key.startsWith(CHECKPOINTS)) return (value as CheckpointList).kept;
    return key.startsWith(SAVEPOINTS) ? (value as readonly CheckpointRecord[]) : [];
  });
  const files = saved.flatMap(({ pipelineId, states }) =>
    states.flatMap(({ parts }) => parts.map(({ file }) => `runs/${pipelineId}/state/${file}`)),
  );
  return [...new Set(files)];
}
