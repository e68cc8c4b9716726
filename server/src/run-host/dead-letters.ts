/**
 * Dead letters are records of a topic of the pipeline's own, written in the same transaction as the checkpoint that covers them; replays are records of
 * a second one, which the run reads like any source. So neither is lost or doubled by a crash, both can be read without a
 * run, and retention bounds both.
 */

import type { Committer, Millis, Origin, RefusedRow, Sink, SplitReader, TopicLog, TopicReader } from "@millrace/engine/node";
import { innerId } from "@millrace/engine/pipeline";
import type { DeadLetter, Replay } from "@millrace/engine/run";
import type { RowKind } from "@millrace/engine/schema";
import { commitBuiltIn, readRecord } from "@millrace/nodes/connections";
import type { DeadLetterPage, DeadLetter as DeadLetterView } from "../api.ts";
import type { DeadLetterQuery, RunLimits } from "../runs/run-host.ts";

export function deadLetterTopic(pipelineId: string): string {
  return `__dead_letters.${pipelineId}`;
}

export function replayTopic(pipelineId: string): string {
  return `__replays.${pipelineId}`;
}

export function isDeadLetterTopic(name: string): boolean {
  return [deadLetterTopic(""), replayTopic("")].some((beginning) => name.startsWith(beginning));
}

export async function createDeadLetterTopics(log: TopicLog, pipelineId: string, limits: RunLimits): Promise<void> {
  const settings = {
    partitions: 1,
    ...(Number.isFinite(limits.deadLetterMs) && { retentionMs: limits.deadLetterMs }),
    retentionBytes: limits.deadLetterBytes,
  };
  await log.createTopic(deadLetterTopic(pipelineId), settings);
  await log.createTopic(replayTopic(pipelineId), settings);
}

/** The letter as stored; the record's bytes in base64 so that nothing of it is changed. */
interface StoredLetter {
  readonly nodeId: string;
  readonly port: string;
  readonly at: Millis;
  readonly time: Millis | null;
  readonly kind: RowKind;
  readonly code: string;
  readonly words: { readonly en: string; readonly zh: string };
  readonly bytes: string;
  readonly hidden?: readonly string[];
  readonly origin?: Origin;
}

interface StoredReplay extends Pick<StoredLetter, "nodeId" | "port" | "time" | "kind" | "bytes" | "hidden"> {
  readonly letter: string;
}

function encodeLetter(letter: DeadLetter): Uint8Array {
  const stored: StoredLetter = { ...letter, bytes: Buffer.from(letter.bytes).toString("base64") };
  return Buffer.from(JSON.stringify(stored));
}

/** In a checkpoint dead letters stand beside the sinks' rows, under this name. */
export const DEAD_LETTERS = "__dead_letters";
/** So much may wait for a checkpoint. */
const MOST_STAGED_BYTES = 4 << 20;

/** Where a subtask's dead letters go. */
export async function openLetterSink(
  log: TopicLog,
  pipelineId: string,
  subtask: number,
): Promise<{ readonly sink: Sink; write(letter: DeadLetter): void }> {
  const writer = await log.openTransactionalWriter(`dead-letters/${pipelineId}/${subtask}`);
  const topic = deadLetterTopic(pipelineId);
  const write: Sink["write"] = (record) => writer.write(topic, { ...record, partition: 0 });
  return {
    sink: {
      write,
      get isFull() {
        return writer.stagedBytes > MOST_STAGED_BYTES;
      },
      prepare: (checkpointId) => writer.prepare(checkpointId),
      abort: () => writer.abort(),
      close: () => writer.close(),
    },
    write(letter) {
      const bytes = encodeLetter(letter);
      write({ value: { bytes, start: 0, end: bytes.length }, key: null, time: letter.at });
    },
  };
}

export function letterCommitter(log: TopicLog): Committer {
  return { phase: "within", commit: (prepared, via) => log.commitPrepared(prepared, via), close: async () => undefined };
}

