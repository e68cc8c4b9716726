/**
 * Page logs from a built-in topic: `page_id = 'good_detail'` is kept, six fields are projected, and discarded (which reads all of them). Before the measured passes the same
 * pipeline writes its rows, and a sum over their fields is compared with a plain computation.
 */
import { FORMAT_VERSION, type PipelineDocument, readDocument } from "@millrace/engine/pipeline";
import type { Work } from "./main.ts";
import type { Records } from "./page-logs.ts";
import { topicPipeline } from "./topic-pipeline.ts";

const TOPIC = "dwd_page_log";
const CHECKED = "checked";
/** A stream goes on for hours. A run's threads are new, and V8 spends 0.2 s of CPU on compiling them: with a million records that is a tenth of the floor. */
const RECORDS = 2_000_000;

/** Field of the output → expression. */
const FIELDS = {
  mid: "common.mid",
  uid: "common.uid",
  page_id: "page.page_id",
  item: "page.item",
  during_time: "page.during_time",
  ts: "ts",
} as const;

export function w1Document(sink: { readonly type: string; readonly params: object }, parallelism = 1): PipelineDocument {
  const { document, problems } = readDocument({
    formatVersion: FORMAT_VERSION,
    name: "w1",
    parallelism,
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
      details: { type: "filter", name: "Details", params: { when: "page.page_id = 'good_detail'" } },
      six: { type: "select", name: "Six fields", params: { fields: Object.entries(FIELDS).map(([name, value]) => ({ name, value })) } },
      end: { name: "End", ...sink },
    },
    edges: [
      { from: "pages.out", to: "details.in" },
      { from: "details.out", to: "six.in" },
      { from: "six.out", to: "end.in" },
    ],
  });
  if (!document) throw new Error(JSON.stringify(problems));
  return document;
}

export const DISCARD = { type: "discard", params: {} } as const;

export function w1Work(name: string, parallelism: number): Work {
  let isChecked = false;
  return {
    name,
    usualRecords: RECORDS,
    perRecordIn: true,
    async prepare(records) {
      const pipeline = await topicPipeline(TOPIC, records);
      return {
        async run() {
          if (!isChecked) {
            await pipeline.run(w1Document({ type: "topic-sink", params: { topic: CHECKED } }, parallelism), "pages");
            const found = sumOf((await pipeline.texts(CHECKED)).map((text) => JSON.parse(text) as Projected));
            const expected = plainSum(records);
            if (found !== expected) throw new Error(`the sum over w1's fields is ${found}, expected ${expected}`);
            isChecked = true;
          }
          const { run, ...pass } = await pipeline.run(w1Document(DISCARD, parallelism), "pages");
          return { ...pass, recordsOut: run.nodes().end?.in.in?.total ?? 0 };
        },
        clear: () => pipeline.clear(),
      };
    },
  };
}

interface PageLog {
  readonly common: { readonly mid: string; readonly uid: string };
  readonly page: { readonly page_id: string; readonly item: string; readonly during_time: number };
  readonly ts: number;
}

interface Projected {
  readonly mid: string;
  readonly uid: string;
  readonly page_id: string;
  readonly item: string;
  readonly during_time: number;
  readonly ts: number;
}

/** What w1 makes of a record, as the bytes that a sink writes; undefined where it keeps none. */
export function plainW1(record: Buffer): Buffer | undefined {
  const { common, page, ts } = JSON.parse(record.toString()) as PageLog;
  if (page.page_id !== "good_detail") return undefined;
  const { page_id, item, during_time } = page;
  return Buffer.from(JSON.stringify({ mid: common.mid, uid: common.uid, page_id, item, during_time, ts }));
}

function sumOf(rows: readonly Projected[]): number {
  let sum = 0;
  for (const { mid, uid, page_id, item, during_time, ts } of rows)
    sum += mid.length + Number(uid) + page_id.length + Number(item) + during_time + (ts % 1_000_000);
  return sum;
}

function plainSum({ bytes, starts, ends, count }: Records): number {
  const rows: Projected[] = [];
  for (let i = 0; i < count; i++) {
    const row = plainW1(bytes.subarray(starts[i], ends[i]));
    if (row) rows.push(JSON.parse(row.toString()) as Projected);
  }
  return sumOf(rows);
}
