/**
 * Folds the parts of a chain into one file that holds the last state of each key. Memory stays small whatever the state's size: entries are dealt out to files by their key's hash, so that all that is
 * known of a key lies in one of them, and these are folded one after the other.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { murmur3 } from "@millrace/engine/state-keys";
import {
  EntryCursor,
  isNote,
  type RawEntry,
  rawEntriesOf,
  readSegments,
  type Segment,
  StateFileError,
  type StateOwner,
  type StatePart,
} from "./state-file.ts";
import { SegmentFile } from "./state-segments.ts";

export interface FoldRequest {
  readonly folder: string;
  readonly owner: StateOwner;
  readonly parts: readonly StatePart[];
  /** Name of the file to write. */
  readonly file: string;
}

export type FoldResult =
  | { readonly state: "folded"; readonly part: StatePart }
  /** The files cannot be read any more. */
  | { readonly state: "damaged"; readonly why: string }
  | { readonly state: "failed"; readonly why: string };

/** Bytes of entries that are folded at once; in memory they take twice as much. */
const SHARE_BYTES = 16 << 20;

export async function foldState(request: FoldRequest, shareBytes = SHARE_BYTES): Promise<FoldResult> {
  const { folder, file, parts } = request;
  const shares = Math.max(1, Math.ceil(parts.reduce((sum, { bytes }) => sum + bytes, 0) / shareBytes));
  const names = Array.from({ length: shares }, (_, share) => `${file}.share-${share}`);
  try {
    const part = await (shares === 1 ? foldAtOnce(request) : foldInShares(request, names));
    return { state: "folded", part };
  } catch (error) {
    rmSync(join(folder, file), { force: true });
    const why = `State files of subtask ${request.owner.subtask} could not be folded: ${(error as Error).message}`;
    return { state: error instanceof StateFileError ? "damaged" : "failed", why };
  } finally {
    for (const name of names) rmSync(join(folder, name), { force: true });
  }
}

async function foldAtOnce(request: FoldRequest): Promise<StatePart> {
  return writeFolded(request, [segmentsOf(request)]);
}

async function foldInShares(request: FoldRequest, names: readonly string[]): Promise<StatePart> {
  const { folder } = request;
  const shares = names.map((name) => new Share(join(folder, name)));
  try {
    for (const segment of segmentsOf(request)) {
      const cursor = new EntryCursor(segment);
      while (cursor.next()) {
        const share = cursor.isNote ? 0 : (hashOf(cursor) >>> 0) % shares.length;
        (shares[share] as Share).add(cursor);
      }
      for (const share of shares) share.endSegment(segment.header);
    }
  } finally {
    for (const share of shares) share.close();
  }
  return writeFolded(
    request,
    shares.map((share) => share.segments()),
  );
}

/** A file of entries whose keys have hashes in common. */
class Share {
  private readonly place: string;
  private readonly fd: number;
  private readonly written: { readonly header: Segment["header"]; readonly at: number }[] = [];
  private at = 0;
  private buffer = Buffer.allocUnsafeSlow(1 << 16);
  private filled = 0;
  private entries = 0;

  constructor(place: string) {
    this.place = place;
    this.fd = openSync(place, "w");
  }

  add({ body, begin, end }: EntryCursor): void {
    const length = end - begin;
    if (this.filled + length > this.buffer.length) {
      const grown = Buffer.allocUnsafeSlow(2 * (this.filled + length));
      this.buffer.copy(grown, 0, 0, this.filled);
      this.buffer = grown;
    }
    this.buffer.set(body.subarray(begin, end), this.filled);
    this.filled += length;
    this.entries++;
  }

  endSegment(header: Segment["header"]): void {
    if (this.entries === 0) return;
    for (let written = 0; written < this.filled; ) written += writeSync(this.fd, this.buffer, written, this.filled - written);
    this.written.push({ header: { ...header, entries: this.entries, bytes: this.filled }, at: this.at });
    this.at += this.filled;
    this.filled = this.entries = 0;
  }

  close(): void {
    closeSync(this.fd);
  }

