/** Removes segment files that nobody needs: those that killed writers left, and those of topics that are gone. */
import { rmSync } from "node:fs";
import { readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { isLocked } from "../process-lock.ts";
import { fileKey, isReferred, lockPath, type SegmentId, segmentFolder, segmentPath } from "./segments.ts";
import type { TopicStore } from "./store.ts";

export async function removeUnusedSegments(store: TopicStore): Promise<void> {
  const entries = await namesIn(join(store.folder, "segments"));
  const isDead = rememberDead(store);
  const topics = new Set([...store.topics.getRange()].map(({ value }) => value.id));
  for (const topic of entries.filter((name) => /^\d+$/.test(name)).map(Number)) {
    const files = (await namesIn(segmentFolder(store, topic))).flatMap((name) => parse(topic, name) ?? []);
    const unused = files.filter((id) => isDead(id.owner) && !isReferred(store, id));
    for (const id of unused) removeUnused(store, id);
    if (!topics.has(topic)) await removeEmpty(segmentFolder(store, topic));
  }
  for (const name of entries) {
    const owner = /^(\d+)\.lock$/.exec(name)?.[1];
    if (owner !== undefined && isDead(Number(owner))) removeLock(store, Number(owner));
  }
}

function removeUnused(store: TopicStore, id: SegmentId): void {
  store.transact(() => {
    // What was prepared by a thread that has ended may just have been committed by another.
    if (isReferred(store, id)) return;
    store.files.remove(fileKey(id));
    rmSync(segmentPath(store, id), { force: true });
  });
}

/** In a transaction, as locks are made: a new owner's is never met before it is locked. */
function removeLock(store: TopicStore, owner: number): void {
  store.transact(() => {
    if (!isLocked(lockPath(store, owner))) rmSync(lockPath(store, owner), { force: true });
  });
}

function rememberDead(store: TopicStore): (owner: number) => boolean {
  const known = new Map<number, boolean>();
  return (owner) => {
    const found = known.get(owner) ?? !isLocked(lockPath(store, owner));
    known.set(owner, found);
    return found;
  };
}

function parse(topic: number, name: string): SegmentId | undefined {
  const match = /^(\d+)-(\d+)\.seg$/.exec(name);
  return match ? { topic, owner: Number(match[1]), file: Number(match[2]) } : undefined;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** A writer that does not know yet that its topic is gone may have put a file into it; then it stays until the writer is dead. */
async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
