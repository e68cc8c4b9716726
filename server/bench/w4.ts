/**
 * Orders joined with their payments within 15 minutes of each other, from two built-in topics. 1.05 million orders rise over 17 minutes, so that a million keys are held in the end and the first of them
 * go; CPU is per million of both together. Every payment must have found its order.
 */
import { FORMAT_VERSION, type PipelineDocument, readDocument } from "@millrace/engine/pipeline";
import type { Work } from "./main.ts";
import { type Orders, ordersAndPayments, together } from "./orders.ts";
import { type Paced, pacedP99 } from "./paced.ts";
import { BASE_TIME, type Records } from "./page-logs.ts";
import { topicsPipeline } from "./topic-pipeline.ts";

/** Orders, and about 0.9 payments for each. */
const PAID = 0.9;
let input: Orders | undefined;

export const w4: Work = {
  name: "w4",
  perRecordIn: true,
  records: 2_000_000,
  passes: 1,
  input(count) {
    input = ordersAndPayments(Math.round(count / (1 + PAID)));
    return together(input);
  },
  async prepare() {
    const { orders, payments } = input as Orders;
    // Rows of one partition rise; of several they would mix by more than the disorder that is allowed.
    const pipeline = await topicsPipeline({ orders, payments }, 1);
    return {
      async run() {
        const { run, savepointMs, ...pass } = await pipeline.run(w4Document(), ["orders", "payments"]);
        const { end, joined } = run.nodes();
        const recordsOut = end?.in.in?.total ?? 0;
        if (recordsOut !== payments.count) throw new Error(`${recordsOut} rows were joined, expected ${payments.count}`);
        const state = joined?.state;
        const keys = state?.keys ?? 0;
        const perSecond = (orders.count + payments.count) / pass.wallSeconds / 2;
        return {
          ...pass,
          recordsOut,
          own: {
            keys,
            memoryBytesPerKey: (state?.memoryBytes ?? 0) / keys,
            spilledBytesPerKey: (state?.spilledBytes ?? 0) / keys,
            savepointMs,
            // From the later row of a pair being in its topic to its joined row's being seen.
            p99Ms: await pacedP99(
              w4Document({ type: "topic-sink", params: { topic: "joined" } }),
              ["orders", "payments"],
              [...inOrder(ordersAndPayments(Math.ceil((perSecond * PACED_SECONDS) / (1 + PAID))))],
              { perSecond, out: "joined", idOf: (text) => String((JSON.parse(text) as { order_id: number }).order_id) },
            ),
          },
        };
      },
      clear: () => pipeline.clear(),
    };
  },
};

const PACED_SECONDS = 10;

/** Orders in order, each payment behind the order of its time; the later one of a pair has its id. */
function* inOrder({ orders, payments }: Orders): Iterable<Paced> {
  let next = 0;
  const paidAhead = new Set<number>();
  const rangeOf = ({ bytes, starts, ends }: Records, i: number) => ({ bytes, start: starts[i] as number, end: ends[i] as number });
  for (let i = 0; i < orders.count; i++) {
    yield { topic: "orders", record: rangeOf(orders, i), ids: paidAhead.has(i) ? [String(i)] : [] };
    for (; next < payments.count; next++) {
      const record = rangeOf(payments, next);
      const { order_id, ts } = JSON.parse(payments.bytes.toString("latin1", record.start, record.end)) as { order_id: number; ts: number };
      if (ts > BASE_TIME + i) break;
      if (order_id > i) paidAhead.add(order_id);
      yield { topic: "payments", record, ids: order_id > i ? [] : [String(order_id)] };
    }
  }
}

export function w4Document(end: { readonly type: string; readonly params: object } = { type: "discard", params: {} }): PipelineDocument {
  const eventTime = (name: string) => ({ type: "event-time", name, params: { time: "ts", outOfOrderness: "2 s" } });
  const { document, problems } = readDocument({
    formatVersion: FORMAT_VERSION,
    name: "w4",
    schemas: {
      order: {
        fields: { order_id: "BIGINT", user_id: "STRING", sku_id: "STRING", amount: "DECIMAL(10, 2)", status: "STRING", ts: "BIGINT" },
      },
      payment: { fields: { pay_id: "STRING", order_id: "BIGINT", amount: "DECIMAL(10, 2)", channel: "STRING", ts: "BIGINT" } },
    },
    nodes: {
      orders: { type: "topic-source", name: "Orders", params: { topic: "orders", schema: "order", from: "earliest" } },
      payments: { type: "topic-source", name: "Payments", params: { topic: "payments", schema: "payment", from: "earliest" } },
      "order-time": eventTime("Order time"),
      "payment-time": eventTime("Payment time"),
      joined: {
        type: "interval-join",
        name: "Joined",
        params: {
          leftKey: ["order_id"],
          rightKey: ["order_id"],
          lower: "-15 min",
          upper: "15 min",
          joined: {
            as: "select",
            fields: [
              { name: "order_id", from: "left", value: "order_id" },
              { name: "user_id", from: "left", value: "user_id" },
              { name: "amount", from: "left", value: "amount" },
              { name: "channel", from: "right", value: "channel" },
            ],
          },
        },
      },
      end: { name: "End", ...end },
    },
    edges: [
      { from: "orders.out", to: "order-time.in" },
      { from: "payments.out", to: "payment-time.in" },
      { from: "order-time.out", to: "joined.left" },
      { from: "payment-time.out", to: "joined.right" },
      { from: "joined.joined", to: "end.in" },
    ],
  });
  if (!document) throw new Error(JSON.stringify(problems));
  return document;
}
