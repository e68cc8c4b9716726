/**
 * Page logs from a built-in topic: the pattern "an entry page, then none for 10 s" by device, with what timed out. `w5` has a thousand devices, whose rows follow each other within seconds; `w5-keys` a million, so
 * that nearly every entry page is a match and keys come and go. The matches are compared with a plain computation.
 */
import { FORMAT_VERSION, type PipelineDocument, readDocument } from "@millrace/engine/pipeline";
import type { Work } from "./main.ts";
import { type Paced, pacedP99 } from "./paced.ts";
import { pageLogs, type Records } from "./page-logs.ts";
import { topicPipeline } from "./topic-pipeline.ts";
import { DISCARD } from "./w1.ts";

const TOPIC = "dwd_page_log";
const MATCHES = "matches";
const WITHIN_MS = 10_000;
const PACED_SECONDS = 6;

export const w5: Work = work("w5", (count) => pageLogs(count));
export const w5Keys: Work = work("w5-keys", (count) => pageLogs(count, 1_000_000));

function work(name: string, input: (count: number) => Records): Work {
  let p99Ms: number | undefined;
  return {
    name,
    perRecordIn: true,
    input,
    async prepare(records) {
      const expected = plainMatches(records).matches.length;
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
          if (recordsOut !== expected) throw new Error(`${recordsOut} matches, expected ${expected}`);
          const own = { keys, bytesPerKey: keys === 0 ? 0 : memory / keys, savepointMs };
          // Once is enough: it takes as long as a pass.
          p99Ms ??= await latency(input, records.count / pass.wallSeconds / 2);
          return { ...pass, recordsOut, own: { ...own, p99Ms } };
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

/** From the record by which the watermark passes the end of an entry page's 10 s being in the topic to the match's being seen. */
async function latency(input: (count: number) => Records, perSecond: number): Promise<number> {
  const records = input(Math.ceil(perSecond * PACED_SECONDS));
  const { matches, marks } = plainMatches(records);
  // In the order in which the watermark reaches them.
  matches.sort((a, b) => a.until - b.until);
  let next = 0;
  const paced = Array.from({ length: records.count }, (_, i): Paced => {
    const ids: string[] = [];
    for (; next < matches.length && (matches[next] as Match).until <= (marks[i] as number); next++) ids.push((matches[next] as Match).id);
    return { topic: TOPIC, record: { bytes: records.bytes, start: records.starts[i] as number, end: records.ends[i] as number }, ids };
  });
  return pacedP99(w5Document({ type: "topic-sink", params: { topic: MATCHES } }), [TOPIC], paced, {
    perSecond,
    out: MATCHES,
    idOf: (text) => {
      const { mid, ts } = JSON.parse(text) as { mid: string; ts: number };
      return `${mid} ${ts}`;
    },
  });
}

interface Match {
  readonly id: string;
  readonly until: number;
}

/** Entry pages after which the watermark, 2 s and 1 ms behind the greatest time, passed 10 s without another row of the device; and the watermark behind each record. */
function plainMatches({ bytes, starts, ends, count }: Records): { readonly matches: Match[]; readonly marks: Float64Array } {
  const marks = new Float64Array(count);
  const byDevice = new Map<string, { ts: number; isEntry: boolean }[]>();
  let watermark = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const { common, page, ts } = JSON.parse(bytes.toString("utf8", starts[i], ends[i])) as PageLog;
    const list = byDevice.get(common.mid) ?? [];
    list.push({ ts, isEntry: page.last_page_id === undefined });
    byDevice.set(common.mid, list);
    watermark = Math.max(watermark, ts - 2_001);
    marks[i] = watermark;
  }
  const matches: Match[] = [];
  for (const [mid, rows] of byDevice) {
    rows.sort((a, b) => a.ts - b.ts);
    for (const [i, { ts, isEntry }] of rows.entries()) {
      const next = rows[i + 1]?.ts ?? Number.POSITIVE_INFINITY;
      if (isEntry && next - ts >= WITHIN_MS && ts + WITHIN_MS <= watermark) matches.push({ id: `${mid} ${ts}`, until: ts + WITHIN_MS });
    }
  }
  return { matches, marks };
}

export function w5Document(end: { readonly type: string; readonly params: object } = DISCARD): PipelineDocument {
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
      end: { name: "End", ...end },
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