  *segments(): Iterable<Segment> {
    const content = readFileSync(this.place);
    for (const { header, at } of this.written) yield { header, body: content.subarray(at, at + header.bytes) };
  }
}

function* segmentsOf({ folder, owner, parts }: FoldRequest): Iterable<Segment> {
  for (const part of parts) yield* readSegments(folder, part, owner.pipelineId);
}

/** Of each share the last entry of each key, but those that are gone; of the notes those of the last checkpoint. */
async function writeFolded({ folder, file, owner }: FoldRequest, shares: readonly Iterable<Segment>[]): Promise<StatePart> {
  const folded = new SegmentFile(folder, file, owner);
  try {
    let checkpoint = 0;
    let notes: { of: number; entries: RawEntry[] } = { of: 0, entries: [] };
    for (const share of shares) {
      const segments = [...share];
      for (const segment of segments) {
        const of = segment.header.checkpoint;
        if (of > notes.of) notes = { of, entries: [] };
        checkpoint = Math.max(checkpoint, of);
        if (hasNotes(segment)) notes.entries.push(...[...rawEntriesOf(segment)].filter(isNote));
      }
      const isOutdated = outdatedAmong(segments);
      let number = 0;
      for (const segment of segments) {
        const cursor = new EntryCursor(segment);
        for (; cursor.next(); number++)
          if (!cursor.isNote && !cursor.isGone && isOutdated[number] === 0)
            folded.addCopy(segment.header.nodes[cursor.node] as string, cursor, checkpoint);
      }
    }
    if (notes.of === checkpoint) for (const note of notes.entries) folded.add(note, checkpoint);
    folded.endSegment(checkpoint);
    await folded.sync();
    return folded.part;
  } finally {
    folded.close();
  }
}

function hasNotes(segment: Segment): boolean {
  const cursor = new EntryCursor(segment);
  while (cursor.next()) if (cursor.isNote) return true;
  return false;
}

/** Of the entries, one after the other, those that a later one of their key takes the place of. A table of open addresses, as objects for each entry would cost more than all else. */
function outdatedAmong(segments: readonly Segment[]): Uint8Array {
  const count = segments.reduce((sum, { header }) => sum + header.entries, 0);
  const isOutdated = new Uint8Array(count);
  const mask = 2 ** Math.ceil(Math.log2(2 * count + 1)) - 1;
  const [hashes, numbers] = [new Int32Array(mask + 1), new Int32Array(mask + 1)];
  /** Where each entry is: its segment, and its key there; and its node's number among all. */
  const [owners, starts, ends, nodes] = Array.from({ length: 4 }, () => new Int32Array(count)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const known: string[] = [];
  const isSameKey = (a: number, b: number): boolean => {
    const length = (ends[a] as number) - (starts[a] as number);
    if (nodes[a] !== nodes[b] || (ends[b] as number) - (starts[b] as number) !== length) return false;
    const [one, other] = [(segments[owners[a] as number] as Segment).body, (segments[owners[b] as number] as Segment).body];
    for (let i = 0, [from, to] = [starts[a] as number, starts[b] as number]; i < length; i++)
      if (one[from + i] !== other[to + i]) return false;
    return true;
  };
  let number = 0;
  for (const [owner, segment] of segments.entries()) {
    const numberOf = segment.header.nodes.map((node) => (known.includes(node) ? known.indexOf(node) : known.push(node) - 1));
    for (const cursor = new EntryCursor(segment); cursor.next(); number++) {
      if (cursor.isNote) continue;
      owners[number] = owner;
      starts[number] = cursor.keyStart;
      ends[number] = cursor.keyEnd;
      nodes[number] = numberOf[cursor.node] as number;
      const hash = hashOf(cursor);
      let index = hash & mask;
      for (; numbers[index] !== 0; index = (index + 1) & mask)
        if (hashes[index] === hash && isSameKey((numbers[index] as number) - 1, number)) {
          isOutdated[(numbers[index] as number) - 1] = 1;
          break;
        }
      hashes[index] = hash;
      numbers[index] = number + 1;
    }
  }
  return isOutdated;
}

function hashOf({ body, keyStart, keyEnd }: EntryCursor): number {
  return murmur3(body, 0, keyStart, keyEnd);
}
