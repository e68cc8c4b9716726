import { type NodeCase, row, type Step, watermark } from "@millrace/engine/node";
import type { ChangelogMode, RowKind } from "@millrace/engine/schema";

const inputs = { in: "k STRING, id INT, v INT" };
const best = { key: ["k"], orderBy: [{ value: "v" }], n: "2" };
const ranked = { ...best, rank: "rank" };
const byId: ChangelogMode = { mode: "upsert", key: ["k", "id"] };
const upsert = { ...best, rowKey: ["id"] };
const better = { ...upsert, updates: "better" };
const retract = { changelogs: { in: { mode: "retract" } as const } };

const came = (id: number, v: number | null, kind: RowKind = "+I", k = "a"): Step => ({
  rows: { in: [{ value: { k, id, v }, time: 5, kind }] },
});
/** Of the key "a"; `rank` where it is told. */
type Told = readonly [kind: RowKind, id: number, v: number | null, rank?: number];
const tells = (step: Step, ...told: readonly Told[]): Step => ({
  ...step,
  expect: {
    ...step.expect,
    rows: { out: told.map(([kind, id, v, rank]) => ({ value: { k: "a", id, v, ...(rank && { rank }) }, kind, time: 5 })) },
    ordered: true,
  },
});
const drops = (step: Step, reason: string, count: number): Step => ({
  ...step,
  expect: { rows: { out: [] }, counters: { [`dropped.${reason}`]: count } },
});

const window = { key: ["k"], orderBy: [{ value: "v" }], n: "2", windowEnd: "ends", rank: "rank" };
const inWindow = (ends: number, id: number, v: number, k = "a"): Step => row(1, { k, id, v, ends });
const windowInputs = { in: "k STRING, id INT, v INT, ends BIGINT" };

