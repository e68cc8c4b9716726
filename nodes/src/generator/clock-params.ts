import { paramMeta } from "@millrace/engine/node";
import { z } from "zod";

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;

/** How the mocks of the warehouse live through a day. Those that give the same day agree on what the date is. */
export function clockParams() {
  return {
    date: z
      .string()
      // Empty, so that a pipeline's parameter can leave it open.
      .refine((text) => text === "" || isDate(text), { params: { expected: { en: "a date", zh: "日期" } } })
      .optional()
      .register(paramMeta, {
        title: { en: "Business date", zh: "业务日期" },
        description: {
          en: "The day on which the generator's clock starts. Give the app log and the shop the same one. Default: today.",
          zh: "生成器时钟起始的日期。应用日志和商城应设为同一天。默认为今天。",
        },
        examples: ["2021-02-22"],
      }),
    timeOfDay: z
      .string()
      .refine((text) => TIME_OF_DAY.test(text), { params: { expected: { en: "a time of day", zh: "一天中的时刻" } } })
      .optional()
      .register(paramMeta, {
        title: { en: "Time of day", zh: "起始时刻" },
        description: {
          en: "When on that day the clock starts. Default: the present time of day; in virtual time midnight.",
          zh: "时钟从当天的什么时刻开始。默认为当前时刻；虚拟时间下为零点。",
        },
        examples: ["10:00", "08:30:00"],
        advanced: true,
      }),
    pace: z
      .enum(["clock", "virtual"])
      .default("clock")
      .register(paramMeta, {
        title: { en: "Pace", zh: "节奏" },
        description: {
          en: "By the clock each record leaves when it is due. In virtual time all leave as fast as they are taken, with the same times in them: a whole day in seconds.",
          zh: "按时钟：每条记录到期才发出。虚拟时间：以最快速度发出，记录中的时间不变，几秒即可得到一整天的数据。",
        },
        options: { clock: { en: "By the clock", zh: "按时钟" }, virtual: { en: "In virtual time", zh: "虚拟时间" } },
        advanced: true,
      }),
  };
}

/** In virtual time a stream without an end would fill everything behind it. */
export function refuseEndlessVirtual(
  params: { readonly pace: string; readonly count?: number | undefined },
  context: z.core.$RefinementCtx,
): void {
  if (context.issues.length > 0 || params.pace !== "virtual" || params.count) return;
  const expected = { en: "a number, since virtual time would never end without one", zh: "一个数字，否则虚拟时间永不结束" };
  context.addIssue({ code: "custom", path: ["count"], params: { expected } });
}

/** What `clockParams` give. */
export interface ClockParams {
  readonly date?: string | undefined;
  readonly timeOfDay?: string | undefined;
  readonly pace: "clock" | "virtual";
}

/** A day that exists: "2021-02-30" is none. */
function isDate(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
