import { defineSpec, expression, paramMeta } from "@millrace/engine/node";
import { z } from "zod";
import { quote, words } from "../field-types.ts";
import { connectionParam } from "../io-params.ts";
import { isAnalyticalTableName } from "../table-name.ts";

const IDENTIFIER = {
  en: "a letter or underscore, then letters, digits and underscores (at most 128)",
  zh: "以字母或下划线开头，其后为字母、数字或下划线（至多 128 个字符）",
};

const columnName = () => z.string().min(1).max(128);

const params = z.strictObject({
  table: z
    .string()
    .refine(isAnalyticalTableName, { params: { expected: IDENTIFIER } })
    .register(paramMeta, {
      title: { en: "Table", zh: "表" },
      description: { en: "Created if it is not there.", zh: "不存在时自动创建。" },
      kind: "table",
      examples: ["visitor_stats"],
    }),
  columns: z
    .array(
      z.strictObject({
        name: columnName().register(paramMeta, {
          title: { en: "Column", zh: "列" },
          description: { en: "Of the table.", zh: "表中的列。" },
          examples: ["order_amount"],
        }),
        value: expression().register(paramMeta, {
          title: { en: "Value", zh: "值" },
          description: { en: "Expression over the incoming row.", zh: "基于输入行的表达式。" },
          kind: "expression",
          examples: ["order_amount", "CAST(amount AS DECIMAL(16, 2))"],
        }),
        type: z
          .string()
          .min(1)
          .max(500)
          .optional()
          .register(paramMeta, {
            title: { en: "Type in a new table", zh: "新建表时的类型" },
            description: {
              en: "In ClickHouse's words. Empty: by the value's type; times in the pipeline's zone.",
              zh: "ClickHouse 类型。不填则按值的类型；时间使用流水线时区。",
            },
            examples: ["DateTime('Asia/Shanghai')", "Decimal64(2)", "UInt64", "String"],
          }),
      }),
    )
    .min(1)
    .max(1_000)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
      params: { expected: { en: "each column once", zh: "每列只出现一次" } },
    })
    .optional()
    .register(paramMeta, {
      title: { en: "Columns", zh: "列映射" },
      description: {
        en: "What is written, and where. Empty: each field to the column of its name. Columns that are not listed get their defaults.",
        zh: "写入的值及其列。不填则每个字段写入同名的列。未列出的列取默认值。",
      },
      offers: "columns",
    }),
  sortKey: z
    .array(
      columnName().register(paramMeta, {
        title: { en: "Column", zh: "列" },
        description: { en: "Rows stand in its order.", zh: "数据行按其排序。" },
        examples: ["stt", "sku_id"],
      }),
    )
    .max(50)
    .optional()
    .register(paramMeta, {
      title: { en: "Sort key of a new table", zh: "新建表的排序键" },
      description: {
        en: "Columns by which rows are found quickly, and replaced where there is a version. Empty: the first column.",
        zh: "用于快速查找的列；设置了版本列时，排序键相同的行会被替换。不填则为第一列。",
      },
      advanced: true,
    }),
  version: columnName()
    .optional()
    .register(paramMeta, {
      title: { en: "Version column of a new table", zh: "新建表的版本列" },
      description: {
        en: "Of rows with one sort key the one with the greatest version stays (ReplacingMergeTree); until they are merged a query sees all, unless it says FINAL. Empty: all rows stay.",
        zh: "排序键相同的行只保留版本最大的（ReplacingMergeTree）；合并之前查询会看到全部，除非使用 FINAL。不填则保留所有行。",
      },
      examples: ["ts"],
      advanced: true,
    }),
  partition: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .register(paramMeta, {
      title: { en: "Partition of a new table", zh: "新建表的分区" },
      description: { en: "An expression of ClickHouse's over the columns.", zh: "基于列的 ClickHouse 表达式。" },
      kind: "text",
      examples: ["toYYYYMMDD(stt)"],
      advanced: true,
    }),
  remembers: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .register(paramMeta, {
      title: { en: "Remembered batches of a new table", zh: "新建表记住的批次数" },
      description: {
        en: "A batch that is written again adds nothing while it is among so many of the last ones.",
        zh: "重复写入的批次只要在最近这么多批之内，就不会增加数据。",
      },
      advanced: true,
    }),
  batchRows: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100_000)
    .register(paramMeta, {
      title: { en: "Rows in a batch", zh: "每批行数" },
      description: { en: "At most; each checkpoint ends a batch.", zh: "每批最多行数；每个检查点结束一批。" },
      advanced: true,
    }),
  connection: connectionParam(),
});

export type TableSinkParams = z.output<typeof params>;

export const spec = defineSpec<TableSinkParams>({
  type: "table-sink",
  title: { en: "Analytical table sink", zh: "分析表输出" },
  summary: { en: "Adds rows to a table of ClickHouse, each once.", zh: "将行写入 ClickHouse 表，每行只计一次。" },
  category: "sink",
  keywords: ["ClickHouse", "chDB", "OLAP", "insert", "ReplacingMergeTree", "ads", "stats", "分析", "宽表", "统计表", "写入"],
  params,
  inputs: { in: { en: "Rows to add.", zh: "要写入的行。" } },
  outputs: {},
  connection: "table",
  inferSchema({ params: { columns, sortKey = [], version }, inputs, problem }) {
    const names = columns?.map(({ name }) => name) ?? inputs.in?.fields.map(({ name }) => name);
    if (names === undefined) return {};
    const named = [
      ...sortKey.map((name, i) => ({ name, path: ["sortKey", i] })),
      ...(version === undefined ? [] : [{ name: version, path: ["version"] }]),
    ];
    for (const { name, path } of named)
      if (!names.includes(name))
        problem(
          words(
            path,
            `${quote(name)} is not among the columns that are written; they are ${names.map(quote).join(", ")}. Take one of them, or add it.`,
            `${quote(name)} 不在写入的列之中；现有 ${names.map(quote).join("、")}。请选择其中之一，或添加该列。`,
          ),
        );
    return {};
  },
  format: () => ({ name: "json", omitNulls: false }),
  expressions: ({ columns = [] }) => columns.map(({ value }, i) => ({ path: ["columns", i, "value"], text: value, port: "in" })),
  sinkValues: ({ columns }) => columns?.map(({ name, value }) => ({ name, value })),
  delivery: "idempotent",
  cardLine: ({ table }) => table,
  targets: ({ table }) => [{ kind: "table", name: table }],
});
