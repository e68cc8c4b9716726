/**
 * Every inequality of event time that a node type decides, as a table: what comes out one millisecond (or one unit) below the boundary, at it and above it. Where Flink's code decides it is said beside.
 * `boundaries.test.ts` plays all of it in order, restarted and rescaled anywhere.
 */
import { row, type Step, watermark } from "@millrace/engine/node";

export interface Boundary {
  /** The rule, as people say it. */
  readonly rule: string;
  readonly node: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, string>>;
  /** The same steps but for what lies at the boundary: `d` is -1, 0 or 1. */
  readonly steps: (d: number) => readonly Step[];
  /** Rows by port, for below, at and above; ports that give nothing are left out. */
  readonly gives: readonly [Gives, Gives, Gives];
  /** Rows that come twice change nothing. */
  readonly twice?: true;
}
type Gives = Readonly<Record<string, number>>;

const k = "a";
const at = (time: number, v = 0): Step => row(time, { k, v });
const left = (time: number): Step => row(time, { k, v: 1 }, "left");
const right = (time: number): Step => row(time, { k, v: 2 }, "right");
const both = (time: number): Step => ({ watermark: { left: time, right: time } });
const clock = (time: number): Step => ({ clock: time });

const window = (shape: object, more: object = {}) => ({
  key: [{ name: "k", value: "k" }],
  window: shape,
  fields: [{ name: "n", value: "COUNT(*)" }],
  ...more,
});
const tumbling = { kind: "tumbling", size: "10 s" };
const pattern = {
  key: ["k"],
  steps: [
    { is: "row", name: "a", where: "v = 0" },
    { is: "row", name: "b", follows: "next", where: "v = 1" },
  ],
  within: "10 s",
  output: { do: "row" },
};
const interval = { leftKey: ["k"], rightKey: ["k"], lower: "-5 s", upper: "5 s", joined: { as: "nested" } };
const temporal = { leftKey: ["k"], rightKey: ["k"], joined: { as: "nested" } };
const byTime = { key: ["k"], order: { by: "time" } };
const windowRow = (time: number, ends: number): Step => row(time, { k, v: 0, ends });
const KV = { in: "k STRING, v INT" };
const ENDS = { in: "k STRING, v INT, ends BIGINT" };
const SIDES = { left: "k STRING, v INT", right: "k STRING, v INT" };

