/**
 * Page logs from a built-in topic: the first of each device and day, of a million devices, discarded. What comes out is compared with a plain count. Beside it, how long a record takes from its topic to the results at half the rate.
 */
import { FORMAT_VERSION, type PipelineDocument, readDocument } from "@millrace/engine/pipeline";
import type { Work } from "./main.ts";
import { type Paced, pacedP99 } from "./paced.ts";
import { pageLogs, type Records } from "./page-logs.ts";
import { topicPipeline } from "./topic-pipeline.ts";
import { DISCARD } from "./w1.ts";

const TOPIC = "dwd_page_log";
const FIRSTS = "firsts";
const DEVICES = 1_000_000;
const PACED_SECONDS = 10;

export const w3: Work = {
  name: "w3",
  // As for w1, and nine of ten devices are seen.
  usualRecords: 2_000_000,
  perRecordIn: true,
  passes: 3,
  input: (count) => pageLogs(count, DEVICES),
  async prepare(records) {
    const expected = new Set(firstsOf(records)).size;
    const pipeline = await topicPipeline(TOPIC, records, 1);
    return {
      async run() {
        const { run, savepointMs, ...pass } = await pipeline.run(w3Document(DISCARD), "pages");
        const { end, first } = run.nodes();
        const recordsOut = end?.in.in?.total ?? 0;
        if (recordsOut !== expected) throw new Error(`${recordsOut} records are first ones, expected ${expected}`);
        const { keys = 0, memoryBytes = 0, spilledBytes = 0 } = first?.state ?? {};
        const perSecond = records.count / pass.wallSeconds / 2;
        const p99Ms = await pacedP99(w3Document({ type: "topic-sink", params: { topic: FIRSTS } }), [TOPIC], paced(perSecond), {
          perSecond,
          out: FIRSTS,
          idOf: (text) => (JSON.parse(text) as { common: { mid: string } }).common.mid,
        });
        return { ...pass, recordsOut, own: { keys, bytesPerKey: (memoryBytes + spilledBytes) / keys, savepointMs, p99Ms } };
      },
      clear: () => pipeline.clear(),
    };
  },
};

/** Each record's device and day. */
function* firstsOf({ bytes, starts, ends, count }: Records): Iterable<string> {
  for (let i = 0; i < count; i++) {
    const { common, ts } = JSON.parse(bytes.toString("utf8", starts[i], ends[i])) as { common: { mid: string }; ts: number };
    yield `${common.mid} ${Math.floor(ts / 86_400_000)}`;
  }
}

/** The first record of each device has the device as its id; all are of one day. */
function paced(perSecond: number): readonly Paced[] {
  const records = pageLogs(Math.ceil(perSecond * PACED_SECONDS), DEVICES, 2);
  const seen = new Set<string>();
  return Array.from(firstsOf(records), (first, i) => {
    const mid = first.split(" ")[0] as string;
    const isFirst = !seen.has(mid);
    seen.add(mid);
    const record = { bytes: records.bytes, start: records.starts[i] as number, end: records.ends[i] as number };
    return { topic: TOPIC, record, ids: isFirst ? [mid] : [] };
  });
}

function w3Document(end: { readonly type: string; readonly params: object }): PipelineDocument {
  const { document, problems } = readDocument({
    formatVersion: FORMAT_VERSION,
    name: "w3",
    timeZone: "UTC",
    schemas: { page_log: { fields: { common: "ROW<mid STRING>", ts: "BIGINT" } } },
    nodes: {
      pages: { type: "topic-source", name: "Pages", params: { topic: TOPIC, schema: "page_log", from: "earliest" } },
      first: { type: "distinct", name: "First", params: { key: ["common.mid", "CAST(TO_TIMESTAMP_LTZ(ts, 3) AS DATE)"] } },
      end: { name: "End", ...end },
    },
    edges: [
      { from: "pages.out", to: "first.in" },
      { from: "first.out", to: "end.in" },
    ],
  });
  if (!document) throw new Error(JSON.stringify(problems));
  return document;
}
