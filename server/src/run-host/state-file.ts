/**
 * Snapshots on disk, as bytes. A subtask's state is a chain of parts, each the beginning of a file: a full snapshot, then increments. The pointer to it lives in the store's transaction that
 * makes the checkpoint count; bytes behind what it names belong to a checkpoint that never counted, and are ignored.
 *
 * A file is a line that says whose it is, then segments; a segment is a header line, then its entries. Each header has a SHA-256 over the one before it (the first: over the file's line), the rest of
 * the header and the entries, so the last one, which the pointer holds too, vouches for all of it.
 */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Words } from "@millrace/engine/node";
import type { KeySnapshot, SnapshotEntry } from "@millrace/engine/run";

export const STATE_FORMAT = 2;

/** Where a checkpoint's state is: these parts, one after the other. */
export interface StatePointer {
  readonly format: number;
  /** Of the last segment: what is no key's state counts only from there. */
  readonly checkpoint: number;
  readonly parts: readonly StatePart[];
  /** Of all parts. */
  readonly bytes: number;
}

/** The first `bytes` of `file`, in `segments` segments, the last of them with this checksum. */
export interface StatePart {
  readonly file: string;
  readonly bytes: number;
  readonly segments: number;
  readonly sha256: string;
}

/** Whose state a file holds. */
export interface StateOwner {
  readonly pipelineId: string;
  readonly runId: string;
  readonly subtask: number;
}

export interface SegmentHeader {
  readonly checkpoint: number;
  readonly entries: number;
  readonly bytes: number;
  /** Ids of the nodes, by the number that stands in the entries. */
  readonly nodes: readonly string[];
}

export interface Segment {
  readonly header: SegmentHeader;
  readonly body: Uint8Array;
}

/** State that cannot be trusted: torn, changed, of somebody else, or of another format. */
export class StateFileError extends Error {
  readonly words: Words;
  constructor(words: Words) {
    super(words.en);
    this.name = "StateFileError";
    this.words = words;
  }
}

/** The entries of a checkpoint, oldest first; bytes in them are views. Throws `StateFileError` when they are not exactly what was written for this pipeline. */
export function* readStateFile(folder: string, pointer: StatePointer, pipelineId: string): Iterable<SnapshotEntry> {
  if (pointer.format !== STATE_FORMAT) throw wrongFormat(folder, pointer.format);
  for (const part of pointer.parts) {
    for (const segment of readSegments(folder, part, pipelineId)) {
      for (const entry of entriesOf(segment)) {
        if ("key" in entry || segment.header.checkpoint === pointer.checkpoint) yield entry;
      }
    }
  }
}

/** A part's segments, each checked before it is given. */
export function* readSegments(folder: string, part: StatePart, pipelineId: string): Iterable<Segment> {
  const place = join(folder, part.file);
  const file = openFile(place);
  try {
    if (file.size < part.bytes)
      throw new StateFileError({
        en: `${place} is torn: it has ${file.size} bytes, the checkpoint needs ${part.bytes}.`,
        zh: `${place} 不完整：文件有 ${file.size} 字节，检查点需要 ${part.bytes} 字节。`,
      });
    const opening = file.line(0, part.bytes);
    checkOwner(place, part.file, opening, pipelineId);
    let at = Buffer.byteLength(opening ?? "") + 1;
    let checksum = sha256(opening ?? "");
    for (let number = 1; number <= part.segments; number++) {
      const line = file.line(at, part.bytes);
      const { header, checksum: stored } = parseHeader(line, place, number);
      const begin = at + Buffer.byteLength(line ?? "") + 1;
      if (begin + header.bytes > part.bytes) throw damaged(place, number);
      const body = file.read(begin, header.bytes);
      checksum = checksumOf(checksum, header, body);
      if (checksum !== stored) throw damaged(place, number);
      at = begin + header.bytes;
      yield { header, body };
    }
    if (at !== part.bytes || checksum !== part.sha256)
      throw new StateFileError({
        en: `${place} is not the file that the checkpoint names: it was written again since. Put the right one back.`,
        zh: `${place} 不是检查点所指的文件：之后被重新写过。请放回正确的文件。`,
      });
  } finally {
    file.close();
  }
}