/** Keeps rows that the outside refused after their checkpoint was made. A commit that is made again refuses the same rows again: each becomes one letter. */
export async function keepRefused(
  log: TopicLog,
  pipelineId: string,
  nodeId: string,
  rows: readonly RefusedRow[],
  at: Millis,
): Promise<void> {
  const writer = await log.openTransactionalWriter(`dead-letters/${pipelineId}/refused/${nodeId}`);
  const key = `refused/${pipelineId}/${nodeId}`;
  const kept = new Set(readRecord(log, key) as readonly string[] | undefined);
  const topic = deadLetterTopic(pipelineId);
  for (const { id, error, port, bytes, time } of rows) {
    if (kept.has(id)) continue;
    const { code, words } = error;
    const value = encodeLetter({ nodeId, port, at, time: Number.isFinite(time) ? time : null, kind: "+I", code, words, bytes });
    writer.write(topic, { value: { bytes: value, start: 0, end: value.length }, key: null, time: at, partition: 0 });
  }
  const prepared = await writer.prepare(1);
  await commitBuiltIn(log, async (tx) => {
    await log.commitPrepared([prepared], tx);
    tx.put(
      key,
      rows.map(({ id }) => id),
    );
  });
  await writer.close();
}

/** Pages of letters, newest first. */
export async function readDeadLetters(log: TopicLog, pipelineId: string, query: DeadLetterQuery): Promise<DeadLetterPage> {
  const topic = await log.describeTopic(deadLetterTopic(pipelineId));
  const partition = topic?.partitions[0];
  if (!partition) return { total: 0, removed: 0, letters: [] };
  const replayed = await replayTimes(log, pipelineId);
  const letters: DeadLetterView[] = [];
  let end = query.before === undefined ? partition.latest : Math.min(partition.latest, offsetOf(query.before));
  const search = query.search?.toLowerCase();
  while (end > partition.earliest && letters.length < query.limit) {
    const start = Math.max(partition.earliest, end - 200);
    const page = await readRange(log, deadLetterTopic(pipelineId), start, end);
    for (const { offset, text } of page.reverse()) {
      end = offset;
      const letter = view(offset, JSON.parse(text) as StoredLetter, replayed);
      if (query.node !== undefined && letter.nodeId !== query.node && !letter.nodeId.startsWith(innerId(query.node, ""))) continue;
      if (
        search !== undefined &&
        !`${letter.text}\n${letter.code}\n${letter.message.en}\n${letter.message.zh}`.toLowerCase().includes(search)
      )
        continue;
      letters.push(letter);
      if (letters.length === query.limit) break;
    }
    if (page.length === 0) end = start;
  }
  return {
    total: partition.latest - partition.earliest,
    removed: partition.earliest,
    letters,
    ...(end > partition.earliest ? { next: String(end) } : {}),
  };
}

/** How many are kept. */
export async function countDeadLetters(log: TopicLog, pipelineId: string): Promise<number> {
  const partition = (await log.describeTopic(deadLetterTopic(pipelineId)))?.partitions[0];
  return partition ? partition.latest - partition.earliest : 0;
}

/** Puts letters in line for their nodes; those replayed before or gone are left out. Resolves, when it is durable, with how many were taken. */
export async function appendReplays(
  log: TopicLog,
  pipelineId: string,
  ids: readonly string[],
  text: string | undefined,
  now: Millis,
): Promise<number> {
  const replayed = await replayTimes(log, pipelineId);
  const records = [];
  for (const id of new Set(ids)) {
    if (replayed.has(id)) continue;
    const offset = offsetOf(id);
    const [found] = await readRange(log, deadLetterTopic(pipelineId), offset, offset + 1);
    if (found?.offset !== offset) continue;
    const letter = JSON.parse(found.text) as StoredLetter;
    const bytes = text === undefined ? letter.bytes : Buffer.from(text).toString("base64");
    const { nodeId, port, time, kind, hidden } = letter;
    const stored: StoredReplay = { letter: id, nodeId, port, time, kind, bytes, ...(hidden && { hidden }) };
    const value = Buffer.from(JSON.stringify(stored));
    records.push({ value: { bytes: value, start: 0, end: value.length }, key: null, time: now, partition: 0 });
  }
  if (records.length > 0) await log.append(replayTopic(pipelineId), records);
  return records.length;
}

