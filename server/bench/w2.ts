/**
 * Page logs from a built-in topic, counted in tumbling windows of ten seconds of their own time by version, channel, area and whether the device is new, and discarded. Before the measured passes the same pipeline writes its
 * results, which are compared with a plain computation. Beside it, what a million open windows take as state.
 */
import { analyze, FORMAT_VERSION, type PipelineDocument, readDocument } from "@millrace/engine/pipeline";
import { Task } from "@millrace/engine/run";
import { nodeTypes } from "../src/documents.ts";
import type { Work } from "./main.ts";
import { type Paced, pacedP99 } from "./paced.ts";
import { JITTER_MS, pageLogs, type Records } from "./page-logs.ts";
import { topicPipeline } from "./topic-pipeline.ts";
import { DISCARD } from "./w1.ts";

const TOPIC = "dwd_page_log";
const CHECKED = "checked";
const WINDOW_MS = 10_000;
const KEYS = 1_000_000;
const PACED_SECONDS = 5;
/** As for w1. */
const RECORDS = 2_000_000;

const KEY = { vc: "common.vc", ch: "common.ch", ar: "common.ar", is_new: "common.is_new" } as const;
const FIELDS = {
  pv: "COUNT(*)",
  during: "SUM(page.during_time)",
  entries: "COUNT(*) FILTER (WHERE page.last_page_id IS NULL)",
  ends: "window_time",
} as const;

function w2Document(
  sink: { readonly type: string; readonly params: object },
  key: Readonly<Record<string, string>> = KEY,
): PipelineDocument {
  const named = (fields: Readonly<Record<string, string>>) => Object.entries(fields).map(([name, value]) => ({ name, value }));
  const { document, problems } = readDocument({
    formatVersion: FORMAT_VERSION,
    name: "w2",
    schemas: {
      page_log: {
        fields: {
          common: "ROW<ar STRING, ba STRING, ch STRING, is_new STRING, md STRING, mid STRING, os STRING, uid STRING, vc STRING>",
          page: "ROW<page_id STRING, last_page_id STRING, during_time BIGINT, item_type STRING, item STRING, source_type STRING>",
          ts: "BIGINT",
        },
      },
    },
    nodes: {
      pages: { type: "topic-source", name: "Pages", params: { topic: TOPIC, schema: "page_log", from: "earliest" } },
      time: { type: "event-time", name: "Time", params: { time: "ts", outOfOrderness: `${JITTER_MS} ms` } },
      window: {
        type: "window",
        name: "Window",
        params: { key: named(key), window: { kind: "tumbling", size: "10 s" }, fields: named(FIELDS) },
      },
      end: { name: "End", ...sink },
    },
    edges: [
      { from: "pages.out", to: "time.in" },
      { from: "time.out", to: "window.in" },
      { from: "window.out", to: "end.in" },
    ],
  });
  if (!document) throw new Error(JSON.stringify(problems));
  return document;
}

export function w2Work(): Work {
  let isChecked = false;
  let state: Record<string, number> | undefined;
  let p99Ms: number | undefined;
  return {
    name: "w2",
    usualRecords: RECORDS,
    perRecordIn: true,
    async prepare(records) {
      const pipeline = await topicPipeline(TOPIC, records, 1);
      return {
        async run() {
          if (!isChecked) {
            await pipeline.run(w2Document({ type: "topic-sink", params: { topic: CHECKED } }), "pages");
            const found = (await pipeline.texts(CHECKED)).map((text) => JSON.parse(text) as Result);
            checkResults(found, plainResults(records));
            isChecked = true;
          }
          state ??= stateOfManyKeys();
          const { run, ...pass } = await pipeline.run(w2Document(DISCARD), "pages");
          // Once is enough: it takes as long as a pass.
          p99Ms ??= await latency(records.count / pass.wallSeconds / 2);
          return { ...pass, recordsOut: run.nodes().end?.in.in?.total ?? 0, own: { ...state, p99Ms } };
        },
        clear: () => pipeline.clear(),
      };
    },
  };
}

interface Result {
  readonly vc: string;
  readonly ch: string;
  readonly ar: string;
  readonly is_new: string;
  readonly pv: number;
  readonly during: number;
  readonly entries: number;
  readonly ends: string;
}

type Sums = { pv: number; during: number; entries: number };