/** The line that opens a file. */
export function openingLine(owner: StateOwner, file: string): string {
  return JSON.stringify({ millrace: "state", format: STATE_FORMAT, ...owner, file });
}

export function headerLine(header: SegmentHeader, checksum: string): string {
  return JSON.stringify({ ...header, sha256: checksum });
}

export function checksumOf(previous: string, header: SegmentHeader, body: Uint8Array): string {
  return createHash("sha256")
    .update(previous)
    .update(JSON.stringify([header.checkpoint, header.entries, header.bytes, header.nodes]))
    .update(body)
    .digest("hex");
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export const STATE = 1;
export const GONE = 2;
const NOTE = 3;

/**
 * An entry is its kind, then: a key's state and a key that is gone: the node's number and the group (a byte each way: varint, byte), the key, and for the former the state, each behind its length; anything else: its
 * JSON behind its length. Lengths are varints.
 */
export function* entriesOf({ header, body }: Segment): Iterable<SnapshotEntry> {
  for (const entry of rawEntriesOf({ header, body })) {
    if (entry.kind === NOTE) yield JSON.parse(Buffer.from(entry.content).toString("utf8")) as SnapshotEntry;
    else yield { node: entry.node, key: keySnapshot(entry) };
  }
}

export interface RawEntry {
  readonly kind: number;
  readonly node: string;
  readonly group: number;
  readonly key: Uint8Array;
  /** A key's state, or the JSON of a note. */
  readonly content: Uint8Array;
}

export function* rawEntriesOf(segment: Segment): Iterable<RawEntry> {
  const { nodes } = segment.header;
  const { body } = segment;
  for (const cursor = new EntryCursor(segment); cursor.next(); ) {
    const { kind, node, group, keyStart, keyEnd, contentStart, end } = cursor;
    yield {
      kind,
      node: kind === NOTE ? "" : (nodes[node] as string),
      group,
      key: body.subarray(keyStart, keyEnd),
      content: body.subarray(contentStart, end),
    };
  }
}

/** Goes over a segment's entries, and makes nothing of them: where there are millions, that is what costs. Numbers are places in the body. */
export class EntryCursor {
  readonly body: Uint8Array;
  kind = 0;
  /** The node's number in the segment. */
  node = 0;
  group = 0;
  begin = 0;
  /** Behind the node's number; from here on an entry is the same in every file. */
  rest = 0;
  keyStart = 0;
  keyEnd = 0;
  contentStart = 0;
  end = 0;
  private left: number;

  constructor({ header, body }: Segment) {
    this.body = body;
    this.left = header.entries;
  }

  get isNote(): boolean {
    return this.kind === NOTE;
  }

  get isGone(): boolean {
    return this.kind === GONE;
  }

  /** False behind the last one. */
  next(): boolean {
    if (this.left-- <= 0) return false;
    this.begin = this.end;
    this.kind = this.body[this.end++] as number;
    this.node = this.group = 0;
    this.rest = this.keyStart = this.keyEnd = this.end;
    if (this.kind !== NOTE) {
      this.node = this.varint();
      this.rest = this.end;
      this.group = this.body[this.end++] as number;
      const length = this.varint();
      this.keyStart = this.end;
      this.keyEnd = this.end += length;
    }
    const length = this.kind === GONE ? 0 : this.varint();
    this.contentStart = this.end;
    this.end += length;
    return true;
  }

  private varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.body[this.end++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }
}

export function isGone(entry: RawEntry): boolean {
  return entry.kind === GONE;
}

export function isNote(entry: RawEntry): boolean {
  return entry.kind === NOTE;
}

/** Of what is no key's state. */
export function rawNote(entry: SnapshotEntry): RawEntry {
  return { kind: NOTE, node: "", group: 0, key: NOTHING, content: Buffer.from(JSON.stringify(entry)) };
}

const NOTHING = new Uint8Array(0);

function keySnapshot({ kind, group, key, content }: RawEntry): KeySnapshot {
  return kind === GONE ? { key, group } : { key, group, state: content };
}

interface OpenFile {
  readonly size: number;
  /** The text from `at` to the next end of line before `end`; undefined when there is none. */
  line(at: number, end: number): string | undefined;
  read(at: number, length: number): Uint8Array;
  close(): void;
}

const LINE_CHUNK = 4_096;

function openFile(place: string): OpenFile {
  const fd = orUnreadable(place, () => openSync(place, "r"));
  const read = (at: number, length: number): Buffer =>
    orUnreadable(place, () => {
      const bytes = Buffer.allocUnsafeSlow(length);
      let filled = 0;
      while (filled < length) {
        const got = readSync(fd, bytes, filled, length - filled, at + filled);
        if (got === 0) break;
        filled += got;
      }
      return bytes.subarray(0, filled);
    });
  return {
    size: fstatSync(fd).size,
    read,
    line(at, end) {
      let line = Buffer.alloc(0);
      for (let from = at; from < end; from += LINE_CHUNK) {
        const chunk = read(from, Math.min(LINE_CHUNK, end - from));
        const stop = chunk.indexOf(0x0a);
        line = Buffer.concat([line, stop === -1 ? chunk : chunk.subarray(0, stop)]);
        if (stop !== -1) return line.toString("utf8");
      }
      return undefined;
    },
    close: () => closeSync(fd),
  };
}

function orUnreadable<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const why = (error as Error).message;
    throw new StateFileError({ en: `${place} cannot be read: ${why}.`, zh: `无法读取 ${place}：${why}。` });
  }
}

