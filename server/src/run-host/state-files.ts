/** The state files of a pipeline: how they are called, and which of them nobody needs any more. */
import { readdirSync, statSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { StateOwner, StatePointer } from "./state-file.ts";

const NAME = /^(?<run>.+)-(?<subtask>\d+)-(?<sequence>\d+)\.state/;

/** `sequence` rises with each file that a subtask begins. */
export function stateFileName({ runId, subtask }: Pick<StateOwner, "runId" | "subtask">, sequence: number): string {
  return `${runId}-${subtask}-${sequence}.state`;
}

/** Of the newest file that a subtask of the run began, in this process or in one before; 0 when there is none. */
export function newestSequence(folder: string, { runId, subtask }: Pick<StateOwner, "runId" | "subtask">): number {
  // Where something else is in the folder's way, making a file in it says so.
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return 0;
  const files = readdirSync(folder).map(nameOf);
  const own = files.filter((file) => file.run === runId && file.subtask === String(subtask));
  return Math.max(0, ...own.map(({ sequence }) => sequence));
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
