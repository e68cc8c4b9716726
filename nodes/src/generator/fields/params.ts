import { paramMeta } from "@millrace/engine/node";
import { z } from "zod";
import { fieldName } from "../../params.ts";
import { commonParams, kind } from "../common-params.ts";

const name = fieldName().register(paramMeta, {
  title: { en: "Field", zh: "字段" },
  description: { en: "A dot makes a member of a nested object.", zh: "用点号表示嵌套对象的成员。" },
  examples: ["user.id"],
});

const prefix = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .register(paramMeta, {
    title: { en: "Prefix", zh: "前缀" },
    description: { en: "Makes the number a text that begins with this.", zh: "使数字成为以此开头的文本。" },
    examples: ["user_"],
  });

const rule = {
  title: { en: "Rule", zh: "规则" },
  description: { en: "How its values are made.", zh: "取值方式。" },
  options: {
    constant: { en: "Constant", zh: "常量" },
    sequence: { en: "Sequence", zh: "序列" },
    choice: { en: "Choice", zh: "按权重选择" },
    range: { en: "Random in a range", zh: "范围内随机" },
    now: { en: "Now", zh: "当前时间" },
  },
};

const value = z.json().register(paramMeta, {
  title: { en: "Value", zh: "值" },
  description: { en: "Any JSON: a text stands in quotes.", zh: "任意 JSON：文本要加引号。" },
});
const safe = () => z.int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);

const constant = z.strictObject({
  name,
  rule: z.literal("constant").register(paramMeta, rule),
  value,
});

const sequence = z.strictObject({
  name,
  rule: z.literal("sequence").register(paramMeta, rule),
  start: safe()
    .default(1)
    .register(paramMeta, {
      title: { en: "First", zh: "起始值" },
      description: { en: "The number in the first record.", zh: "第一条记录中的数字。" },
    }),
  step: safe()
    .default(1)
    .register(paramMeta, {
      title: { en: "Step", zh: "步长" },
      description: { en: "From one record to the next; below zero counts down.", zh: "每条记录的增量；负数表示递减。" },
    }),
  prefix,
});

const choice = z.strictObject({
  name,
  rule: z.literal("choice").register(paramMeta, rule),
  values: z
    .array(
      z.strictObject({
        value,
        weight: z
          .number()
          .positive()
          .max(1_000_000)
          .default(1)
          .register(paramMeta, {
            title: { en: "Weight", zh: "权重" },
            description: { en: "How often, against the others.", zh: "相对于其他取值的出现频度。" },
          }),
      }),
    )
    .min(1)
    .max(1_000)
    .register(paramMeta, {
      title: { en: "Values", zh: "取值" },
      description: { en: "One of them for each record.", zh: "每条记录取其中之一。" },
    }),
});

const range = z
  .strictObject({
    name,
    rule: z.literal("range").register(paramMeta, rule),
    min: z.number().register(paramMeta, {
      title: { en: "Least", zh: "最小值" },
      description: { en: "Included.", zh: "包含该值。" },
    }),
    max: z.number().register(paramMeta, {
      title: { en: "Most", zh: "最大值" },
      description: { en: "Included.", zh: "包含该值。" },
    }),
    decimals: z
      .int()
      .min(0)
      .max(9)
      .default(0)
      .register(paramMeta, {
        title: { en: "Decimals", zh: "小数位数" },
        description: { en: "0 gives whole numbers.", zh: "0 表示整数。" },
      }),
    prefix,
  })
  .superRefine(({ min, max, decimals }, context) => {
    if (context.issues.length > 0) return;
    const say = (path: string, en: string, zh: string) =>
      context.addIssue({ code: "custom", path: [path], params: { expected: { en, zh } } });
    const scaled = [min * 10 ** decimals, max * 10 ** decimals];
    if (max < min) say("max", `a number of at least ${min}`, `不小于 ${min} 的数字`);
    for (const [i, number] of scaled.entries()) {
      const side = i === 0 ? "min" : "max";
      if (!Number.isSafeInteger(Math.round(number))) say(side, "a smaller number or fewer decimals", "更小的数字或更少的小数位");
      else if (Math.abs(number - Math.round(number)) > 1e-6)
        say(side, `a number with at most ${decimals} decimals`, `至多 ${decimals} 位小数的数字`);
    }
    if (scaled.every((number) => Number.isSafeInteger(Math.round(number))) && (scaled[1] as number) - (scaled[0] as number) >= 2 ** 53) {
      say("max", "a narrower range", "更窄的范围");
    }
  });

const now = z.strictObject({
  name,
  rule: z.literal("now").register(paramMeta, rule),
  as: z
    .enum(["millis", "seconds", "text"])
    .default("millis")
    .register(paramMeta, {
      title: { en: "As", zh: "形式" },
      description: { en: "How the moment is written.", zh: "时间的写法。" },
      options: {
        millis: { en: "Milliseconds since 1970", zh: "毫秒时间戳" },
        seconds: { en: "Seconds since 1970", zh: "秒时间戳" },
        text: { en: "Text: 2021-02-22 10:00:00, in the pipeline's zone", zh: "文本：2021-02-22 10:00:00（流水线时区）" },
      },
    }),
});

export const schemaParams = z
  .strictObject({
    kind: z.literal("schema").register(paramMeta, kind),
    ...commonParams(1_000_000),
    fields: z
      .array(
        z.discriminatedUnion("rule", [constant, sequence, choice, range, now]).register(paramMeta, {
          title: { en: "Field", zh: "字段" },
          description: { en: "Its name and how its values are made.", zh: "字段名及其取值规则。" },
        }),
      )
      .min(1)
      .max(500)
      .register(paramMeta, {
        title: { en: "Fields", zh: "字段" },
        description: { en: "One rule a field, in the order in which they are written.", zh: "每个字段一条规则，按书写顺序输出。" },
      }),
  })
  .superRefine(({ fields }, context) => {
    if (context.issues.length > 0) return;
    const taken = new Map<string, "field" | "object">();
    for (const [i, field] of fields.entries()) {
      const parts = field.name.split(".");
      const outer = parts.slice(0, -1).map((_, depth) => parts.slice(0, depth + 1).join("."));
      const clash = taken.has(field.name) ? field.name : outer.find((path) => taken.get(path) === "field");
      if (clash !== undefined) {
        const expected = { en: `a name that is not taken ("${clash}" is)`, zh: `未被占用的名称（“${clash}” 已被占用）` };
        context.addIssue({ code: "custom", path: ["fields", i, "name"], params: { expected } });
      }
      for (const path of outer) if (!taken.has(path)) taken.set(path, "object");
      taken.set(field.name, "field");
    }
  });

/** With the defaults filled in. */
export type SchemaParams = z.output<typeof schemaParams>;
export type FieldRule = SchemaParams["fields"][number];
