/**
 * Page logs from a built-in topic: the pattern "an entry page, then none for 10 s" by device, with what timed out. `w5` has a thousand devices, whose rows follow each other within seconds; `w5-keys` a million, so
 * that nearly every entry page is a match and keys come and go. The matches are compared with a plain computation.
 */
import { FORMAT_VERSION, type PipelineDocument, readDocument } from "@millrace/engine/pipeline";
import type { Work } from "./main.ts";
import { pageLogs, type Records } from "./page-logs.ts";
import { topicPipeline } from "./topic-pipeline.ts";

const TOPIC = "dwd_page_log";
const WITHIN_MS = 10_000;

export const w5: Work = work("w5", (count) => pageLogs(count));
export const w5Keys: Work = work("w5-keys", (count) => pageLogs(count, 1_000_000));

function work(name: string, input: (count: number) => Records): Work {
  return {
    name,
    perRecordIn: true,
    input,
    async prepare(records) {
      const expected = plainMatches(records);
      // Rows of one partition rise; of several they would mix by more than the disorder that is allowed.
      const pipeline = await topicPipeline(TOPIC, records, 1);
      return {
        async run() {
          let keys = 0;
          let memory = 0;
          const { run, savepointMs, ...pass } = await pipeline.run(w5Document(), "pages", (handle) => {
            const look = setInterval(() => {
              const state = handle.nodes().bounce?.state;
              if (state !== undefined && state.keys >= keys) {
                keys = state.keys;
                memory = state.memoryBytes + state.spilledBytes;
              }
            }, 100);
            look.unref();
          });
          const recordsOut = run.nodes().end?.in.in?.total ?? 0;
          if (Math.abs(recordsOut - expected) > 0) throw new Error(`${recordsOut} matches, expected ${expected}`);
          return { ...pass, recordsOut, own: { keys, bytesPerKey: keys === 0 ? 0 : memory / keys, savepointMs } };
        },
        clear: () => pipeline.clear(),
      };
    },
  };
}

interface PageLog {
  readonly common: { readonly mid: string };
  readonly page: { readonly last_page_id?: string };
  readonly ts: number;
}

/** Entry pages after which the watermark, 2 s and 1 ms behind the greatest time, passed 10 s without another row of the device. */
function plainMatches({ bytes, starts, ends, count }: Records): number {
  const byDevice = new Map<string, { ts: number; isEntry: boolean }[]>();
  let watermark = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const { common, page, ts } = JSON.parse(bytes.toString("utf8", starts[i], ends[i])) as PageLog;
    const list = byDevice.get(common.mid) ?? [];
    list.push({ ts, isEntry: page.last_page_id === undefined });
    byDevice.set(common.mid, list);
    watermark = Math.max(watermark, ts - 2_001);
  }
  let matches = 0;
  for (const rows of byDevice.values()) {
    rows.sort((a, b) => a.ts - b.ts);
    for (const [i, { ts, isEntry }] of rows.entries()) {
      const next = rows[i + 1]?.ts ?? Number.POSITIVE_INFINITY;
      if (isEntry && next - ts >= WITHIN_MS && ts + WITHIN_MS <= watermark) matches++;
    }
  }
  return matches;
}

export function w5Document(): PipelineDocument {
  const { document, problems } = readDocument({
    formatVersion: FORMAT_VERSION,
    name: "w5",
    schemas: { page_log: { fields: { common: "ROW<mid STRING>", page: "ROW<page_id STRING, last_page_id STRING>", ts: "BIGINT" } } },
    nodes: {
      pages: { type: "topic-source", name: "Pages", params: { topic: TOPIC, schema: "page_log", from: "earliest" } },
      time: { type: "event-time", name: "Time", params: { time: "ts", outOfOrderness: "2 s" } },
      bounce: {
        type: "pattern",
        name: "Bounce",
        params: {
          key: ["common.mid"],
          steps: [
            { is: "row", name: "entry", where: "page.last_page_id IS NULL" },
            { is: "none", name: "more" },
          ],
          within: `${WITHIN_MS} ms`,
          output: {
            do: "fields",
            fields: [
              { name: "mid", value: "entry.common.mid" },
              { name: "page_id", value: "entry.page.page_id" },
              { name: "ts", value: "entry.ts" },
            ],
          },
        },
      },
      end: { type: "discard", name: "End", params: {} },
    },
    edges: [
      { from: "pages.out", to: "time.in" },
      { from: "time.out", to: "bounce.in" },
      { from: "bounce.match", to: "end.in" },
    ],
  });
  if (!document) throw new Error(JSON.stringify(problems));
  return document;
}