/** The replays as a split that the run reads. */
export async function openReplays(log: TopicLog, pipelineId: string, offset: number | undefined): Promise<SplitReader> {
  const reader = await log.openReader(replayTopic(pipelineId), 0, offset === undefined ? { from: "latest" } : { from: "offset", offset });
  return {
    read: (maxRecords, waitMs) => reader.read(maxRecords, waitMs),
    position: () => ({ offset: reader.offset }),
    close: () => reader.close(),
  };
}

export async function readReplays(reader: SplitReader): Promise<readonly Replay[]> {
  const batch = await reader.read(100, 0);
  const replays: Replay[] = [];
  for (let i = 0; i < (batch?.count ?? 0); i++) {
    const range = batch?.bytes(i);
    if (!range) continue;
    const stored = JSON.parse(
      Buffer.from(range.bytes.buffer, range.bytes.byteOffset + range.start, range.end - range.start).toString("utf8"),
    ) as StoredReplay;
    replays.push({
      nodeId: stored.nodeId,
      port: stored.port,
      kind: stored.kind,
      time: stored.time,
      bytes: Buffer.from(stored.bytes, "base64"),
      hidden: stored.hidden,
    });
  }
  return replays;
}

function view(offset: number, stored: StoredLetter, replayed: ReadonlyMap<string, Millis>): DeadLetterView {
  const bytes = Buffer.from(stored.bytes, "base64");
  const text = bytes.toString("utf8");
  const isUtf8 = Buffer.from(text, "utf8").equals(bytes);
  const id = String(offset);
  const replayedAt = replayed.get(id);
  return {
    id,
    nodeId: stored.nodeId,
    port: stored.port,
    at: stored.at,
    time: stored.time,
    code: stored.code,
    message: stored.words,
    text: isUtf8 ? text : stored.bytes,
    encoding: isUtf8 ? "utf8" : "base64",
    ...(stored.origin ? { origin: stored.origin } : {}),
    ...(replayedAt === undefined ? {} : { replayedAt }),
  };
}

async function replayTimes(log: TopicLog, pipelineId: string): Promise<ReadonlyMap<string, Millis>> {
  const times = new Map<string, Millis>();
  const partition = (await log.describeTopic(replayTopic(pipelineId)))?.partitions[0];
  if (!partition) return times;
  for (const { text, time } of await readRange(log, replayTopic(pipelineId), partition.earliest, partition.latest))
    times.set((JSON.parse(text) as StoredReplay).letter, time);
  return times;
}

async function readRange(
  log: TopicLog,
  topic: string,
  start: number,
  end: number,
): Promise<{ offset: number; time: Millis; text: string }[]> {
  const found: { offset: number; time: Millis; text: string }[] = [];
  if (!(await log.describeTopic(topic))) return found;
  const reader: TopicReader = await log.openReader(topic, 0, { from: "offset", offset: start });
  try {
    while (reader.offset < end) {
      const batch = await reader.read(Math.min(500, end - reader.offset), 0);
      if (batch.count === 0) break;
      for (let i = 0; i < batch.count; i++) {
        const range = batch.bytes(i);
        if (range && batch.offset(i) < end)
          found.push({
            offset: batch.offset(i),
            time: batch.time(i),
            text: Buffer.from(range.bytes.subarray(range.start, range.end)).toString("utf8"),
          });
      }
    }
  } finally {
    await reader.close();
  }
  return found;
}

function offsetOf(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : -1;
}