export const cases: readonly NodeCase[] = [
  {
    name: "keeps the greatest two of each key, and takes back what falls out",
    params: best,
    inputs,
    steps: [
      tells(came(1, 10), ["+I", 1, 10]),
      tells(came(2, 30), ["+I", 2, 30]),
      drops(came(3, 9), "beyond", 1),
      drops(came(4, 10), "beyond", 2),
      tells(came(5, 11), ["-D", 1, 10], ["+I", 5, 11]),
      { ...came(6, 1, "+I", "b"), expect: { rows: { out: [{ value: { k: "b", id: 6, v: 1 }, kind: "+I" }] } } },
    ],
  },
  {
    name: "tells every rank that changes where rows have their rank",
    params: ranked,
    inputs,
    steps: [
      tells(came(1, 10), ["+I", 1, 10, 1]),
      tells(came(2, 30), ["-U", 1, 10, 1], ["+U", 2, 30, 1], ["+I", 1, 10, 2]),
      tells(came(3, 20), ["-U", 1, 10, 2], ["+U", 3, 20, 2]),
      drops(came(4, 20), "beyond", 1),
    ],
  },
  {
    name: "tells new ranks alone where changes go by their key",
    params: { ...ranked, changes: "upsert" },
    inputs,
    steps: [tells(came(1, 10), ["+I", 1, 10, 1]), tells(came(2, 30), ["+U", 2, 30, 1], ["+I", 1, 10, 2])],
  },
  {
    name: "leaves the first ranks out",
    params: { ...best, firstRank: 2 },
    inputs,
    steps: [tells(came(1, 10)), tells(came(2, 30), ["+I", 1, 10]), tells(came(3, 20), ["-U", 1, 10], ["+U", 3, 20])],
  },
  {
    name: "keeps the first that come, for good, without an order",
    params: { key: ["k"], n: "2", rank: "rank" },
    inputs,
    steps: [tells(came(1, 10), ["+I", 1, 10, 1]), tells(came(1, 10), ["+I", 1, 10, 2]), drops(came(3, 30), "beyond", 1)],
  },
  {
    name: "says of the best one that it has become another",
    params: { ...best, n: "1" },
    inputs,
    steps: [tells(came(1, 10), ["+I", 1, 10]), drops(came(2, 10), "beyond", 1), tells(came(3, 11), ["-U", 1, 10], ["+U", 3, 11])],
  },
  {
    name: "ranks all rows together without a key",
    params: { orderBy: [{ value: "v", direction: "ascending" }], n: "1", changes: "upsert" },
    inputs,
    steps: [tells(came(1, 10), ["+I", 1, 10]), tells(came(2, 9), ["-U", 1, 10], ["+U", 2, 9])],
  },
  {
    name: "compares by the next value where one is equal; NULL is the least",
    params: { ...best, orderBy: [{ value: "v" }, { value: "id", direction: "ascending" }], n: "3", rank: "rank" },
    inputs,
    steps: [
      tells(came(1, null), ["+I", 1, null, 1]),
      tells(came(3, 1), ["-U", 1, null, 1], ["+U", 3, 1, 1], ["+I", 1, null, 2]),
      tells(came(2, 1), ["-U", 3, 1, 1], ["+U", 2, 1, 1], ["-U", 1, null, 2], ["+U", 3, 1, 2], ["+I", 1, null, 3]),
    ],
  },
  {
    name: "puts NULL where it is told to",
    params: { ...best, orderBy: [{ value: "v", nulls: "first" }], n: "1" },
    inputs,
    steps: [tells(came(1, 9), ["+I", 1, 9]), tells(came(2, null), ["-U", 1, 9], ["+U", 2, null])],
  },
  {
    name: "takes as many as the first row of the key says",
    params: { ...best, n: "id" },
    inputs,
    steps: [tells(came(1, 10), ["+I", 1, 10]), drops(came(2, 9), "beyond", 1), tells(came(3, 11), ["-D", 1, 10], ["+I", 3, 11])],
  },
  {
    name: "sends a row that does not say how many to the error port",
    params: { ...best, n: "id" },
    inputs,
    steps: [
      {
        rows: { in: [{ value: { k: "a", id: null, v: 1 }, time: 1 }] },
        expect: { rows: { out: [], error: [{ value: { code: "top-n.no-number" }, exact: false }] } },
      },
    ],
  },
  {
    name: "lets a row come up when one before it is taken back",
    params: best,
    inputs,
    ...retract,
    steps: [
      tells(came(1, 30), ["+I", 1, 30]),
      tells(came(2, 20), ["+I", 2, 20]),
      tells(came(3, 10)),
      tells(came(4, 10)),
      tells(came(1, 30, "-D"), ["-D", 1, 30], ["+I", 3, 10]),
      tells(came(3, 10, "-U"), ["-D", 3, 10], ["+I", 4, 10]),
      tells(came(4, 40, "+U"), ["-D", 4, 10], ["+I", 4, 40]),
      drops(came(9, 9, "-D"), "unknown", 1),
    ],
  },
  {
    name: "moves the ranks up when a row is taken back",
    params: ranked,
    inputs,
    ...retract,
    steps: [
      tells(came(1, 30), ["+I", 1, 30, 1]),
      tells(came(2, 20), ["+I", 2, 20, 2]),
      tells(came(3, 10)),
      tells(came(1, 30, "-D"), ["-U", 1, 30, 1], ["+U", 2, 20, 1], ["-U", 2, 20, 2], ["+U", 3, 10, 2]),
      tells(came(2, 20, "-D"), ["-U", 2, 20, 1], ["+U", 3, 10, 1], ["-D", 3, 10, 2]),
      tells(came(3, 10, "-D"), ["-D", 3, 10, 1]),
    ],
  },
  {
    name: "moves a row to its new place, up or down, where rows update each other",
    params: upsert,
    inputs,
    changelogs: { in: byId },
    steps: [
      tells(came(1, 30), ["+I", 1, 30]),
      tells(came(2, 20), ["+I", 2, 20]),
      tells(came(3, 10)),
      tells(came(2, 25, "+U"), ["-U", 2, 20], ["+U", 2, 25]),
      tells(came(1, 5, "+U"), ["-D", 1, 30], ["+I", 3, 10]),
      tells(came(1, 40, "+U"), ["-D", 3, 10], ["+I", 1, 40]),
      tells(came(3, 11, "+U")),
      tells(came(2, 25, "-D"), ["-D", 2, 25], ["+I", 3, 11]),
      drops(came(9, 9, "-D"), "unknown", 1),
    ],
  },
  {
    name: "tells the ranks between the old place of a row and the new one",
    params: { ...upsert, n: "3", rank: "rank" },
    inputs,
    changelogs: { in: byId },
    steps: [
      tells(came(1, 30), ["+I", 1, 30, 1]),
      tells(came(2, 20), ["+I", 2, 20, 2]),
      tells(came(3, 10), ["+I", 3, 10, 3]),
      tells(came(3, 25, "+U"), ["-U", 2, 20, 2], ["-U", 3, 10, 3], ["+U", 3, 25, 2], ["+U", 2, 20, 3]),
      tells(came(3, 26, "+U"), ["-U", 3, 25, 2], ["+U", 3, 26, 2]),
      tells(came(1, 15, "+U"), ["-U", 1, 30, 1], ["-U", 3, 26, 2], ["+U", 3, 26, 1], ["-U", 2, 20, 3], ["+U", 2, 20, 2], ["+U", 1, 15, 3]),
    ],
  },
  {
    name: "keeps the first alone where rows change only for the better",
    params: { ...better, changes: "upsert" },
    inputs,
    changelogs: { in: byId },
    steps: [
      tells(came(1, 10), ["+I", 1, 10]),
      tells(came(2, 20), ["+I", 2, 20]),
      drops(came(3, 10), "beyond", 1),
      tells(came(1, 11, "+U"), ["+U", 1, 11]),
      tells(came(3, 12, "+U"), ["-D", 1, 11], ["+I", 3, 12]),
      {
        ...came(3, 12, "-D"),
        expect: { rows: { out: [], error: [{ value: { code: "top-n.deleted" }, exact: false }] } },
      },
    ],
  },
  {
    name: "takes rows that are only added for states of the same thing, with a row key",
    params: { ...better, n: "1" },
    inputs,
    steps: [
      tells(came(1, 10), ["+I", 1, 10]),
      tells(came(1, 10), ["-U", 1, 10], ["+U", 1, 10]),
      tells(came(2, 12), ["-U", 1, 10], ["+U", 2, 12]),
    ],
  },
  {
    name: "takes rows back without an order",
    params: { key: ["k"], n: "1" },
    inputs,
    ...retract,
    steps: [tells(came(1, 1), ["+I", 1, 1]), tells(came(2, 2)), tells(came(1, 1, "-D"), ["-D", 1, 1], ["+I", 2, 2])],
  },
  {
    name: "forgets a key when the time has come, not a millisecond before",
    params: { ...best, forgetAfter: "10 ms" },
    inputs,
    steps: [
      { clock: 0 },
      tells(came(1, 10), ["+I", 1, 10]),
      { clock: 4 },
      tells(came(2, 20), ["+I", 2, 20]),
      { clock: 13 },
      drops(came(3, 5), "beyond", 1),
      { clock: 14 },
      tells(came(4, 1), ["+I", 4, 1]),
    ],
  },
  {
    name: "forgets how many came, who was best and what rows there are, all of a key together",
    params: { ...upsert, n: "id", forgetAfter: "10 ms" },
    inputs,
    changelogs: { in: byId },
    steps: [
      { clock: 0 },
      tells(came(1, 10), ["+I", 1, 10]),
      tells(came(2, 9)),
      { clock: 10 },
      drops(came(1, 10, "-D"), "unknown", 1),
      tells(came(2, 1), ["+I", 2, 1]),
    ],
  },
  {
    name: "forgets how many came first",
    params: { key: ["k"], n: "1", forgetAfter: "10 ms" },
    inputs,
    steps: [{ clock: 0 }, tells(came(1, 1), ["+I", 1, 1]), { clock: 9 }, tells(came(2, 2)), { clock: 10 }, tells(came(3, 3), ["+I", 3, 3])],
  },
  {
    name: "forgets who was best",
    params: { ...best, n: "1", forgetAfter: "10 ms" },
    inputs,
    steps: [{ clock: 0 }, tells(came(1, 9), ["+I", 1, 9]), { clock: 9 }, tells(came(2, 2)), { clock: 10 }, tells(came(3, 3), ["+I", 3, 3])],
  },
  {
    name: "gives the first of each window once its last millisecond is passed",
    params: window,
    inputs: windowInputs,
    steps: [
      inWindow(1_000, 1, 10),
      inWindow(1_000, 2, 30),
      inWindow(2_000, 3, 99),
      inWindow(1_000, 4, 20),
      inWindow(1_000, 5, 20),
      { ...watermark(998), expect: { rows: { out: [] }, counters: { "dropped.beyond": 2 } } },
      {
        ...watermark(999),
        expect: {
          rows: {
            out: [
              { value: { k: "a", id: 2, v: 30, ends: 1_000, rank: 1 }, time: 999 },
              { value: { k: "a", id: 4, v: 20, ends: 1_000, rank: 2 }, time: 999 },
            ],
          },
          ordered: true,
        },
      },
      { ...inWindow(1_000, 6, 5), expect: { rows: { out: [], late: [{ value: { k: "a", id: 6, v: 5, ends: 1_000 }, time: 1 }] } } },
      { ...inWindow(1_001, 7, 5), expect: { rows: { out: [], late: [] } } },
      {
        end: true,
        expect: {
          rows: {
            out: [
              { value: { id: 7 }, exact: false },
              { value: { id: 3 }, exact: false },
            ],
          },
        },
      },
    ],
  },
  {
    name: "ends windows by the clock of the pipeline's zone",
    params: { ...window, windowEnd: "CAST(ends AS TIMESTAMP(3))", rank: undefined },
    timeZone: "Asia/Shanghai",
    inputs: { in: "k STRING, id INT, v INT, ends STRING" },
    steps: [
      row(1, { k: "a", id: 1, v: 1, ends: "1970-01-02 00:00:00" }),
      { ...watermark(57_599_998), expect: { rows: { out: [] } } },
      { ...watermark(57_599_999), expect: { rows: { out: [{ value: { id: 1 }, exact: false, time: 57_599_999 }] } } },
    ],
  },
  {
    name: "sends a row without its window's end to the error port",
    params: window,
    inputs: windowInputs,
    steps: [
      {
        rows: { in: [{ value: { k: "a", id: 1, v: 1, ends: null }, time: 1 }] },
        expect: { rows: { out: [], error: [{ value: { code: "window-end.null" }, exact: false }] } },
      },
    ],
  },
  {
    name: "refuses an order by what has none",
    params: { ...best, orderBy: [{ value: "ARRAY[v]" }] },
    inputs,
    invalid: 'orderBy[0].value: "ARRAY[v]" is ARRAY<INT> NOT NULL, which has no order. Take a number, a text or a time.',
  },
  {
    name: "refuses a rank to begin at beyond how many there are",
    params: { ...best, firstRank: 3 },
    inputs,
    invalid: "firstRank: expected 1, or a rank up to a number of rows that is fixed, got 3.",
  },
  {
    name: "refuses none at all",
    params: { ...best, n: "0" },
    inputs,
    invalid: 'n: expected 1 or more, got "0". Try "3" or "top_size".',
  },
  {
    name: "refuses a text for how many",
    params: { ...best, n: "k" },
    inputs,
    invalid: 'n: field "k": expected a whole number, got STRING. Choose another field or convert it first.',
  },
  {
    name: "refuses rows that update each other by what it does not know",
    params: best,
    inputs,
    changelogs: { in: byId },
    invalid: 'rowKey: the rows that come in update each other by "k", "id". Give the row key, with all of these that are not in the key.',
  },
  {
    name: "refuses a key that rows can change by an update",
    params: upsert,
    inputs,
    changelogs: { in: { mode: "upsert", key: ["id"] } },
    invalid:
      'key[0]: the rows that come in update each other by "id", and "k" is not among it: a row that changes it would stay in its old list too. Let them come with their old rows (retract), or take it out of the key.',
  },
  {
    name: "refuses a window's end that is no time",
    params: { ...window, windowEnd: "k" },
    inputs: windowInputs,
    invalid: 'windowEnd: "k" is STRING, which is no time. Take a TIMESTAMP such as window_end, or BIGINT milliseconds.',
  },
  {
    name: "refuses a row key beside a window's end",
    params: { ...window, rowKey: ["id"] },
    inputs: windowInputs,
    invalid: 'rowKey: expected nothing where results come at the end of the window, got [… 1]. Try "sku_id" or "user_id".',
  },
  {
    name: "refuses to forget beside a window's end",
    params: { ...window, forgetAfter: "1 d" },
    inputs: windowInputs,
    invalid: 'forgetAfter: expected nothing where results come at the end of the window, got "1 d". Try "1 d".',
  },
];
