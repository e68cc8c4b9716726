/** The state files of a pipeline: how they are called, and which of them nobody needs any more. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { StateOwner, StatePointer } from "./state-file.ts";

const NAME = /^(?<run>.+)-(?<subtask>\d+)-(?<sequence>\d+)\.state/;

/** `sequence` rises with each file that a subtask begins. */
export function stateFileName({ runId, subtask }: Pick<StateOwner, "runId" | "subtask">, sequence: number): string {
  return `${runId}-${subtask}-${sequence}.state`;
}

/**
 * Removes the files that no kept checkpoint and no savepoint needs. `newest`: the states of the run's last checkpoint, which are kept too; files of its subtasks that are newer than those are being
 * written and are left alone, so this may be called at any time.
 */
export async function removeUnusedStates(
  folder: string,
  runId: string,
  newest: readonly StatePointer[],
  kept: readonly StatePointer[],
): Promise<void> {
  const needed = new Set([...newest, ...kept].flatMap(({ parts }) => parts.map(({ file }) => file)));
  const reached = new Map<string, number>();
  for (const file of newest.flatMap(({ parts }) => parts.map((part) => part.file))) {
    const { run, subtask, sequence } = nameOf(file);
    if (run === runId && subtask !== undefined) reached.set(subtask, Math.max(reached.get(subtask) ?? 0, sequence));
  }
  for (const file of await readdir(folder)) {
    const { run, subtask, sequence } = nameOf(file);
    const isUnderWay = run === runId && subtask !== undefined && sequence > (reached.get(subtask) ?? 0);
    if (!needed.has(file) && !isUnderWay) await rm(join(folder, file), { force: true });
  }
}

function nameOf(file: string): { run?: string | undefined; subtask?: string | undefined; sequence: number } {
  const groups = NAME.exec(file)?.groups;
  return { run: groups?.run, subtask: groups?.subtask, sequence: Number(groups?.sequence ?? 0) };
}