function parseHeader(line: string | undefined, place: string, number: number): { header: SegmentHeader; checksum: string } {
  const parsed = parseObject(line);
  const { checkpoint, entries, bytes, nodes, sha256: checksum } = parsed ?? {};
  const isHeader =
    Number.isSafeInteger(checkpoint) && isCount(entries) && isCount(bytes) && Array.isArray(nodes) && typeof checksum === "string";
  if (!isHeader)
    throw new StateFileError({
      en: `${place} is damaged: the header of segment ${number} cannot be read.`,
      zh: `${place} 已损坏：第 ${number} 段的头部无法读取。`,
    });
  return { header: { checkpoint, entries, bytes, nodes } as SegmentHeader, checksum };
}

function checkOwner(place: string, file: string, line: string | undefined, pipelineId: string): void {
  const found = parseObject(line);
  if (found?.millrace !== "state")
    throw new StateFileError({
      en: `${place} is damaged: it does not begin as a state file does.`,
      zh: `${place} 已损坏：开头不是状态文件。`,
    });
  if (found.format !== STATE_FORMAT) throw wrongFormat(place, found.format);
  if (found.pipelineId !== pipelineId || found.file !== file)
    throw new StateFileError({
      en: `${place} is somebody else's: it is ${found.file} of pipeline ${found.pipelineId}. Put the right file back.`,
      zh: `${place} 属于别处：它是流水线 ${found.pipelineId} 的 ${found.file}。请放回正确的文件。`,
    });
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parseObject(line: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(line ?? "");
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // Said by the caller, with the place.
  }
}

function damaged(place: string, number: number): StateFileError {
  return new StateFileError({
    en: `${place} is damaged: segment ${number} does not have the checksum that was written with it.`,
    zh: `${place} 已损坏：第 ${number} 段与写入时的校验和不符。`,
  });
}

function wrongFormat(place: string, format: unknown): StateFileError {
  return new StateFileError({
    en: `The state in ${place} has format ${format}; this Millrace reads format ${STATE_FORMAT}. Go on with the Millrace that wrote it, or start without state.`,
    zh: `${place} 中的状态格式为 ${format}，当前 Millrace 只能读取格式 ${STATE_FORMAT}。请使用写入它的版本继续，或不带状态启动。`,
  });
}
