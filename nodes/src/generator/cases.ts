import type { NodeCase } from "@millrace/engine/node";
import { TABLE_NAMES } from "./shop/tables.ts";

const id = { name: "id", rule: "sequence" };

const MAXWELL_KEY = '{"database":"gmall0820","table":"base_trademark","pk.id":1}';
const MAXWELL_TEXT =
  '{"database":"gmall0820","table":"base_trademark","type":"bootstrap-insert","ts":1613959200,"data":{"id":1,"tm_name":"三星","logo_url":"/static/default.jpg"}}';

export const cases: NodeCase[] = [
  {
    name: "gives app logs as records, and what is not JSON to the error port",
    params: { kind: "app-log" },
    steps: [
      {
        rows: {
          in: [
            {
              value: { common: { mid: "mid_1", is_new: "1" }, start: { entry: "icon", loading_time: 3120 }, ts: 1_613_959_200_000 },
              time: 1_613_959_200_000,
            },
            { value: '{"common":', time: 1_613_959_201_000 },
          ],
        },
        expect: {
          rows: {
            out: [
              {
                value: { common: { mid: "mid_1", is_new: "1" }, start: { entry: "icon", loading_time: 3120 }, ts: 1_613_959_200_000 },
                time: 1_613_959_200_000,
              },
            ],
          },
          counters: { error: 1 },
        },
      },
    ],
  },
  {
    name: "gives lines as a logger forwards them, whatever they hold",
    params: { kind: "app-log", format: "text" },
    steps: [
      {
        rows: { in: [{ value: '{"common":', time: 1_000 }] },
        expect: { rows: { out: [{ value: { text: '{"common":' }, time: 1_000 }] }, counters: { error: 0 } },
      },
    ],
  },
  {
    name: "gives the shop's changes as Maxwell's messages, each with the key under which it goes to Kafka",
    params: { kind: "shop" },
    steps: [
      {
        rows: { in: [{ value: JSON.stringify({ text: MAXWELL_TEXT, key: MAXWELL_KEY }), time: 1_613_959_200_000 }] },
        expect: {
          rows: { out: [{ value: { text: MAXWELL_TEXT, key: MAXWELL_KEY }, time: 1_613_959_200_000 }] },
          counters: { error: 0 },
        },
      },
    ],
  },
  {
    name: "types each field by its rule",
    params: { kind: "schema", fields: [id, { name: "amount", rule: "range", min: 0, max: 100, decimals: 2 }] },
    steps: [
      {
        rows: { in: [{ value: '{"id":1,"amount":12.30}', time: 0 }] },
        expect: { rows: { out: [{ value: { id: 1, amount: 12.3 } }] }, holds: { out: "amount = 12.30" } },
      },
    ],
  },
  {
    name: "refuses a kind that it does not make",
    params: { kind: "nginx-log" },
    invalid: 'kind: expected one of "app-log", "shop", "schema", got "nginx-log".',
  },
  {
    name: "refuses fewer devices than the rate needs, and says how to go on",
    params: { kind: "app-log", rate: 20, devices: 20 },
    invalid: "devices: expected at least 351 devices for 20 records a second (or at most 1.1 a second, or a short pageGap), got 20.",
  },
  {
    name: "refuses a rate of nothing",
    params: { kind: "app-log", rate: 0 },
    invalid: "rate: expected a number of at least 0.001, got 0.",
  },
  {
    name: "refuses a day that does not exist",
    params: { kind: "app-log", date: "2021-02-30" },
    invalid: 'date: expected a date, got "2021-02-30". Try "2021-02-22".',
  },
  {
    name: "refuses an hour that no day has",
    params: { kind: "app-log", timeOfDay: "24:00" },
    invalid: 'timeOfDay: expected a time of day, got "24:00". Try "10:00" or "08:30:00".',
  },
  {
    name: "refuses virtual time without an end",
    params: { kind: "shop", pace: "virtual" },
    invalid: "count: expected a number, since virtual time would never end without one, got nothing.",
  },
  {
    name: "refuses what the course's mock does not do, with its timing",
    params: { kind: "app-log", timing: "original-2021-01", jitter: "2 s" },
    invalid: 'jitter: expected none with the timing of the course\'s mock, got "2 s". Try "2 s".',
  },
  {
    name: "refuses a table that the shop does not have",
    params: { kind: "shop", bootstrap: ["order_infos"] },
    invalid: `bootstrap[0]: expected one of ${TABLE_NAMES.map((name) => JSON.stringify(name)).join(", ")}, got "order_infos".`,
  },
  {
    name: "refuses weights that are all nothing",
    params: { kind: "shop", paymentTypes: [{ code: "1101", weight: 0 }] },
    invalid: "paymentTypes: expected a weight above zero, got [… 1].",
  },
  {
    name: "refuses a database's name that could end a text",
    params: { kind: "shop", database: 'gmall"' },
    invalid: 'database: expected letters, digits and _, got "gmall\\"". Try "gmall0820" or "gmall".',
  },
  {
    name: "refuses logs that would be a day late",
    params: { kind: "app-log", jitter: "1 d" },
    invalid: 'jitter: expected a length of time of at most 1 h, got "1 d". Try "2 s".',
  },
  {
    name: "refuses a share above one",
    params: { kind: "app-log", malformed: 3 },
    invalid: "malformed: expected a number of at most 1, got 3.",
  },
  {
    name: "refuses a page that the app does not have",
    params: { kind: "app-log", paths: [{ pages: ["home", "checkout"], weight: 1 }] },
    invalid:
      'paths[0].pages[1]: expected one of "home", "category", "discovery", "top_n", "favor", "search", "good_list", "good_detail", "good_spec", "comment", "comment_done", "comment_list", "cart", "trade", "payment", "payment_done", "orders_all", "orders_unpaid", "orders_undelivered", "orders_unreceipted", "orders_wait_comment", "mine", "activity", "login", "register", got "checkout".',
  },
  {
    name: "refuses two rules for one field",
    params: { kind: "schema", fields: [id, id] },
    invalid: 'fields[1].name: expected a name that is not taken ("id" is), got "id". Try "user.id".',
  },
  {
    name: "refuses a field that is both a value and an object",
    params: { kind: "schema", fields: [id, { name: "id.part", rule: "now" }] },
    invalid: 'fields[1].name: expected a name that is not taken ("id" is), got "id.part". Try "user.id".',
  },
  {
    name: "refuses a name that JavaScript gives a meaning of its own",
    params: { kind: "schema", fields: [{ name: "__proto__.polluted", rule: "now" }] },
    invalid: 'fields[0].name: expected a field name such as "page_id" or "page.id", got "__proto__.polluted". Try "user.id".',
  },
  {
    name: "refuses a range that ends before it begins",
    params: { kind: "schema", fields: [{ name: "n", rule: "range", min: 10, max: 1 }] },
    invalid: "fields[0].max: expected a number of at least 10, got 1.",
  },
  {
    name: "refuses a bound that the decimals cannot hold",
    params: { kind: "schema", fields: [{ name: "n", rule: "range", min: 0.5, max: 9 }] },
    invalid: "fields[0].min: expected a number with at most 0 decimals, got 0.5.",
  },
  {
    name: "refuses a stream without fields",
    params: { kind: "schema", fields: [] },
    invalid: "fields: expected a list with at least one entry, got [].",
  },
];