function plainResults({ bytes, starts, ends, count }: Records): ReadonlyMap<string, Sums> {
  const all = new Map<string, Sums>();
  for (let i = 0; i < count; i++) {
    const { common, page, ts } = JSON.parse(bytes.toString("utf8", starts[i], ends[i])) as {
      common: Result;
      page: { during_time: number; last_page_id?: string };
      ts: number;
    };
    const end = ts - (ts % WINDOW_MS) + WINDOW_MS - 1;
    const key = idOf({ ...common, ends: end });
    const sums = all.get(key) ?? { pv: 0, during: 0, entries: 0 };
    all.set(key, sums);
    sums.pv++;
    sums.during += page.during_time;
    if (page.last_page_id === undefined) sums.entries++;
  }
  return all;
}

/** From the record by which the watermark reaches a window's end being in the topic to the window's result being seen. */
async function latency(perSecond: number): Promise<number> {
  const records = pageLogs(Math.ceil(perSecond * PACED_SECONDS), undefined, 2);
  const open = new Map<number, Set<string>>();
  let watermark = Number.NEGATIVE_INFINITY;
  const paced = Array.from({ length: records.count }, (_, i): Paced => {
    const [start, end] = [records.starts[i] as number, records.ends[i] as number];
    const { common, ts } = JSON.parse(records.bytes.toString("utf8", start, end)) as { common: Result; ts: number };
    const last = ts - (ts % WINDOW_MS) + WINDOW_MS - 1;
    const ids = open.get(last) ?? new Set();
    open.set(last, ids.add(idOf({ ...common, ends: last })));
    watermark = Math.max(watermark, ts - JITTER_MS - 1);
    const over = [...open.keys()].filter((time) => time <= watermark);
    const given = over.flatMap((time) => [...(open.get(time) as Set<string>)]);
    for (const time of over) open.delete(time);
    return { topic: TOPIC, record: { bytes: records.bytes, start, end }, ids: given };
  });
  return pacedP99(w2Document({ type: "topic-sink", params: { topic: CHECKED } }), [TOPIC], paced, {
    perSecond,
    out: CHECKED,
    idOf: (text) => {
      const result = JSON.parse(text) as Result;
      return idOf({ ...result, ends: Date.parse(result.ends.replace(" ", "T")) });
    },
  });
}

function idOf({ vc, ch, ar, is_new, ends }: Omit<Result, "pv" | "during" | "entries" | "ends"> & { readonly ends: number }): string {
  return [vc, ch, ar, is_new, ends].join();
}

/** The run is stopped, so windows that are open at the end give nothing; each that was given must be right, and given once. */
function checkResults(found: readonly Result[], expected: ReadonlyMap<string, Sums>): void {
  const seen = new Set<string>();
  for (const { vc, ch, ar, is_new, ends, ...sums } of found) {
    const key = idOf({ vc, ch, ar, is_new, ends: Date.parse(ends.replace(" ", "T")) });
    const wanted = expected.get(key);
    if (seen.has(key) || JSON.stringify(wanted) !== JSON.stringify(sums))
      throw new Error(`w2 gives ${JSON.stringify(sums)} for ${key}, expected ${JSON.stringify(wanted)} once`);
    seen.add(key);
  }
  if (seen.size < expected.size / 2) throw new Error(`w2 gives ${seen.size} of ${expected.size} results`);
}

/** A million keys with one open window each: bytes of a snapshot for each, and how long the task stands still for one. */
function stateOfManyKeys(): Record<string, number> {
  const { graph } = analyze(w2Document(DISCARD, { mid: "common.mid" }), new Map([...nodeTypes].map(([type, { spec }]) => [type, spec])));
  const task = new Task({ graph, nodeTypes, now: () => 0, seed: "w2", onDeadLetter: () => undefined });
  const encoder = new TextEncoder();
  for (let i = 0; i < KEYS; i++) {
    const bytes = encoder.encode(`{"common":{"mid":"mid_${i}"},"page":{"during_time":${1_000 + (i % 19_000)}},"ts":${i % 10_000}}`);
    task.pushText("pages", { bytes, start: 0, end: bytes.length }, 0);
  }
  const begun = performance.now();
  let bytes = 0;
  for (const entry of task.snapshot(true)) if ("key" in entry) bytes += entry.key.key.length + (entry.key.state?.length ?? 0);
  const snapshotMs = performance.now() - begun;
  const { keys, memoryBytes } = task.counts().window?.state ?? { keys: 0, memoryBytes: 0 };
  if (keys !== KEYS) throw new Error(`${keys} windows are open, expected ${KEYS}`);
  return {
    stateBytesPerKey: Math.round(bytes / keys),
    memoryBytesPerKey: Math.round(memoryBytes / keys),
    snapshotMsAtAMillionKeys: Math.round(snapshotMs),
  };
}
