import type { Millis } from "@millrace/engine/node";
import type { z } from "zod";
import type { PacedRecord } from "../paced-records.ts";
import { openAppLogs } from "./open.ts";
import { appLogParams } from "./params.ts";

export interface AppLogOptions
  extends Partial<Omit<z.input<typeof appLogParams>, "kind" | "count" | "format" | "date" | "timeOfDay" | "pace">> {
  /** When the traffic begins, epoch ms. Default: 2021-02-22 10:00 in Shanghai. */
  readonly start?: Millis;
  /** IANA name; says when a device's first day ends. */
  readonly timeZone?: string;
}

const DEFAULT_START = 1_613_959_200_000;

/** That many logs at once, in the order in which they would arrive, without any waiting. Same options, same logs. Throws a ZodError for options that the generator node refuses. */
export function makeAppLogs(
  { start = DEFAULT_START, timeZone = "Asia/Shanghai", ...options }: AppLogOptions,
  count: number,
): PacedRecord[] {
  const logs = openAppLogs(appLogParams.parse({ kind: "app-log", ...options }), timeZone, { start });
  return Array.from({ length: count }, () => logs.take());
}
