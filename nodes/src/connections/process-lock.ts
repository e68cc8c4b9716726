/**
 * A lock that lives exactly as long as its process, whatever ends it: SQLite's exclusive lock on a small file, which the operating system lets go. There is
 * nothing stale to detect and so no race in detecting it; and it works alike on Linux, macOS and Windows.
 */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

export interface ProcessLock {
  release(): void;
}

/** Undefined when another process (or another part of this one) holds it. Waits up to `waitMs` for that to end. */
export function takeLock(path: string, waitMs = 0): ProcessLock | undefined {
  const database = new DatabaseSync(path, { timeout: waitMs });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { release: () => database.close() };
}

export function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  const lock = takeLock(path);
  lock?.release();
  return lock === undefined;
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return ((error as { errcode?: number } | undefined)?.errcode ?? 0) % 256 === SQLITE_BUSY;
}
