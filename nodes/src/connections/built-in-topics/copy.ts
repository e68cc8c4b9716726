/** A copy of the topics as they are at one moment, made while any number of processes go on writing. */
import { mkdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { isReferred, segmentOf, segmentPath } from "./segments.ts";
import { openStore, type TopicStore } from "./store.ts";

export interface TopicsCopy {
  /** Segment files that the copy refers to, below the folder and not copied yet. They are only appended to, and are removed when the topics need them no more. */
  readonly files: readonly string[];
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
    return { files: filesOf(copy), records: new Map([...copy.records.getRange()].map(({ key, value }) => [key, value])) };
  } finally {
    await copy.release();
    // Of those who had this copy open.
    await rm(join(into, "lock.mdb"), { force: true });
  }
}

function filesOf(store: TopicStore): string[] {
  const segments = [...store.files.getKeys()].map((key) => segmentOf(Buffer.from(key)));
  return segments.filter((id) => isReferred(store, id)).map((id) => relative(store.folder, segmentPath(store, id)));
}
