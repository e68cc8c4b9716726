/** A copy of the topics as they are at one moment, made while any number of processes go on writing. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openStore } from "./store.ts";

export interface TopicsCopy {
  /** What others keep with the topics (`commitBuiltIn`), as it was at that moment. */
  readonly records: ReadonlyMap<string, unknown>;
}

/** Copies LMDB's part of `folder` into the empty or new folder `into`. Rejects with a `ConnectionError`, or when the disk is full. */
export async function copyTopics(folder: string, into: string): Promise<TopicsCopy> {
  await mkdir(into, { recursive: true });
  const store = await openStore(folder);
  try {
    // Compacted: without the room of what was removed.
    await store.records.backup(into, true);
  } finally {
    await store.release();
  }
  const copy = await openStore(into);
  try {
    return { records: new Map([...copy.records.getRange()].map(({ key, value }) => [key, value])) };
  } finally {
    await copy.release();
    // Of those who had this copy open.
    await rm(join(into, "lock.mdb"), { force: true });
  }
}
