import { type NodeCase, row, type Step, watermark } from "@millrace/engine/node";

const inputs = { in: "common ROW<mid STRING>, page ROW<page_id STRING, last_page_id STRING>, ts BIGINT" };
const isEntry = "page.last_page_id IS NULL OR page.last_page_id = ''";
/** A visit that begins before any second page is a bounce, and so is one after which nothing comes for 10 s. */
const bounce = {
  key: ["common.mid"],
  steps: [
    { is: "row", name: "entry", where: isEntry },
    { is: "row", name: "next_entry", where: isEntry },
  ],
  within: "10 s",
};
/** As the first edition had it: any page that comes next says that the user went on. */
const literal = {
  ...bounce,
  steps: [bounce.steps[0], { is: "row", name: "next", where: "page.page_id IS NOT NULL AND page.page_id <> ''" }],
};

const log = (mid: number, page_id: string, last_page_id: string | undefined, ts: number) => ({
  common: { mid: String(mid) },
  page: { page_id, ...(last_page_id === undefined ? {} : { last_page_id }) },
  ts,
});
const page = (mid: number, page_id: string, last_page_id: string | undefined, ts: number): Step =>
  row(ts, log(mid, page_id, last_page_id, ts));
/** What leaves by which port: the entry page of a bounce, with the time at which that was known. */
const out = (port: string, mid: number, ts: number, time: number): readonly [string, unknown, number] => [
  port,
  log(mid, "home", undefined, ts),
  time,
];

/** Watermarks rise with each record, and are 1 ms behind it. */
const visits: readonly Step[] = [
  page(101, "home", undefined, 10_000),
  watermark(9_999),
  page(102, "home", undefined, 12_000),
  watermark(11_999),
  page(102, "good_list", "home", 15_000),
  watermark(14_999),
  page(103, "home", undefined, 20_000),
  watermark(19_999),
  page(103, "home", undefined, 24_000),
  watermark(23_999),
  page(102, "good_list", "detail", 30_000),
  watermark(29_999),
  page(104, "home", undefined, 60_000),
  watermark(59_999),
];

export const gmallCases: readonly NodeCase[] = [
  {
    name: "finds visits of a single page: the next row is another entry page, or none comes for 10 s",
    params: bounce,
    inputs,
    steps: [...visits, { end: true }],
    emits: [
      out("timeout", 101, 10_000, 20_000),
      out("match", 103, 20_000, 24_000),
      out("timeout", 103, 24_000, 34_000),
      out("timeout", 104, 60_000, 70_000),
    ],
  },
  {
    name: "hides the bounce of 103 when any page may come next, as a second entry page is one",
    params: literal,
    inputs,
    steps: visits,
    // The matches are the visits that went on; nobody needs them there.
    emits: [
      out("timeout", 101, 10_000, 20_000),
      out("match", 102, 12_000, 15_000),
      out("match", 103, 20_000, 24_000),
      out("timeout", 103, 24_000, 34_000),
    ],
  },
  {
    name: "tells a bounce when the watermark has passed its time, not before, though no further row comes",
    params: bounce,
    inputs,
    steps: [
      page(101, "home", undefined, 10_000),
      { ...watermark(19_999), expect: { rows: { match: [], timeout: [] } } },
      { ...watermark(20_000), expect: { rows: { match: [], timeout: [{ value: log(101, "home", undefined, 10_000), time: 20_000 }] } } },
    ],
  },
  {
    name: "takes a next page at 9 999 ms for one in time, and at 10 000 ms for a bounce before it",
    params: bounce,
    inputs,
    steps: [
      page(1, "home", undefined, 10_000),
      page(1, "good_list", "home", 19_999),
      page(2, "home", undefined, 10_000),
      page(2, "good_list", "home", 20_000),
      { ...watermark(30_000), expect: { rows: { match: [], timeout: [{ value: log(2, "home", undefined, 10_000), time: 20_000 }] } } },
    ],
  },
  {
    name: "counts each of three entry pages once: two that another follows, and the last by its time",
    params: bounce,
    inputs,
    steps: [
      page(7, "home", undefined, 1_000),
      page(7, "home", undefined, 2_000),
      page(7, "home", undefined, 3_000),
      watermark(3_000),
      watermark(13_000),
    ],
    emits: [out("match", 7, 1_000, 2_000), out("match", 7, 2_000, 3_000), out("timeout", 7, 3_000, 13_000)],
  },
  {
    name: "lets the whole log out as it came, with members that no schema names",
    params: bounce,
    inputs,
    steps: [
      row(1_000, { ...log(1, "home", undefined, 1_000), err: { code: 7 }, common: { mid: "1", os: "iOS" } }),
      watermark(5_000),
      watermark(11_000),
    ],
    emits: [["timeout", { common: { mid: "1", os: "iOS" }, page: { page_id: "home" }, ts: 1_000, err: { code: 7 } }, 11_000]],
  },
];
