import { paramMeta } from "@millrace/engine/node";
import { z } from "zod";
import { commonParams, durationUpTo, kind } from "../common-params.ts";
import { PAGE_IDS, VISIT_PATHS } from "./domains.ts";
import { fewestDevices } from "./visitors.ts";

/** A share of one: 0.03 is three in a hundred. */
const share = () => z.number().min(0).max(1);

const visitPath = z.strictObject({
  pages: z
    .array(
      z
        .enum(PAGE_IDS)
        .register(paramMeta, { title: { en: "Page", zh: "页面" }, description: { en: "Its page_id.", zh: "页面的 page_id。" } }),
    )
    .min(1)
    .max(50)
    .register(paramMeta, { title: { en: "Pages", zh: "页面" }, description: { en: "In the order of the visit.", zh: "按访问顺序。" } }),
  weight: z
    .number()
    .positive()
    .max(1_000_000)
    .register(paramMeta, {
      title: { en: "Weight", zh: "权重" },
      description: { en: "How often, against the other paths.", zh: "相对于其他路径的出现频度。" },
    }),
});

export const appLogParams = z
  .strictObject({
    kind: z.literal("app-log").register(paramMeta, kind),
    ...commonParams(10_000),
    format: z
      .enum(["json", "text"])
      .default("json")
      .register(paramMeta, {
        title: { en: "Rows", zh: "行" },
        description: {
          en: "Records with fields, where malformed lines leave by the error port; or lines of text as a logger forwards them, malformed ones too.",
          zh: "带字段的记录（格式错误的行从 error 端口流出）；或像日志服务那样原样转发的文本行，包括格式错误的行。",
        },
        options: { json: { en: "Records", zh: "记录" }, text: { en: "Lines of text", zh: "文本行" } },
      }),
    devices: z
      .int()
      .min(1)
      .max(200_000)
      .optional()
      .register(paramMeta, {
        title: { en: "Devices", zh: "设备数" },
        description: {
          en: "mid_1 to mid_N. A device makes one visit at a time, so a rate needs enough of them. Default: 500, or as many as the rate needs.",
          zh: "mid_1 到 mid_N。同一设备的访问互不重叠，因此速率越高所需设备越多。默认 500，或速率所需的数量。",
        },
      }),
    users: z
      .int()
      .min(1)
      .max(100_000_000)
      .default(500)
      .register(paramMeta, {
        title: { en: "Users", zh: "用户数" },
        description: { en: "uid 1 to M, one for each visit.", zh: "uid 从 1 到 M，每次访问一个。" },
      }),
    maxSku: z
      .int()
      .min(3)
      .max(1_000_000)
      .default(10)
      .register(paramMeta, {
        title: { en: "Products", zh: "商品数" },
        description: { en: "SKU ids go from 1 to this.", zh: "SKU id 从 1 到该值。" },
        advanced: true,
      }),
    date: z
      .string()
      .refine(isDate, { params: { expected: { en: "a date", zh: "日期" } } })
      .optional()
      .register(paramMeta, {
        title: { en: "Business date", zh: "业务日期" },
        description: {
          en: "The day on which the generator's clock starts; the time of day is the present one. Default: today.",
          zh: "生成器时钟起始的日期；时刻取当前时刻。默认为今天。",
        },
        examples: ["2021-02-22"],
      }),
    dayBefore: durationUpTo("12 h")
      .default("0 s")
      .register(paramMeta, {
        title: { en: "Logs of the day before", zh: "前一天的日志" },
        description: {
          en: "So much of yesterday's traffic is sent at once at the start, so that devices are known today and a wrong is_new shows.",
          zh: "启动时立即发送这么长时间的前一天流量，使部分设备一开始就是老设备，从而能看到错误的 is_new。",
        },
        kind: "duration",
        examples: ["1 min"],
      }),
    pageGap: durationUpTo("1 h")
      .optional()
      .register(paramMeta, {
        title: { en: "Time between pages", zh: "页面间隔" },
        description: {
          en: "Default: as long as the page before was looked at (its during_time). A fixed length is what older mocks did.",
          zh: "默认为上一页的停留时长（during_time）。固定间隔是早期模拟器的做法。",
        },
        kind: "duration",
        examples: ["1 s"],
        advanced: true,
      }),
    jitter: durationUpTo("1 h")
      .default("0 s")
      .register(paramMeta, {
        title: { en: "Out of order by", zh: "乱序程度" },
        description: { en: "A log arrives up to this much after its ts.", zh: "日志最多比其 ts 晚到这么久。" },
        kind: "duration",
        examples: ["2 s"],
      }),
    wrongIsNew: share()
      .default(0.1)
      .register(paramMeta, {
        title: { en: "Wrong is_new", zh: "is_new 错误比例" },
        description: { en: "Share of logs whose is_new says the contrary, 0 to 1.", zh: "is_new 与实际相反的日志所占比例，0 到 1。" },
      }),
    malformed: share()
      .default(0.01)
      .register(paramMeta, {
        title: { en: "Malformed lines", zh: "格式错误比例" },
        description: {
          en: "Share of logs that are cut off, not JSON at all, or without a mid, 0 to 1.",
          zh: "被截断、根本不是 JSON 或缺少 mid 的日志所占比例，0 到 1。",
        },
      }),
    errors: share()
      .default(0.03)
      .register(paramMeta, {
        title: { en: "With an error", zh: "带错误信息比例" },
        description: { en: "Share of logs with an err member, 0 to 1.", zh: "带 err 成员的日志所占比例，0 到 1。" },
        advanced: true,
      }),
    paths: z
      .array(
        visitPath.register(paramMeta, {
          title: { en: "Path", zh: "路径" },
          description: { en: "Pages, and how often they are visited in this order.", zh: "一串页面及其出现频度。" },
        }),
      )
      .min(1)
      .max(100)
      .default(VISIT_PATHS.map(({ pages, weight }) => ({ pages: [...pages], weight })))
      .register(paramMeta, {
        title: { en: "Paths", zh: "访问路径" },
        description: { en: "The pages of a visit.", zh: "一次访问经过的页面。" },
        advanced: true,
      }),
  })
  .superRefine((params, context) => {
    if (context.issues.length > 0) return; // What is wrong by itself says nothing about the number of devices.
    const fewest = fewestDevices(params);
    if (params.devices === undefined || params.devices >= fewest) return;
    const slower = Math.floor((params.rate * params.devices * 10) / fewest) / 10;
    context.addIssue({
      code: "custom",
      path: ["devices"],
      params: {
        expected: {
          en: `at least ${fewest} devices for ${params.rate} records a second (or at most ${slower} a second, or a short pageGap)`,
          zh: `每秒 ${params.rate} 条至少需要 ${fewest} 台设备（或每秒至多 ${slower} 条，或缩短 pageGap）`,
        },
      },
    });
  });

/** With the defaults filled in. */
export type AppLogParams = z.output<typeof appLogParams>;

/** A day that exists: "2021-02-30" is none. */
function isDate(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
