/** The warehouse's two joins: an order's details with their order, and a payment with the wide rows of its order. */
import { type NodeCase, row, type Step } from "@millrace/engine/node";

/** 2021-02-22 10:00:00 in Shanghai. */
const T0 = 1_613_959_200_000;
const created = "2021-02-22 10:00:00";

const ORDER =
  "id BIGINT, user_id BIGINT, province_id BIGINT, order_status STRING, total_amount DECIMAL(16,2), original_total_amount DECIMAL(16,2), feight_fee DECIMAL(16,2), create_time STRING";
const DETAIL =
  "id BIGINT, order_id BIGINT, sku_id BIGINT, order_price DECIMAL(16,2), sku_num BIGINT, split_total_amount DECIMAL(16,2), create_time STRING";

const order = {
  id: 1001,
  user_id: 5,
  province_id: 1,
  order_status: "1001",
  total_amount: 6267.0,
  original_total_amount: 6257.0,
  feight_fee: 10.0,
  create_time: created,
};
const detail = (id: number, order_id: number, sku_id: number, order_price: number, sku_num: number, split_total_amount: number) => ({
  id,
  order_id,
  sku_id,
  order_price,
  sku_num,
  split_total_amount,
  create_time: created,
});
const take = (from: "left" | "right", ...names: readonly string[]) => names.map((name) => ({ name, from, value: name }));
const orderWide = {
  leftKey: ["id"],
  rightKey: ["order_id"],
  lower: "-5 s",
  upper: "5 s",
  joined: {
    as: "select",
    fields: [
      { name: "detail_id", from: "right", value: "id" },
      { name: "order_id", from: "left", value: "id" },
      ...take("right", "sku_id", "order_price", "sku_num", "split_total_amount"),
      ...take("left", "user_id", "province_id", "order_status", "create_time", "total_amount", "original_total_amount", "feight_fee"),
    ],
  },
};
const wideOf = (detail_id: number, sku_id: number, order_price: number, sku_num: number, split_total_amount: number) => ({
  detail_id,
  order_id: 1001,
  sku_id,
  order_price,
  sku_num,
  split_total_amount,
  user_id: 5,
  province_id: 1,
  order_status: "1001",
  create_time: created,
  total_amount: 6267.0,
  original_total_amount: 6257.0,
  feight_fee: 10.0,
});

const wide = (time: number, order_id: number, detail_id: number, split_total_amount: number): Step =>
  row(time, { order_id, detail_id, split_total_amount, total_amount: 6267.0, create_time: new Date(time).toISOString() }, "right");
const payment = (id: number, order_id: number): Step =>
  row(T0 + 50_000, { id, order_id, total_amount: 6267.0, payment_type: "1102", create_time: "2021-02-22 10:00:30" }, "left");
const paid = (step: Step, ...found: readonly (readonly [payment_id: number, detail_id: number, split_total_amount: number])[]): Step => ({
  ...step,
  expect: {
    rows: {
      joined: found.map(([payment_id, detail_id, split_total_amount]) => ({
        value: { payment_id, detail_id, split_total_amount, total_amount: 6267.0, payment_type: "1102" },
        time: T0 + 50_000,
      })),
    },
  },
});
const paymentWide = {
  leftKey: ["order_id"],
  rightKey: ["order_id"],
  lower: "-30 min",
  upper: "0 s",
  joined: {
    as: "select",
    fields: [
      { name: "payment_id", from: "left", value: "id" },
      ...take("left", "total_amount", "payment_type"),
      ...take("right", "detail_id", "split_total_amount"),
    ],
  },
};
const PAYMENT = "id BIGINT, order_id BIGINT, total_amount DECIMAL(16,2), payment_type STRING, create_time STRING";
const WIDE = "order_id BIGINT, detail_id BIGINT, split_total_amount DECIMAL(16,2), total_amount DECIMAL(16,2), create_time STRING";
const wideRows = [
  wide(T0 - 2_400_000, 1003, 5010, 1.0),
  wide(T0 - 1_200_000, 1005, 5011, 2.0),
  wide(T0, 1001, 5001, 5999.0),
  wide(T0, 1001, 5002, 258.0),
];

export const gmallCases: readonly NodeCase[] = [
  {
    name: "order wide (订单宽表): each detail gets its order; one without an order gives nothing",
    params: orderWide,
    inputs: { left: ORDER, right: DETAIL },
    timeZone: "Asia/Shanghai",
    steps: [
      row(T0, order, "left"),
      row(T0, detail(5001, 1001, 1, 5999.0, 1, 5999.0), "right"),
      row(T0, detail(5002, 1001, 26, 129.0, 2, 258.0), "right"),
      row(T0, detail(5003, 1002, 2, 1.0, 1, 1.0), "right"),
      { end: true },
    ],
    emits: [
      ["joined", wideOf(5001, 1, 5999.0, 1, 5999.0), T0],
      ["joined", wideOf(5002, 26, 129.0, 2, 258.0), T0],
      ["unmatchedRight", detail(5003, 1002, 2, 1.0, 1, 1.0), T0 + 5_000],
    ],
  },
  {
    name: "payment wide (支付宽表): a payment gets the wide rows of its order of the last 30 minutes",
    params: paymentWide,
    inputs: { left: PAYMENT, right: WIDE },
    timeZone: "Asia/Shanghai",
    steps: [
      ...wideRows,
      paid(payment(9001, 1001), [9001, 5001, 5999], [9001, 5002, 258]),
      paid(payment(9002, 1003)),
      paid(payment(9003, 1005), [9003, 5011, 2]),
    ],
  },
  {
    name: "payment wide with a bound of 15 minutes: an order of 1250 s ago is too old",
    params: { ...paymentWide, lower: "-15 min" },
    inputs: { left: PAYMENT, right: WIDE },
    timeZone: "Asia/Shanghai",
    steps: [...wideRows, paid(payment(9003, 1005))],
  },
];
