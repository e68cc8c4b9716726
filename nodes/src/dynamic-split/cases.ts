import type { InputRow, NodeCase, Step } from "@millrace/engine/node";

const inputs = {
  rows: "database STRING, `table` STRING, type STRING, data ROW<id STRING>, old ROW<id STRING>",
  rules:
    "source_table STRING, operate_type STRING, sink_type STRING, sink_table STRING, sink_columns STRING, sink_pk STRING, sink_extend STRING",
};
const asChanges = { ...inputs, rules: `type STRING, data ROW<${inputs.rules}>, old ROW<${inputs.rules}>` };
const atOnce = { settle: "0 s" };

type Texts = Readonly<Record<string, string | null>>;
const rule = (id: string, sink: string, more: Texts = {}): Texts => {
  const [source_table = "", operate_type = ""] = id.split(":");
  const [sink_type = "", sink_table = ""] = sink.split(" ");
  return { source_table, operate_type, sink_type, sink_table, ...more };
};
const rules = (...all: Texts[]): Step => ({ rows: { rules: all.map((value) => ({ value, time: 1 })) } });
const removed = (value: Texts): Step => ({ rows: { rules: [{ value, time: 1, kind: "-D" }] } });
const change = (id: string, data: object | null, more: object = {}): InputRow => {
  const [table, type] = id.split(":");
  return { value: { database: "gmall", table, type, data, ...more }, time: 5 };
};
const rows = (...all: InputRow[]): Step => ({ rows: { rows: all } });
const routed = (target: string, id: string, data: object, more: object = {}) => {
  const [table, type] = id.split(":");
  return { value: { target, database: "gmall", table, type, data, ...more } };
};
const made = (target: string, table: string, definition: object) => ({ value: { target, table, type: "create", definition } });
const error = (code: string, message: string) => ({ value: { code, message }, exact: false as const });
/** What a step that has rows or rules is to give. */
const gives = (step: Step, expect: NonNullable<Step["expect"]>): Step => ({ ...step, expect });

const skuInsert = rule("sku_info:insert", "hbase dim_sku_info", {
  sink_columns: "id,sku_name",
  sink_pk: "id",
  sink_extend: "SALT_BUCKETS = 4",
});
const skuUpdate = rule("sku_info:update", "hbase dim_sku_info", { sink_columns: "id, sku_name" });
const orderInsert = rule("order_info:insert", "kafka dwd_order_info", { sink_columns: "id,total_amount,status" });

/** A rule that cannot be followed, and why. */
const refused = (name: string, bad: Texts, reason: string): NodeCase => ({
  name,
  params: atOnce,
  inputs,
  steps: [
    gives(rules(bad), { rows: { topics: [], dimensions: [], error: [error("dynamic-split.bad-rule", reason)] }, counters: { errors: 1 } }),
    gives(rows(change(`${bad.source_table}:${bad.operate_type}`, { id: 1 })), { counters: { missing: 1 } }),
  ],
});

