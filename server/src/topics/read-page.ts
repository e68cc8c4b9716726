/** One page of a topic for people: records of some partitions from given offsets on, filtered, merged by time. */
import type { TopicLog, TopicReader, TopicStart } from "@millrace/engine/node";
import type { RecordPage, TopicRecordView } from "../api.ts";

export interface PageRequest {
  readonly topic: string;
  /** Where to begin, by partition; the page ends at `end`. */
  readonly ranges: readonly { readonly partition: number; readonly start: TopicStart; readonly end: number }[];
  /** Found in text or key, ignoring case. */
  readonly search: string | undefined;
  readonly limit: number;
}

/** A request looks at no more records and returns no more text than this; `next` says where to go on. */
const MAX_SCANNED = 50_000;
const MAX_TEXT_BYTES = 8 * 1024 * 1024;
const READ_AT_ONCE = 500;

export async function readPage(log: TopicLog, request: PageRequest): Promise<RecordPage> {
  const share = Math.max(READ_AT_ONCE, Math.floor(MAX_SCANNED / Math.max(1, request.ranges.length)));
  const runs = [];
  for (const range of request.ranges) runs.push(await scan(log, request, range, share));

  const records = merge(runs, request.limit);
  const next = Object.fromEntries(runs.map((run) => [run.partition, run.found[run.taken]?.offset ?? run.reached]));
  const done = runs.every((run) => run.taken === run.found.length && run.reached >= run.end);
  return { records, next, done, scanned: runs.reduce((sum, run) => sum + run.scanned, 0) };
}

interface Run {
  readonly partition: number;
  readonly found: TopicRecordView[];
  /** Offset behind the last record looked at. */
  reached: number;
  readonly end: number;
  scanned: number;
  taken: number;
}

async function scan(log: TopicLog, request: PageRequest, range: PageRequest["ranges"][number], share: number): Promise<Run> {
  const reader = await log.openReader(request.topic, range.partition, range.start);
  try {
    return await scanOpen(reader, request, range, share);
  } finally {
    await reader.close();
  }
}

async function scanOpen(reader: TopicReader, request: PageRequest, range: PageRequest["ranges"][number], share: number): Promise<Run> {
  const { search, limit } = request;
  const wanted = search?.toLowerCase();
  const run: Run = { partition: range.partition, found: [], reached: reader.offset, end: range.end, scanned: 0, taken: 0 };
  let bytes = 0;
  while (run.reached < range.end && run.found.length < limit && run.scanned < share && bytes < MAX_TEXT_BYTES) {
    const batch = await reader.read(Math.min(READ_AT_ONCE, wanted === undefined ? limit - run.found.length : READ_AT_ONCE), 0);
    if (batch.count === 0) {
      run.reached = Math.min(reader.offset, range.end);
      break;
    }
    for (let i = 0; i < batch.count && run.found.length < limit && bytes < MAX_TEXT_BYTES; i++) {
      const offset = batch.offset(i);
      if (offset >= range.end) {
        run.reached = range.end;
        break;
      }
      run.scanned += 1;
      run.reached = offset + 1;
      const record = view(range.partition, batch, i);
      if (wanted !== undefined && !`${record.key ?? ""}\n${record.text ?? ""}`.toLowerCase().includes(wanted)) continue;
      run.found.push(record);
      bytes += record.text?.length ?? 0;
    }
  }
  return run;
}

/** By time across partitions, keeping each partition's own order. */
function merge(runs: readonly Run[], limit: number): TopicRecordView[] {
  const records: TopicRecordView[] = [];
  while (records.length < limit) {
    let first: Run | undefined;
    for (const run of runs) {
      const head = run.found[run.taken];
      if (head && (!first || head.time < (first.found[first.taken] as TopicRecordView).time)) first = run;
    }
    if (!first) break;
    records.push(first.found[first.taken] as TopicRecordView);
    first.taken += 1;
  }
  return records;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function view(partition: number, batch: Awaited<ReturnType<TopicReader["read"]>>, i: number): TopicRecordView {
  const range = batch.bytes(i);
  const key = batch.key?.(i) ?? null;
  const headers = batch.headers?.(i) ?? [];
  const { text, encoding } =
    range === null ? { text: null, encoding: "utf8" as const } : readable(range.bytes.subarray(range.start, range.end));
  return {
    partition,
    offset: batch.offset(i),
    time: batch.time(i),
    key: key === null ? null : readable(key).text,
    text,
    encoding,
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers.map(([name, value]) => [name, readable(value).text])) }),
  };
}

function readable(bytes: Uint8Array): { text: string; encoding: "utf8" | "base64" } {
  try {
    return { text: utf8.decode(bytes), encoding: "utf8" };
  } catch {
    return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"), encoding: "base64" };
  }
}
