/** Reads chunks, from LMDB and from segment files: those that lie side by side in a file together, pieces of several files at once. */
import { ChunkView } from "./chunk.ts";
import { type IndexEntry, inlineChunk, type PartitionId } from "./partition-log.ts";
import type { ReadMemory } from "./read-memory.ts";
import type { SegmentReads } from "./segment-reads.ts";
import { type Place, segmentPath } from "./segments.ts";
import type { TopicStore } from "./store.ts";

export interface LoadedChunk {
  /** Offset of its first record. */
  readonly base: number;
  readonly chunk: ChunkView;
}

interface Run {
  readonly place: Place;
  readonly entries: IndexEntry[];
  length: number;
}

/**
 * The chunks of the entries, in their order; fewer, up to the first whose file retention has removed. To be called in the turn of the event loop in which the entries were found:
 * what is in LMDB is taken at once.
 */
export async function loadChunks(
  store: TopicStore,
  reads: SegmentReads,
  id: PartitionId,
  entries: readonly IndexEntry[],
  memory: Pick<ReadMemory, "take">,
): Promise<LoadedChunk[]> {
  const parts: Promise<LoadedChunk[] | undefined>[] = [];
  for (let i = 0; i < entries.length; ) {
    const entry = entries[i] as IndexEntry;
    if (entry.place === undefined) {
      // A copy: LMDB's memory is valid in this turn only.
      const chunk = new ChunkView(inlineChunk(store, id, entry.base));
      parts.push(Promise.resolve([{ base: entry.base, chunk }]));
      i += 1;
    } else {
      const run = runFrom(entries, i, entry.place);
      parts.push(loadRun(store, reads, id, run, memory));
      i += run.entries.length;
    }
  }
  const loaded = await Promise.all(parts);
  const missing = loaded.indexOf(undefined);
  return (missing === -1 ? loaded : loaded.slice(0, missing)).flat() as LoadedChunk[];
}

function runFrom(entries: readonly IndexEntry[], from: number, place: Place): Run {
  const run: Run = { place, entries: [], length: 0 };
  for (let i = from; i < entries.length; i++) {
    const entry = entries[i] as IndexEntry;
    const { place: at } = entry;
    if (at?.owner !== place.owner || at.file !== place.file || at.position !== place.position + run.length) break;
    run.entries.push(entry);
    run.length += entry.bytes;
  }
  return run;
}

async function loadRun(
  store: TopicStore,
  reads: SegmentReads,
  { topic }: PartitionId,
  { place, entries, length }: Run,
  memory: Pick<ReadMemory, "take">,
): Promise<LoadedChunk[] | undefined> {
  const path = segmentPath(store, { topic, owner: place.owner, file: place.file });
  const bytes = memory.take(length);
  if (!(await reads.read(path, place.position, bytes))) return undefined;
  let at = 0;
  return entries.map((entry) => {
    const chunk = new ChunkView(bytes.subarray(at, at + entry.bytes));
    at += entry.bytes;
    return { base: entry.base, chunk };
  });
}
