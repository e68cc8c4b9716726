import { readdirSync, readFileSync } from "node:fs";

/** Anonymous memory of a process: mapped pages of the database are not the program's. NaN of another process where there is no /proc. */
export function anonymousMemoryMb(pid: number = process.pid): number {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return pid === process.pid ? process.memoryUsage().heapTotal / (1 << 20) : Number.NaN; // Not Linux: the closest there is.
  }
}

/** Of a process and all that it started, directly or not. Throws where there is no /proc. */
export function anonymousMemoryOfAllMb(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const own = Number(/^Anonymous:\s+(\d+)/m.exec(rollup)?.[1]) / 1024;
  return childrenOf(pid).reduce((sum, child) => sum + anonymousMemoryOfAllMb(child), own);
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}