export const BOUNDARIES: readonly Boundary[] = [
  {
    rule: "a window holds its start and not its end (TimeWindow.getWindowStartWithOffset)",
    node: "window",
    params: window(tumbling),
    steps: (d) => [at(10_000 + d), watermark(9_999)],
    gives: [{ out: 1 }, {}, {}],
  },
  {
    rule: "a window fires when the watermark reaches its last millisecond (EventTimeTrigger)",
    node: "window",
    params: window(tumbling),
    steps: (d) => [at(5_000), at(1_000), watermark(9_999 + d)],
    gives: [{}, { out: 1 }, { out: 1 }],
  },
  {
    rule: "a row is late when the watermark has reached the last millisecond of its window (WindowOperator.isWindowLate)",
    node: "window",
    params: window(tumbling),
    steps: (d) => [watermark(9_999 + d), at(9_999)],
    gives: [{}, { late: 1 }, { late: 1 }],
  },
  {
    rule: "and with allowed lateness when it has reached that plus the lateness (WindowOperator.cleanupTime)",
    node: "window",
    params: window(tumbling, { lateness: "5 s" }),
    steps: (d) => [watermark(14_999 + d), at(5_000)],
    gives: [{ out: 1 }, { late: 1 }, { late: 1 }],
  },
  {
    rule: "a session goes on at exactly the gap (TimeWindow.intersects)",
    node: "window",
    params: window({ kind: "session", gap: "10 s" }),
    steps: (d) => [at(1_000), at(11_000 + d), watermark(60_000)],
    gives: [{ out: 1 }, { out: 1 }, { out: 2 }],
  },
  {
    rule: "windowing table functions drop a row when its last window is over (TimeWindowUtil.isWindowFired)",
    node: "window",
    params: window({ kind: "sliding", size: "10 s", every: "5 s" }, { rules: "tvf" }),
    steps: (d) => [watermark(9_999 + d), at(4_999), watermark(60_000)],
    gives: [{ out: 1 }, {}, {}],
  },
  {
    rule: "a pattern takes a row at the watermark for late (CepOperator.processElement)",
    node: "pattern",
    params: pattern,
    steps: (d) => [watermark(5_000), at(5_000 + d), watermark(30_000)],
    gives: [{ late: 1 }, { late: 1 }, { timeout: 1 }],
  },
  {
    rule: "a match at exactly its longest time is out (NFA.isStateTimedOut)",
    node: "pattern",
    params: pattern,
    steps: (d) => [at(11_000 + d, 1), at(1_000), watermark(30_000)],
    gives: [{ match: 1 }, { timeout: 1 }, { timeout: 1 }],
  },
  {
    rule: "a partial match times out when the watermark reaches its time (CepOperator.advanceTime)",
    node: "pattern",
    params: pattern,
    steps: (d) => [at(1_000), watermark(11_000 + d)],
    gives: [{}, { timeout: 1 }, { timeout: 1 }],
  },
  {
    rule: "an interval's lower bound is in it (IntervalJoinOperator)",
    node: "interval-join",
    params: interval,
    steps: (d) => [left(20_000), right(15_000 + d)],
    gives: [{}, { joined: 1 }, { joined: 1 }],
  },
  {
    rule: "an interval's upper bound is in it (IntervalJoinOperator)",
    node: "interval-join",
    params: interval,
    steps: (d) => [left(20_000), right(25_000 + d)],
    gives: [{ joined: 1 }, { joined: 1 }, {}],
  },
  {
    rule: "a lower bound that is left out is not (lowerBoundExclusive)",
    node: "interval-join",
    params: { ...interval, lowerIncluded: false },
    steps: (d) => [left(20_000), right(15_000 + d)],
    gives: [{}, {}, { joined: 1 }],
  },
  {
    rule: "an upper bound that is left out is not (upperBoundExclusive)",
    node: "interval-join",
    params: { ...interval, upperIncluded: false },
    steps: (d) => [left(20_000), right(25_000 + d)],
    gives: [{ joined: 1 }, {}, {}],
  },
  {
    rule: "an interval join takes a row at the watermark, and none behind it (IntervalJoinOperator.isLate)",
    node: "interval-join",
    params: interval,
    steps: (d) => [right(22_000), both(20_000), left(20_000 + d)],
    gives: [{ lateLeft: 1 }, { joined: 1 }, { joined: 1 }],
  },
  {
    rule: "a left row goes when the watermark reaches its last partner's time (IntervalJoinOperator.onEventTime)",
    node: "interval-join",
    params: interval,
    steps: (d) => [left(20_000), both(25_000 + d), right(25_001)],
    // The partner lies beyond the bound: what is seen is whether the left row has left.
    gives: [{}, { unmatchedLeft: 1 }, { unmatchedLeft: 1 }],
  },
  {
    rule: "a temporal join takes a left row at the watermark for late (TemporalRowTimeJoinOperator)",
    node: "temporal-join",
    params: temporal,
    steps: (d) => [right(1_000), both(5_000), left(5_000 + d), both(9_000)],
    gives: [{ late: 1 }, { late: 1 }, { joined: 1 }],
    twice: true,
  },
  {
    rule: "a version holds from its own time on (TemporalRowTimeJoinOperator.latestRightRowToJoin)",
    node: "temporal-join",
    params: temporal,
    steps: (d) => [left(5_000), right(5_000 + d), both(9_000)],
    gives: [{ joined: 1 }, { joined: 1 }, { unmatched: 1 }],
    twice: true,
  },
  {
    rule: "a left row leaves when both watermarks have reached it (TemporalRowTimeJoinOperator.onEventTime)",
    node: "temporal-join",
    params: temporal,
    steps: (d) => [right(1_000), left(5_000), watermark(9_000, "left"), watermark(5_000 + d, "right")],
    gives: [{}, { joined: 1 }, { joined: 1 }],
    twice: true,
  },
  {
    rule: "the first by time is replaced by an earlier one alone (RowTimeDeduplicateFunction)",
    node: "distinct",
    params: { ...byTime, changes: "upsert" },
    steps: (d) => [at(5_000), at(5_000 + d, 1)],
    gives: [{ out: 2 }, { out: 1 }, { out: 1 }],
  },
  {
    rule: "the last by time is replaced by one of the same time too (RowTimeDeduplicateFunction)",
    node: "distinct",
    params: { ...byTime, keep: "last", changes: "upsert" },
    steps: (d) => [at(5_000), at(5_000 + d, 1)],
    gives: [{ out: 1 }, { out: 2 }, { out: 2 }],
  },
  {
    rule: "the first by the watermark takes a row at the watermark, and none behind it (RowTimeDeduplicateKeepFirstRowFunction)",
    node: "distinct",
    params: { ...byTime, emit: "watermark" },
    steps: (d) => [watermark(5_000), at(5_000 + d), watermark(9_000)],
    gives: [{ late: 1 }, { out: 1 }, { out: 1 }],
    twice: true,
  },
  {
    rule: "the first by the watermark leaves when that reaches it",
    node: "distinct",
    params: { ...byTime, emit: "watermark" },
    steps: (d) => [at(6_000), at(5_000), watermark(5_000 + d)],
    gives: [{}, { out: 1 }, { out: 1 }],
    twice: true,
  },
  {
    rule: "a window's one row leaves when the watermark reaches its last millisecond (RowTimeWindowDeduplicate)",
    node: "distinct",
    params: { ...byTime, emit: "watermark", windowEnd: "ends" },
    inputs: ENDS,
    steps: (d) => [windowRow(2_000, 10_000), windowRow(1_000, 10_000), watermark(9_999 + d)],
    gives: [{}, { out: 1 }, { out: 1 }],
    twice: true,
  },
  {
    rule: "a row is late for that when the watermark is there (TimeWindowUtil.isWindowFired)",
    node: "distinct",
    params: { ...byTime, emit: "watermark", windowEnd: "ends" },
    inputs: ENDS,
    steps: (d) => [watermark(9_999 + d), windowRow(1_000, 10_000)],
    gives: [{}, { late: 1 }, { late: 1 }],
  },
  {
    rule: "a row that is equal to the last of the first N is not among them (TopNBuffer.checkSortKeyInBufferRange)",
    node: "top-n",
    params: { key: ["k"], orderBy: [{ value: "v" }], n: "1", changes: "upsert" },
    steps: (d) => [at(1_000, 5), at(1_000, 5 + d)],
    gives: [{ out: 1 }, { out: 1 }, { out: 2 }],
  },
  {
    rule: "a window's first N leave when the watermark reaches its last millisecond (WindowRank)",
    node: "top-n",
    params: { key: ["k"], orderBy: [{ value: "v" }], n: "3", windowEnd: "ends" },
    inputs: ENDS,
    steps: (d) => [windowRow(2_000, 10_000), windowRow(1_000, 10_000), watermark(9_999 + d)],
    gives: [{}, { out: 2 }, { out: 2 }],
  },
  {
    rule: "sorting takes no row of a time that has left already (RowTimeSortOperator)",
    node: "sort-by-time",
    params: { key: ["k"] },
    steps: (d) => [at(5_000), watermark(5_000), at(5_000 + d), watermark(9_000)],
    gives: [{ out: 1, late: 1 }, { out: 1, late: 1 }, { out: 2 }],
  },
  {
    rule: "sorted rows leave when the watermark reaches them",
    node: "sort-by-time",
    params: { key: ["k"] },
    steps: (d) => [at(6_000), at(5_000), watermark(5_000 + d)],
    gives: [{}, { out: 1 }, { out: 1 }],
  },
  {
    rule: "state is over when its time to live is reached (TtlUtils.expired)",
    node: "distinct",
    params: { key: ["k"], forgetAfter: "10 s" },
    steps: (d) => [clock(0), at(1), clock(10_000 + d), at(2)],
    gives: [{ out: 1 }, { out: 2 }, { out: 2 }],
  },
];

