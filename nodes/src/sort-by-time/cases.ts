import { type NodeCase, row, type Step, watermark } from "@millrace/engine/node";

const at = (time: number, id: number, k = "a"): Step => row(time, { k, id });
type Given = readonly [id: number, time: number];
const gives = (step: Step, ...rows: readonly Given[]): Step => ({
  ...step,
  expect: { rows: { out: rows.map(([id, time]) => ({ value: { id }, exact: false, time })) }, ordered: true },
});
const late = (step: Step, id: number, time: number): Step => ({
  ...step,
  expect: { rows: { out: [], late: [{ value: { id }, exact: false, time }] } },
});

export const cases: readonly NodeCase[] = [
  {
    name: "lets rows out in the order of their times, once the watermark has reached them",
    params: {},
    steps: [
      gives(at(3, 1)),
      gives(at(1, 2)),
      gives(at(2, 3)),
      gives(watermark(0)),
      gives(watermark(2), [2, 1], [3, 2]),
      gives(at(5, 4)),
      gives(watermark(4), [1, 3]),
      gives({ end: true }, [4, 5]),
    ],
  },
  {
    name: "lets rows of one time out as they came",
    params: {},
    steps: [at(2, 3), at(2, 1), at(1, 9), at(2, 2), gives(watermark(2), [9, 1], [3, 2], [1, 2], [2, 2])],
  },
  {
    name: "lets rows of one time out in the order that is asked for",
    params: { orderBy: [{ value: "id", direction: "descending" }] },
    steps: [at(2, 1), at(2, 3), at(2, 2), at(1, 0), gives(watermark(2), [0, 1], [3, 2], [2, 2], [1, 2])],
  },
  {
    name: "has a row leave by late when one of its time or a later one has left",
    params: {},
    steps: [
      at(5, 1),
      gives(watermark(9), [1, 5]),
      late(at(4, 2), 2, 4),
      late(at(5, 3), 3, 5),
      { ...at(12, 4), expect: { rows: { out: [], late: [] }, holdings: { rows: 1 } } },
      late(at(5, 5), 5, 5),
      { ...at(6, 6), expect: { rows: { out: [], late: [] }, holdings: { rows: 2 } } },
      gives(watermark(12), [6, 6], [4, 12]),
    ],
  },
  {
    name: "has the rows of each key wait for themselves",
    params: { key: ["k"] },
    steps: [at(5, 1), gives(watermark(5), [1, 5]), late(at(4, 2), 2, 4), gives(at(4, 3, "b")), gives(watermark(6), [3, 4])],
  },
  {
    name: "lets as many rows wait as it may, and no more",
    params: { mostRows: 2, key: ["k"] },
    steps: [
      at(1, 1),
      at(1, 2),
      { ...at(2, 3), expect: { rows: { error: [{ value: { code: "sort-by-time.too-many" }, exact: false }] } } },
      at(2, 4, "b"),
      gives(watermark(1), [1, 1], [2, 1]),
      { ...at(2, 5), expect: { rows: { error: [] } } },
      {
        ...watermark(2),
        expect: {
          rows: {
            out: [
              { value: { id: 5 }, exact: false },
              { value: { id: 4 }, exact: false },
            ],
          },
        },
      },
    ],
  },
  {
    name: "sends a row without a time to the error port",
    params: {},
    steps: [
      {
        rows: { in: [{ value: { k: "a", id: 1 }, time: Number.NEGATIVE_INFINITY }] },
        expect: { rows: { out: [], error: [{ value: { code: "sort-by-time.no-time" }, exact: false }] } },
      },
    ],
  },
  {
    name: "refuses an order by what has none",
    params: { orderBy: [{ value: "ARRAY[id]" }] },
    inputs: { in: "id INT" },
    invalid: 'orderBy[0].value: "ARRAY[id]" is ARRAY<INT> NOT NULL, which has no order. Take a number, a text or a time.',
  },
];
