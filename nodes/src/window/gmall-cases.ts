/** The warehouse's visitor measures (VisitorStatsApp): four streams in one shape, summed by region, channel, version and new or old over ten seconds. */
import { type NodeCase, row, type Step, watermark } from "@millrace/engine/node";

/** 2021-02-22 10:00:00 in Shanghai. */
const TEN = Date.UTC(2021, 1, 22, 2);
const SECOND = 1_000;

interface Visitor {
  readonly ar: string;
  readonly ch: string;
  readonly vc: string;
  readonly is_new: string;
}
const A: Visitor = { ar: "110000", ch: "xiaomi", vc: "v2.1.134", is_new: "1" };
const B: Visitor = { ar: "310000", ch: "Appstore", vc: "v2.1.132", is_new: "0" };
const C: Visitor = { ar: "440000", ch: "oppo", vc: "v2.1.134", is_new: "0" };

const inputs = {
  in: "vc STRING, ch STRING, ar STRING, is_new STRING, uv_ct BIGINT, pv_ct BIGINT, sv_ct BIGINT, uj_ct BIGINT, dur_sum BIGINT, ts BIGINT",
};
const NONE = { uv_ct: 0, pv_ct: 0, sv_ct: 0, uj_ct: 0, dur_sum: 0 };
const measured = (visitor: Visitor, second: number, counts: Partial<typeof NONE>): Step => {
  const ts = TEN + second * SECOND;
  return row(ts, { ...visitor, ...NONE, ...counts, ts });
};
/** A page log is one page view, and a session where it is an entry. */
const page = (visitor: Visitor, second: number, isEntry: boolean, dur_sum: number): Step[] => [
  measured(visitor, second, { pv_ct: 1, dur_sum }),
  ...(isEntry ? [measured(visitor, second, { sv_ct: 1 })] : []),
];
const uniqueVisit = (visitor: Visitor, second: number): Step => measured(visitor, second, { uv_ct: 1 });
const jump = (visitor: Visitor, second: number): Step => measured(visitor, second, { uj_ct: 1 });

const stats = (uj: string) => ({
  key: ["vc", "ch", "ar", "is_new"].map((name) => ({ name, value: name })),
  window: { kind: "tumbling", size: "10 s" },
  fields: [
    { name: "stt", value: "DATE_FORMAT(window_start, 'yyyy-MM-dd HH:mm:ss')" },
    { name: "edt", value: "DATE_FORMAT(window_end, 'yyyy-MM-dd HH:mm:ss')" },
    { name: "uv", value: "SUM(uv_ct)" },
    { name: "pv", value: "SUM(pv_ct)" },
    { name: "sv", value: "SUM(sv_ct)" },
    { name: "uj", value: uj },
    { name: "dur_sum", value: "SUM(dur_sum)" },
  ],
});
type Counts = readonly [uv: number, pv: number, sv: number, uj: number, dur_sum: number];
const result = (visitor: Visitor, stt: string, edt: string, [uv, pv, sv, uj, dur_sum]: Counts) => ({
  value: { ...visitor, stt: `2021-02-22 ${stt}`, edt: `2021-02-22 ${edt}`, uv, pv, sv, uj, dur_sum },
});
const gives = (step: Step, ...out: ReturnType<typeof result>[]): Step => ({ ...step, expect: { rows: { out, late: [] } } });
/** The watermark stays so far behind the greatest time. */
const behind = (second: number, delay: number): Step => watermark(TEN + (second - delay) * SECOND - 1);

/** The steps of the worked example up to the sixth. */
const before = (delay: number): Step[] => [
  ...page(A, 1, true, 5_000),
  gives(behind(1, delay)),
  ...page(A, 2, false, 8_000),
  gives(behind(2, delay)),
  ...page(B, 4, true, 3_000),
  gives(behind(4, delay)),
  uniqueVisit(A, 1),
  uniqueVisit(B, 4),
  ...page(A, 14, true, 2_000),
];

export const gmallCases: readonly NodeCase[] = [
  {
    name: "counts a bounce that is known ten seconds later where the watermark waits for it (13 s)",
    params: stats("SUM(uj_ct)"),
    timeZone: "Asia/Shanghai",
    inputs,
    steps: [
      ...before(13),
      gives(behind(14, 13)),
      gives(jump(B, 4)),
      ...page(C, 26, true, 1_000),
      gives(
        behind(26, 13),
        result(A, "10:00:00", "10:00:10", [1, 2, 1, 0, 13_000]),
        result(B, "10:00:00", "10:00:10", [1, 1, 1, 1, 3_000]),
      ),
    ],
  },
  {
    name: "loses the bounce where the watermark waits for 3 s, and the bounces are not summed, as the first edition had it",
    params: stats("FIRST_VALUE(uj_ct)"),
    timeZone: "Asia/Shanghai",
    inputs,
    steps: [
      ...before(3),
      gives(behind(14, 3), result(A, "10:00:00", "10:00:10", [1, 2, 1, 0, 13_000]), result(B, "10:00:00", "10:00:10", [1, 1, 1, 0, 3_000])),
      { ...jump(B, 4), expect: { rows: { out: [], late: [{ value: { ...B, uj_ct: 1 }, exact: false }] } } },
      ...page(C, 26, true, 1_000),
      gives(behind(26, 3), result(A, "10:00:10", "10:00:20", [0, 1, 1, 0, 2_000])),
    ],
  },
];