/** What the runtime decides, and what is asked of the clock: where the three sides are shown. */
export const ELSEWHERE: readonly { readonly rule: string; readonly file: string; readonly test: string }[] = [
  {
    rule: "the watermark is the greatest time, less the disorder, less one millisecond (BoundedOutOfOrdernessWatermarks)",
    file: "nodes/src/event-time/event-time.test.ts",
    test: "is always the greatest time seen, less the disorder, less one millisecond",
  },
  {
    rule: "idle for more than the time, from the first look that saw nothing (WatermarksWithIdleness)",
    file: "nodes/src/event-time/idleness.test.ts",
    test: "begins when more than the time has passed since the first look that saw nothing, not before",
  },
  {
    rule: "an input back from idle counts from the watermark on that was let out last (StatusWatermarkValve)",
    file: "engine/src/run/watermark.test.ts",
    test: "counts an input that is back from idle only once it has caught up",
  },
  {
    rule: "the last input that goes idle lets the greatest watermark through (StatusWatermarkValve)",
    file: "engine/src/run/watermark.test.ts",
    test: "flushes the largest watermark when the last active input goes idle and held the minimum",
  },
  {
    rule: "a split is quiet for longer than the limit (SourceOutput)",
    file: "engine/src/run/watermark.test.ts",
    test: "leaves out a split that was quiet for longer than the limit, at the limit not yet",
  },
  {
    rule: "a lookup times out at exactly its time (AsyncWaitOperator)",
    file: "nodes/src/lookup/cases.ts",
    test: "gives up on an answer that takes too long, exactly at the timeout, and ignores it when it comes",
  },
  {
    rule: "time to live ends at the limit, for values, map entries and list elements (TtlUtils.expired)",
    file: "engine/src/state/keyed-state.test.ts",
    test: "is over at the limit already",
  },
  {
    rule: "rows kept by SQL's interval join go one millisecond after their last partner (TimeIntervalJoin)",
    file: "nodes/src/interval-join/cases.ts",
    test: "lets unmatched rows out with SQL's rules one millisecond behind their last partner, with their own time",
  },
  {
    rule: "a window of a zone ends by its clock, where that is changed too (TimeWindowUtil.toEpochMillsForTimer)",
    file: "nodes/src/window/zone-cases.ts",
    test: "a window that ends in a skipped hour is over when that begins",
  },
];

export const inputsOf = ({ inputs, node }: Boundary): Readonly<Record<string, string>> => inputs ?? (node.endsWith("-join") ? SIDES : KV);
