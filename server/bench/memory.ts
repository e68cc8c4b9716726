import { readFileSync } from "node:fs";

/** Anonymous memory of a process: mapped pages of the database are not the program's. NaN of another process where there is no /proc. */
export function anonymousMemoryMb(pid: number = process.pid): number {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return pid === process.pid ? process.memoryUsage().heapTotal / (1 << 20) : Number.NaN; // Not Linux: the closest there is.
  }
}