export const cases: readonly NodeCase[] = [
  {
    name: "sends rows where the rules say, with the columns that they name, NULL left out",
    params: atOnce,
    inputs,
    steps: [
      rules(skuInsert, orderInsert),
      gives(
        rows(
          change("order_info:insert", { id: 9_007_199_254_740_993n, total_amount: "24522.10", status: null, img: "/x.jpg" }),
          change("sku_info:insert", { id: 12, sku_name: "小米10", price: "5999" }, { ts: "2021-02-22 02:00:02Z" }),
          change("cart_info:delete", { id: 7 }),
        ),
        {
          rows: {
            topics: [
              routed(
                "dwd_order_info",
                "order_info:insert",
                { id: 9_007_199_254_740_993n, total_amount: "24522.10" },
                { key: "9007199254740993" },
              ),
            ],
            dimensions: [
              routed("dim_sku_info", "sku_info:insert", { id: 12, sku_name: "小米10" }, { key: "12", ts: "2021-02-22 02:00:02Z" }),
            ],
            missing: [{ value: { database: "gmall", table: "cart_info", type: "delete", data: { id: 7 } } }],
          },
          counters: { topics: 2, dimensions: 2, missing: 1, errors: 0 },
        },
      ),
    ],
  },
  {
    name: "has targets made as rules come, by their columns, key and extension",
    params: { ...atOnce, key: ["`table`"] },
    inputs,
    steps: [
      gives(rules(skuInsert, orderInsert), {
        rows: {
          dimensions: [made("dim_sku_info", "sku_info", { columns: ["id", "sku_name"], key: "id", extend: "SALT_BUCKETS = 4" })],
          topics: [made("dwd_order_info", "order_info", { columns: ["id", "total_amount", "status"], key: "id" })],
        },
      }),
    ],
  },
  {
    name: "follows rules that come, change and go while it runs, from the next row on",
    params: { ...atOnce, key: ["`table`", "data.id"] },
    inputs,
    steps: [
      rules(orderInsert),
      gives(rows(change("sku_info:update", { id: 1, sku_name: "a" })), {
        rows: { dimensions: [], missing: [change("sku_info:update", { id: 1, sku_name: "a" })] },
      }),
      rules(skuUpdate),
      gives(rows(change("sku_info:update", { id: 1, sku_name: "b", price: 5 })), {
        rows: { dimensions: [routed("dim_sku_info", "sku_info:update", { id: 1, sku_name: "b" }, { key: "1" })], missing: [] },
      }),
      rules({ ...skuUpdate, sink_table: "dim_sku_2", sink_columns: null }),
      gives(rows(change("sku_info:update", { id: 1, sku_name: "c", price: 5 })), {
        rows: { dimensions: [routed("dim_sku_2", "sku_info:update", { id: 1, sku_name: "c", price: 5 }, { key: "1" })], missing: [] },
      }),
      removed(skuUpdate),
      gives(rows(change("sku_info:update", { id: 1 })), { rows: { dimensions: [], missing: [change("sku_info:update", { id: 1 })] } }),
    ],
  },
  {
    name: "holds rows until rules have come and settled, and lets them go in their order, before later ones",
    params: { key: ["`table`"] },
    inputs,
    steps: [
      gives(rows(change("order_info:insert", { id: 1 }), change("order_info:insert", { id: 2 })), { rows: { topics: [], missing: [] } }),
      { clock: 700, expect: { rows: { topics: [], missing: [] } } },
      rules(skuInsert),
      { clock: 1_500 },
      gives(rules(orderInsert), {
        rows: { topics: [made("dwd_order_info", "order_info", { columns: ["id", "total_amount", "status"], key: "id" })] },
      }),
      { clock: 2_400, expect: { rows: { topics: [], missing: [] } } },
      {
        clock: 2_600,
        expect: {
          rows: {
            topics: [
              routed("dwd_order_info", "order_info:insert", { id: 1 }, { key: "1" }),
              routed("dwd_order_info", "order_info:insert", { id: 2 }, { key: "2" }),
            ],
            missing: [],
          },
          ordered: true,
        },
      },
      gives(rules(skuUpdate), {}),
      gives(rows(change("sku_info:update", { id: 1, sku_name: "a" })), {
        rows: { dimensions: [routed("dim_sku_info", "sku_info:update", { id: 1, sku_name: "a" }, { key: "1" })] },
      }),
    ],
  },
  {
    name: "lets what is held go before the row that finds the rules there",
    params: {},
    inputs,
    steps: [
      rows(change("order_info:insert", { id: 1 }), change("order_info:insert", { id: [1] }), change("none:insert", { id: 1 })),
      rules(rule("order_info:insert", "kafka dwd_order_info")),
      {
        clock: 1_000,
        rows: { rows: [change("order_info:insert", { id: 2 })] },
        expect: { counters: { topics: 3, missing: 1, errors: 1 } },
      },
    ],
  },
  {
    name: "holds as many as it may, and sends others to the error port",
    params: { mostHeld: 1 },
    inputs,
    steps: [
      gives(rows(change("order_info:insert", { id: 1 }), change("order_info:insert", { id: 2 })), {
        rows: {
          error: [
            error(
              "dynamic-split.too-many-held",
              "No rules have come, and 1 rows wait for them already. See why the rules' input is silent, then replay this row; or hold more.",
            ),
          ],
        },
        counters: { errors: 1 },
      }),
    ],
  },
  {
    name: "holds none where it may not, as rows before their rule were lost in the course",
    params: { mostHeld: 0 },
    inputs,
    steps: [gives(rows(change("order_info:insert", { id: 1 })), { rows: { missing: [change("order_info:insert", { id: 1 })] } })],
  },
  {
    name: "lets what is held go when the input ends: no rule can come any more",
    params: {},
    inputs,
    steps: [
      rows(change("order_info:insert", { id: 1 })),
      { end: true, expect: { rows: { missing: [change("order_info:insert", { id: 1 })] }, watermark: { out: "max" } } },
    ],
  },
  {
    name: "follows the rule for insert for rows of history, and drops the begin and the end of it",
    params: atOnce,
    inputs,
    steps: [
      rules(skuInsert),
      gives(
        rows(
          change("sku_info:bootstrap-start", {}),
          change("sku_info:bootstrap-insert", { id: 12, sku_name: "a" }),
          change("sku_info:bootstrap-complete", {}),
          change("sku_info:insert", null),
          { value: { type: "insert", data: { id: 1 } }, time: 5 },
        ),
        {
          rows: {
            dimensions: [routed("dim_sku_info", "sku_info:bootstrap-insert", { id: 12, sku_name: "a" }, { key: "12" })],
            missing: [],
          },
          counters: { "dropped.no-row": 4 },
        },
      ),
    ],
  },
  {
    name: "wants rules of their own for rows of history where it is told so",
    params: { ...atOnce, bootstrapAsInsert: false },
    inputs,
    steps: [
      rules(skuInsert, { ...skuInsert, operate_type: "bootstrap-insert", sink_table: "dim_history" }),
      gives(rows(change("sku_info:bootstrap-insert", { id: 1, sku_name: "a" }), change("sku_info:insert", { id: 2, sku_name: "b" })), {
        rows: {
          dimensions: [
            routed("dim_history", "sku_info:bootstrap-insert", { id: 1, sku_name: "a" }, { key: "1" }),
            routed("dim_sku_info", "sku_info:insert", { id: 2, sku_name: "b" }, { key: "2" }),
          ],
        },
      }),
    ],
  },
  {
    name: "takes the changes of the table of rules: inserts, updates, of the key too, deletions",
    params: { ...atOnce, key: ["`table`"] },
    inputs: asChanges,
    steps: [
      { rows: { rules: [{ value: { type: "insert", data: orderInsert } }, { value: { type: "insert", data: skuInsert } }] } },
      gives(rows(change("order_info:insert", { id: 1 }), change("order_info:update", { id: 1 })), { counters: { topics: 2, missing: 1 } }),
      {
        rows: {
          rules: [{ value: { type: "update", data: { ...orderInsert, operate_type: "update" }, old: { operate_type: "insert" } } }],
        },
      },
      gives(rows(change("order_info:insert", { id: 2 }), change("order_info:update", { id: 2 })), { counters: { topics: 4, missing: 2 } }),
      {
        rows: {
          rules: [
            {
              value: {
                type: "update",
                data: { ...orderInsert, operate_type: "update", sink_table: "t" },
                old: { sink_table: "dwd_order_info" },
              },
            },
          ],
        },
      },
      gives(rows(change("order_info:update", { id: 3 })), {
        rows: { topics: [routed("t", "order_info:update", { id: 3 }, { key: "3" })] },
      }),
      { rows: { rules: [{ value: { type: "delete", data: { ...orderInsert, operate_type: "update" } } }] } },
      gives(rows(change("order_info:update", { id: 4 })), { counters: { topics: 6, missing: 3 } }),
    ],
  },
  {
    name: "has all rules when a bootstrap of them is complete, however short ago the last one came",
    params: { settle: "1 h" },
    inputs: asChanges,
    steps: [
      { rows: { rules: [{ value: { type: "bootstrap-start", data: {} } }, { value: { type: "bootstrap-insert", data: orderInsert } }] } },
      gives(rows(change("order_info:insert", { id: 1 })), { counters: { topics: 1 } }),
      { rows: { rules: [{ value: { type: "bootstrap-complete", data: {} } }] } },
      { clock: 200, expect: { counters: { topics: 2, missing: 0 } } },
    ],
  },
  {
    name: "finds rows by the key that a rule names, or another for the same target; of several columns with bars between",
    params: atOnce,
    inputs,
    steps: [
      rules(
        rule("base_dic:insert", "hbase dim_base_dic", { sink_columns: "dic_code,dic_name", sink_pk: "dic_code" }),
        rule("base_dic:update", "hbase dim_base_dic", { sink_columns: "dic_code,dic_name" }),
        rule("coupon_range:insert", "hbase dim_range", { sink_pk: "coupon_id,range_id" }),
        rule("log:insert", "kafka log"),
      ),
      gives(
        rows(
          change("base_dic:update", { dic_code: "1001", dic_name: "a" }),
          change("coupon_range:insert", { coupon_id: 3, range_id: "中" }),
          change("log:insert", { text: "no id" }),
        ),
        {
          rows: {
            dimensions: [
              routed("dim_base_dic", "base_dic:update", { dic_code: "1001", dic_name: "a" }, { key: "1001" }),
              routed("dim_range", "coupon_range:insert", { coupon_id: 3, range_id: "中" }, { key: "3|中" }),
            ],
            topics: [routed("log", "log:insert", { text: "no id" })],
          },
          counters: { errors: 0 },
        },
      ),
    ],
  },
  {
    name: "deletes the row under the former key when an update changes the key of a dimension",
    params: atOnce,
    inputs,
    steps: [
      rules(skuInsert, skuUpdate),
      gives(
        rows(
          change("sku_info:update", { id: 4, sku_name: "a" }, { old: { id: 2 } }),
          change("sku_info:update", { id: 5, sku_name: "b" }, { old: { sku_name: "a" } }),
        ),
        {
          rows: {
            dimensions: [
              routed("dim_sku_info", "sku_info:delete", { id: 4, sku_name: "a" }, { key: "2", old: { id: 2 } }),
              routed("dim_sku_info", "sku_info:update", { id: 4, sku_name: "a" }, { key: "4", old: { id: 2 } }),
              routed("dim_sku_info", "sku_info:update", { id: 5, sku_name: "b" }, { key: "5", old: { sku_name: "a" } }),
            ],
          },
        },
      ),
    ],
  },
  {
    name: "routes deletions by rules of their own",
    params: atOnce,
    inputs,
    steps: [
      rules({ ...skuInsert, operate_type: "delete" }),
      gives(rows(change("sku_info:delete", { id: 4, sku_name: "a" })), {
        rows: { dimensions: [routed("dim_sku_info", "sku_info:delete", { id: 4, sku_name: "a" }, { key: "4" })] },
      }),
    ],
  },
  {
    name: "sends a row for a dimension to error that has no key there, and keeps one for a topic",
    params: atOnce,
    inputs,
    steps: [
      rules(
        rule("base_dic:insert", "hbase dim_base_dic", { sink_columns: "id,dic_name", sink_pk: "id" }),
        rule("sku_info:insert", "hbase dim_sku"),
      ),
      gives(rows(change("base_dic:insert", { dic_code: "1001", dic_name: "a" })), {
        rows: {
          dimensions: [],
          error: [
            error(
              "dynamic-split.no-key",
              'The rule "base_dic:insert" finds rows by "id", which rows of "base_dic" do not have. Name the key in its sink_pk, then replay the row; the columns are dic_code, dic_name.',
            ),
          ],
        },
      }),
      gives(rows(change("sku_info:insert", { id: null })), {
        rows: {
          dimensions: [],
          error: [
            error(
              "dynamic-split.no-key",
              'The row\'s key "id" is NULL, and rows of "dim_sku" are found by it. Mend the row, or name another key in sink_pk of the rule "sku_info:insert".',
            ),
          ],
        },
      }),
    ],
  },
  {
    name: "follows a rule with columns that its table has not, and says so with the rule",
    params: atOnce,
    inputs,
    steps: [
      rules({ ...orderInsert, sink_columns: "id,total_amuont,nothing" }),
      gives(rows(change("order_info:insert", { id: 1, total_amount: 5 })), {
        rows: {
          topics: [routed("dwd_order_info", "order_info:insert", { id: 1 }, { key: "1" })],
          error: [
            {
              value: {
                code: "dynamic-split.unknown-column",
                message:
                  'The rule "order_info:insert" is followed, but names columns that rows of "order_info" do not have: "total_amuont" (did you mean "total_amount"?), "nothing". Its other columns are written. Correct sink_columns; the columns are id, total_amount.',
                text: '{"source_table":"order_info","operate_type":"insert","sink_type":"kafka","sink_table":"dwd_order_info","sink_columns":"id,total_amuont,nothing"}',
              },
              exact: false,
            },
          ],
        },
      }),
    ],
  },
  {
    name: "says so where two rules fill a table by different keys",
    params: atOnce,
    inputs,
    steps: [
      rules(skuInsert),
      gives(rules({ ...skuUpdate, sink_columns: "id,sku_name,spu_id", sink_pk: "spu_id" }), {
        rows: {
          error: [
            error(
              "dynamic-split.contradiction",
              'The rule "sku_info:update" is followed, but contradicts "sku_info:insert": both fill "dim_sku_info", one by the key "spu_id", the other by "id", so neither finds the rows that the other wrote. Give both the same sink_pk.',
            ),
          ],
        },
      }),
    ],
  },
  {
    name: "says so where two rules fill a table with different columns, and lets topics have them",
    params: atOnce,
    inputs,
    steps: [
      rules(skuInsert, orderInsert),
      gives(rules({ ...skuUpdate, sink_columns: "id,price" }, { ...orderInsert, operate_type: "update", sink_columns: "id" }), {
        rows: {
          error: [
            error(
              "dynamic-split.contradiction",
              'The rule "sku_info:update" is followed, but contradicts "sku_info:insert": both fill "dim_sku_info" with different columns (price here, sku_name there), and a row takes the place of the former one whole. Give both the same sink_columns.',
            ),
          ],
        },
      }),
      gives(rows(change("sku_info:update", { id: 1, price: 5 })), {
        rows: { dimensions: [routed("dim_sku_info", "sku_info:update", { id: 1, price: 5 }, { key: "1" })] },
      }),
    ],
  },
  refused(
    "refuses a rule without a target",
    rule("a:insert", "kafka"),
    'The rule "a:insert" cannot be followed: sink_table is empty. Fill it in; until then the rule that was there before stays.',
  ),
  refused(
    "refuses a rule for an operation that there is none of",
    rule("a:upsert", "kafka t"),
    'The rule "a:upsert" cannot be followed: its operate_type is "upsert"; expected one of "insert", "update", "delete". Correct it; until then the rule that was there before stays.',
  ),
  refused(
    "refuses a rule with a sink_type that it does not know",
    rule("a:insert", "clickhouse t"),
    'The rule "a:insert" cannot be followed: its sink_type is "clickhouse"; expected one of "kafka", "hbase". Correct it; until then the rule that was there before stays.',
  ),
  refused(
    "refuses a rule for a topic that can have no such name",
    rule("a:insert", "kafka t/1"),
    'The rule "a:insert" cannot be followed: its sink_table is "t/1"; expected a topic\'s name: 1 to 249 letters, digits, dots, underscores and hyphens. Correct it; until then the rule that was there before stays.',
  ),
  refused(
    "refuses a rule whose key is not among its columns",
    rule("a:insert", "hbase t", { sink_columns: "id,name", sink_pk: "code" }),
    'The rule "a:insert" cannot be followed: its key "code" (sink_pk) is not among its sink_columns. Add it there, or correct sink_pk; until then the rule that was there before stays.',
  ),
  {
    name: "keeps the rule that was there when a new one cannot be followed",
    params: atOnce,
    inputs,
    steps: [
      rules(orderInsert),
      rules({ ...orderInsert, sink_table: "dim order" }),
      gives(rows(change("order_info:insert", { id: 1 })), {
        rows: { topics: [routed("dwd_order_info", "order_info:insert", { id: 1 }, { key: "1" })] },
      }),
    ],
  },
  {
    name: "passes watermarks on",
    params: atOnce,
    inputs,
    steps: [{ watermark: { rows: 10, rules: 20 }, expect: { watermark: { out: 10 } } }],
  },
  {
    name: "refuses rows that are no changes",
    params: {},
    inputs: { ...inputs, rows: "id BIGINT" },
    invalid: "rows: expected changes with the fields table, type and data. Put a node “Decode changes” before this input.",
  },
  {
    name: "refuses rules whose columns nobody declared",
    params: {},
    inputs: { ...inputs, rules: "type STRING, data ROW<source_table STRING, sink_type STRING, sink_table STRING>" },
    invalid:
      "rules: expected rows of the table of rules; data.operate_type of the type STRING is not there. Declare its columns where the rules are read: source_table STRING, operate_type STRING, sink_type STRING, sink_table STRING, sink_columns STRING, sink_pk STRING, sink_extend STRING.",
  },
  {
    name: "refuses one sink_type for topics and tables",
    params: { topicType: "x", dimensionType: "x" },
    inputs,
    invalid: 'dimensionType: expected another sink_type than that of topics, got "x". Try "hbase".',
  },
];
