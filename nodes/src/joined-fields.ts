/**
 * What a join's result looks like, for specs: both rows side by side, one within the other, or chosen field by field. Nothing is renamed silently: two fields of one
 * name are a problem until a prefix or a list of fields tells them apart.
 */
import { type ExpressionUse, expression, type FieldSource, type InferContext, paramMeta } from "@millrace/engine/node";
import type { Field, RowShape, Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { fieldsOfExpressions, nullable, words } from "./field-types.ts";
import { fieldName } from "./params.ts";

export type JoinSide = "left" | "right";
const SIDES: readonly JoinSide[] = ["left", "right"];

const nested = z
  .strictObject({
    as: z.literal("nested").register(paramMeta, {
      title: { en: "Two rows in one", zh: "嵌套两行" },
      description: {
        en: "A field left and a field right, each the row as it came, with members that no schema knows.",
        zh: "字段 left 和 right 各为原来的行，包括模式未列出的成员。",
      },
    }),
  })
  .register(paramMeta, {
    title: { en: "Two rows in one", zh: "嵌套两行" },
    description: { en: "A field left and a field right.", zh: "字段 left 和 right。" },
  });

const prefix = () =>
  z
    .string()
    .regex(/^[A-Za-z0-9_]{0,64}$/)
    .default("");

const sideBySide = z
  .strictObject({
    as: z.literal("side-by-side").register(paramMeta, {
      title: { en: "Side by side", zh: "并列" },
      description: { en: "All fields of both rows, with a prefix where names clash.", zh: "两行的所有字段，重名时加前缀。" },
    }),
    leftPrefix: prefix().register(paramMeta, {
      title: { en: "Prefix of left fields", zh: "左侧字段前缀" },
      description: { en: "Put before each name of a left field.", zh: "加在左侧每个字段名前。" },
      examples: ["order_"],
    }),
    rightPrefix: prefix().register(paramMeta, {
      title: { en: "Prefix of right fields", zh: "右侧字段前缀" },
      description: { en: "Put before each name of a right field.", zh: "加在右侧每个字段名前。" },
      examples: ["payment_"],
    }),
  })
  .register(paramMeta, {
    title: { en: "Side by side", zh: "并列" },
    description: { en: "All fields of both rows.", zh: "两行的所有字段。" },
  });

const select = z
  .strictObject({
    as: z.literal("select").register(paramMeta, {
      title: { en: "Chosen fields", zh: "选择字段" },
      description: { en: "These fields alone; only what they need is read and kept.", zh: "只保留这些字段；也只读取和保存所需的内容。" },
    }),
    fields: z
      .array(
        z.strictObject({
          name: fieldName().register(paramMeta, {
            title: { en: "Name", zh: "名称" },
            description: {
              en: "Field of the joined row; dots make a member of a nested row.",
              zh: "结果行的字段名；用点号表示嵌套行的成员。",
            },
            examples: ["order_id"],
          }),
          from: z.enum(["left", "right"]).register(paramMeta, {
            title: { en: "Of", zh: "来自" },
            description: { en: "The row that the value is computed from.", zh: "从哪一侧的行计算该值。" },
            options: { left: { en: "left", zh: "左侧" }, right: { en: "right", zh: "右侧" } },
          }),
          value: expression().register(paramMeta, {
            title: { en: "Value", zh: "值" },
            description: {
              en: "Expression over that row; NULL where there is no row on that side.",
              zh: "基于该侧行的表达式；该侧没有行时为 NULL。",
            },
            kind: "expression",
            examples: ["id", "UPPER(name)"],
          }),
        }),
      )
      .min(1)
      .max(1_000)
      .register(paramMeta, {
        title: { en: "Fields", zh: "字段" },
        description: { en: "Fields of the joined row, in order.", zh: "结果行的字段，按顺序。" },
      }),
  })
  .register(paramMeta, {
    title: { en: "Chosen fields", zh: "选择字段" },
    description: { en: "These fields alone.", zh: "只保留这些字段。" },
  });

export const joinedRowParam = z
  .discriminatedUnion("as", [nested, sideBySide, select])
  .default({ as: "nested" })
  .register(paramMeta, {
    title: { en: "Joined row", zh: "结果行" },
    description: { en: "How a joined row is made of the two.", zh: "如何由两行得到结果行。" },
  });

export type JoinedRow = z.infer<typeof joinedRowParam>;

/** `padded`: sides that a joined row may lack. Undefined where an input is not known. */
export function joinedSchema(
  joined: JoinedRow,
  context: Pick<InferContext<never>, "inputs" | "typeOf" | "problem">,
  padded: ReadonlySet<JoinSide>,
): Schema | undefined {
  const { left, right } = context.inputs;
  if (!left || !right) return undefined;
  const of = { left, right };
  switch (joined.as) {
    case "nested":
      return {
        type: "ROW",
        fields: SIDES.map((side) => ({ name: side, dataType: padded.has(side) ? of[side] : { ...of[side], nullable: false } })),
      };
    case "side-by-side": {
      const prefixes = { left: joined.leftPrefix, right: joined.rightPrefix };
      const named = (side: JoinSide): Field[] =>
        of[side].fields.map((field) => ({
          ...field,
          name: prefixes[side] + field.name,
          ...(padded.has(side) && { dataType: nullable(field.dataType) }),
        }));
      const [leftFields, rightFields] = [named("left"), named("right")];
      const clash = rightFields.find(({ name }) => leftFields.some((field) => field.name === name));
      if (clash) context.problem(nameClash(clash.name));
      return { type: "ROW", fields: [...leftFields, ...rightFields] };
    }
    case "select":
      return fieldsOfExpressions(EMPTY, joined.fields, {
        typeOf: ({ from, value }) => {
          const dataType = context.typeOf(value, from);
          return dataType && padded.has(from) ? nullable(dataType) : dataType;
        },
        problem: context.problem,
        at: ["joined", "fields"],
      });
  }
}

const EMPTY: RowShape = { type: "ROW", fields: [] };

/** For a spec's `expressions`; the param is named `joined`. */
export function joinedExpressions(joined: JoinedRow): ExpressionUse[] {
  if (joined.as !== "select") return [];
  return joined.fields.map(({ from, value }, i) => ({ path: ["joined", "fields", i, "value"], text: value, port: from }));
}

/** For a spec's `reads`: rows that are taken over whole are read whole. */
export function joinedReads(joined: JoinedRow): Record<JoinSide, readonly string[]> {
  const all = joined.as === "select" ? [] : ["*"];
  return { left: all, right: all };
}

/** For a spec's `lineage`. */
export function joinedLineage(joined: JoinedRow, inputs: Readonly<Record<string, Schema>>): FieldSource[] {
  const copied = (field: string, side: JoinSide, of: string): FieldSource => ({ field, from: [{ port: side, field: of, how: "copied" }] });
  switch (joined.as) {
    case "nested":
      return SIDES.map((side) => copied(side, side, ""));
    case "side-by-side": {
      const prefixes = { left: joined.leftPrefix, right: joined.rightPrefix };
      return SIDES.flatMap((side) => (inputs[side]?.fields ?? []).map(({ name }) => copied(prefixes[side] + name, side, name)));
    }
    case "select":
      return joined.fields.map(({ name, from, value }) => ({ field: name, from: [{ port: from, text: value }] }));
  }
}

function nameClash(name: string) {
  return words(
    ["joined", "rightPrefix"],
    `both rows have a field ${JSON.stringify(name)}. Give one side a prefix, such as "right_", or choose the fields one by one.`,
    `两行都有字段 ${JSON.stringify(name)}。请给一侧加前缀（例如 "right_"），或逐个选择字段。`,
  );
}
