/**
 * One process at a time runs a pipeline on a data folder: a server, or `millrace run`. Both keep their own state, so nothing would stop the two from reading the same records and
 * writing every row twice.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type ProcessLock, takeLock } from "../process-lock.ts";

/** `id`: of the server's pipeline, or made from the document's name in the same way. Undefined when another process runs it. */
export function claimRun(dataFolder: string, id: string): ProcessLock | undefined {
  const folder = join(dataFolder, "locks");
  mkdirSync(folder, { recursive: true });
  return takeLock(join(folder, `${id}.lock`));
}
