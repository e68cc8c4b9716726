import { paramMeta, toMillis } from "@millrace/engine/node";
import { z } from "zod";
import { clockParams, refuseEndlessVirtual } from "../clock-params.ts";
import { commonParams, durationUpTo, kind } from "../common-params.ts";
import { PAGE_IDS, VISIT_PATHS } from "./domains.ts";
import { fewestDevices, logsASecond } from "./visitors.ts";

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
    visitsPerSecond: z
      .number()
      .positive()
      .max(2_000)
      .optional()
      .register(paramMeta, {
        title: { en: "Visits a second", zh: "每秒访问次数" },
        description: {
          en: "How many visits (sessions) begin, instead of how many records are sent. A visit has some six records.",
          zh: "每秒开始的访问（会话）数，代替每秒条数。一次访问约有六条记录。",
        },
        advanced: true,
      }),
    timing: z
      .enum(["lifelike", "original-2021-01", "original-2020-12", "original-2020-spring"])
      .default("lifelike")
      .register(paramMeta, {
        title: { en: "Timing", zh: "时间规则" },
        description: {
          en: "Lifelike: visits side by side, each log sent at its ts. As the course's mock: one visit after the other, a log every 1/rate s (it sent 10 a second), and ts counts from the visit's beginning, so event time runs ahead and falls back.",
          zh: "逼真：多个访问并行，日志在其 ts 时刻发出。课程原模拟器：访问逐个进行，每隔 1/速率 秒发一条（原为每秒 10 条），ts 从访问开始起算，因此事件时间会超前再回退。",
        },
        options: {
          lifelike: { en: "Lifelike", zh: "逼真" },
          "original-2021-01": { en: "Course's mock, January 2021: 1 s a page", zh: "课程模拟器 2021-01：每页 +1 秒" },
          "original-2020-12": { en: "Course's mock, December 2020: one ts a visit", zh: "课程模拟器 2020-12：整次访问同一 ts" },
          "original-2020-spring": { en: "Course's mock, spring 2020: by during_time", zh: "课程模拟器 2020 春：按 during_time 累加" },
        },
        advanced: true,
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
    ...clockParams(),
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
    refuseEndlessVirtual(params, context);
    if (params.timing !== "lifelike") return refuseWithOriginal(params, context);
    const fewest = fewestDevices(params);
    if (params.devices === undefined || params.devices >= fewest) return;
    const rate = Math.round(logsASecond(params) * 10) / 10;
    const slower = Math.floor((rate * params.devices * 10) / fewest) / 10;
    context.addIssue({
      code: "custom",
      path: ["devices"],
      params: {
        expected: {
          en: `at least ${fewest} devices for ${rate} records a second (or at most ${slower} a second, or a short pageGap)`,
          zh: `每秒 ${rate} 条至少需要 ${fewest} 台设备（或每秒至多 ${slower} 条，或缩短 pageGap）`,
        },
      },
    });
  });

/** With the defaults filled in. */
export type AppLogParams = z.output<typeof appLogParams>;

/** What an original mock does not do is refused, or it would be left out in silence. */
function refuseWithOriginal(params: AppLogParams, context: z.core.$RefinementCtx): void {
  const given = {
    jitter: toMillis(params.jitter) > 0,
    dayBefore: toMillis(params.dayBefore) > 0,
    pageGap: params.pageGap !== undefined,
  };
  for (const [name, isGiven] of Object.entries(given)) {
    if (!isGiven) continue;
    const expected = { en: "none with the timing of the course's mock", zh: "使用课程模拟器的时间规则时不设置" };
    context.addIssue({ code: "custom", path: [name], params: { expected } });
  }
}
