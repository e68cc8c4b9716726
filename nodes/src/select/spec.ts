import { defineSpec, field, paramMeta } from "@millrace/engine/node";
import type { RowShape } from "@millrace/engine/schema";
import { z } from "zod";
import { requireField, withExpressions, withoutField } from "../field-types.ts";
import { listParam, namedExpressions } from "../params.ts";

const params = z
  .strictObject({
    keep: z
      .enum(["named", "all"])
      .default("named")
      .register(paramMeta, {
        title: { en: "Fields", zh: "字段" },
        description: {
          en: "Only the fields named below, or all of the row with these added or replaced.",
          zh: "只保留下面列出的字段；或保留整行，并添加或替换这些字段。",
        },
        options: {
          named: { en: "only the named ones", zh: "只保留列出的字段" },
          all: { en: "all, then add or replace", zh: "保留全部，再添加或替换" },
        },
      }),
    fields: namedExpressions()
      .default([])
      .register(paramMeta, {
        title: { en: "Named fields", zh: "字段列表" },
        description: {
          en: "All values are computed from the incoming row, before any is replaced.",
          zh: "所有值都基于替换之前的输入行计算。",
        },
      }),
    drop: z
      .array(
        field().register(paramMeta, {
          title: { en: "Field", zh: "字段" },
          kind: "field",
          description: { en: "A field of the row, nested ones with dots.", zh: "行中的字段，嵌套字段用点号。" },
          examples: ["displays", "common.uid"],
        }),
      )
      .max(1_000)
      .optional()
      .register(paramMeta, {
        title: { en: "Without", zh: "去掉" },
        description: { en: "Fields to leave out where all are kept.", zh: "保留全部字段时要去掉的字段。" },
      }),
  })
  .refine(({ keep, fields }) => keep === "all" || fields.length > 0, {
    path: ["fields"],
    params: { expected: { en: "at least one field, or all kept", zh: "至少一个字段，或选择保留全部" } },
  })
  .refine(({ keep, drop = [] }) => keep === "all" || drop.length === 0, {
    path: ["drop"],
    params: {
      expected: { en: "no fields to leave out, where only the named ones are kept", zh: "只保留列出的字段时，不应再有要去掉的字段" },
    },
  });

export type SelectParams = z.infer<typeof params>;

export const spec = defineSpec<SelectParams>({
  type: "select",
  title: { en: "Select", zh: "选择字段" },
  summary: { en: "Keeps, renames, computes and removes fields.", zh: "保留、改名、计算和去掉字段。" },
  category: "transform",
  keywords: [
    "map",
    "project",
    "rename",
    "compute",
    "mapping",
    "add field",
    "drop field",
    "映射",
    "投影",
    "改名",
    "计算字段",
    "新增字段",
    "删除字段",
    "列裁剪",
  ],
  params,
  inputs: { in: { en: "Rows to take fields from.", zh: "输入行。" } },
  outputs: { out: { en: "One row for each row.", zh: "每个输入行对应一行。" } },
  accepts: ["append", "retract"],
  rows: ({ keep }) => (keep === "all" ? "pass" : "new"),
  inferSchema(context) {
    const { params, inputs } = context;
    const input = inputs.in;
    if (!input) return {};
    let base: RowShape = { type: "ROW", fields: [] };
    if (params.keep === "all") {
      base = input;
      for (const [i, path] of (params.drop ?? []).entries()) {
        requireField(input, path, ["drop", i], context.problem);
        base = withoutField(base, path.split("."));
      }
    }
    return { out: withExpressions(base, params.fields, context, "in") };
  },
  expressions: ({ fields }) => fields.map(({ value }, i) => ({ path: ["fields", i, "value"], text: value, port: "in" })),
  lineage: ({ params: { fields } }) => fields.map(({ name, value }) => ({ field: name, from: [{ port: "in", text: value }] })),
  cardLine(params) {
    const names = listParam(params, "fields").map(({ name }) => String(name));
    const dropped = Array.isArray(params.drop) ? params.drop.map((name) => `−${name}`) : [];
    return [...(params.keep === "all" ? ["*"] : []), ...dropped, ...names].join(", ");
  },
});
