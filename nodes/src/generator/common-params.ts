import { duration, paramMeta, toMillis } from "@millrace/engine/node";
import { z } from "zod";

export const DEFAULT_RATE = 20;

/** Words of the param that tells the kinds apart. */
export const kind = {
  title: { en: "Kind", zh: "类型" },
  description: { en: "What it makes.", zh: "生成什么。" },
  options: {
    "app-log": { en: "App log (gmall)", zh: "应用日志（gmall）" },
    shop: { en: "Shop (gmall)", zh: "商城业务库（gmall）" },
    schema: { en: "Fields by rule", zh: "按规则生成字段" },
  },
};

/** What both kinds of generator are asked. */
export function commonParams(fastest: number) {
  return {
    rate: z
      .number()
      .min(0.001)
      .max(fastest)
      .default(DEFAULT_RATE)
      .register(paramMeta, {
        title: { en: "Records a second", zh: "每秒条数" },
        description: { en: "A fraction makes less than one a second.", zh: "可以是小数，表示每秒不足一条。" },
      }),
    count: z
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .register(paramMeta, {
        title: { en: "Number of records", zh: "总条数" },
        description: { en: "After so many the stream ends. 0 or nothing: it does not end.", zh: "达到该条数后流结束。0 或留空则不结束。" },
      }),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1)
      .register(paramMeta, {
        title: { en: "Seed", zh: "随机种子" },
        description: { en: "The same seed gives the same records.", zh: "相同的种子生成相同的记录。" },
        advanced: true,
      }),
  };
}

/** A length of time, 0 included. */
export function durationUpTo(longest: string) {
  return duration().refine((text) => toMillis(text) <= toMillis(longest), {
    abort: true,
    params: { expected: { en: `a length of time of at most ${longest}`, zh: `不超过 ${longest} 的时长` } },
    when: ({ issues }) => issues.length === 0,
  });
}
