/**
 * Folds the parts of a chain into one file that holds the last state of each key. Memory stays small whatever the state's size: entries are dealt out to files by their key's hash, so that all that is
 * known of a key lies in one of them, and these are folded one after the other.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { murmur3 } from "@millrace/engine/run";
import {
  isGone,
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

/** Bytes of entries that are folded at once; in memory they take ten times as much. */
const SHARE_BYTES = 8 << 20;

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
  const shares = names.map((name) => ({
    place: join(folder, name),
    fd: openSync(join(folder, name), "w"),
    segments: [] as ShareSegment[],
    at: 0,
  }));
  try {
    for (const segment of segmentsOf(request)) {
      const dealt = shares.map(() => [] as Uint8Array[]);
      const counts = shares.map(() => 0);
      for (const { entry, bytes } of placedEntries(segment)) {
        const share = isNote(entry) ? 0 : (murmur3(entry.key) >>> 0) % shares.length;
        (dealt[share] as Uint8Array[]).push(bytes);
        counts[share] = (counts[share] as number) + 1;
      }
      for (const [i, share] of shares.entries()) {
        if (counts[i] === 0) continue;
        const body = Buffer.concat(dealt[i] as Uint8Array[]);
        for (let written = 0; written < body.length; ) written += writeSync(share.fd, body, written);
        share.segments.push({ header: { ...segment.header, entries: counts[i] as number, bytes: body.length }, at: share.at });
        share.at += body.length;
      }
    }
  } finally {
    for (const { fd } of shares) closeSync(fd);
  }
  return writeFolded(
    request,
    shares.map(({ place, segments }) => readShare(place, segments)),
  );
}

interface ShareSegment {
  readonly header: Segment["header"];
  readonly at: number;
}

function* readShare(place: string, segments: readonly ShareSegment[]): Iterable<Segment> {
  const content = readFileSync(place);
  for (const { header, at } of segments) yield { header, body: content.subarray(at, at + header.bytes) };
}

/** Entries with the bytes they take. */
function* placedEntries(segment: Segment): Iterable<{ entry: RawEntry; bytes: Uint8Array }> {
  const { body } = segment;
  let at = body.byteOffset;
  for (const entry of rawEntriesOf(segment)) {
    const last = entry.content.length > 0 || !isGone(entry) ? entry.content : entry.key;
    const end = last.byteOffset + last.length;
    yield { entry, bytes: new Uint8Array(body.buffer, at, end - at) };
    at = end;
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
    for (const segments of shares) {
      const last = new Map<string, RawEntry>();
      for (const segment of segments) {
        const of = segment.header.checkpoint;
        if (of > notes.of) notes = { of, entries: [] };
        checkpoint = Math.max(checkpoint, of);
        for (const entry of rawEntriesOf(segment)) {
          if (isNote(entry)) notes.entries.push(entry);
          else
            last.set(`${entry.node}\n${Buffer.from(entry.key.buffer, entry.key.byteOffset, entry.key.length).toString("latin1")}`, entry);
        }
      }
      for (const entry of last.values()) if (!isGone(entry)) folded.add(entry, checkpoint);
    }
    if (notes.of === checkpoint) for (const note of notes.entries) folded.add(note, checkpoint);
    folded.endSegment(checkpoint);
    await folded.sync();
    return folded.part;
  } finally {
    folded.close();
  }
}
