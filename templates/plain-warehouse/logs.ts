/** The jobs over app logs: BaseLogApp, UniqueVisitApp, UserJumpDetailApp. */
import { canonical, isRow, parseJson, type Row, shanghaiDay } from "./values.ts";

export interface BaseLog {
  readonly dwd_page_log: readonly Row[];
  readonly dwd_start_log: readonly Row[];
  readonly dwd_display_log: readonly Row[];
  readonly dirty: readonly string[];
}

/** `lines` in the order of arrival. `displaysWithContext`: displays carry `common` and `ts` (the course's do not). */
export function baseLog(lines: readonly string[], { displaysWithContext = true } = {}): BaseLog {
  const firstDays = new Map<string, string>();
  const result = { dwd_page_log: [] as Row[], dwd_start_log: [] as Row[], dwd_display_log: [] as Row[], dirty: [] as string[] };
  for (const line of lines) {
    const log = parseJson(line);
    if (!isRow(log) || !isRow(log.common) || typeof log.common.mid !== "string" || !(log.start ?? log.page)) {
      result.dirty.push(line);
      continue;
    }
    const repaired = { ...log, common: repairedCommon(log.common, Number(log.ts), firstDays) };
    if (log.start) {
      result.dwd_start_log.push(repaired);
      continue;
    }
    result.dwd_page_log.push(repaired);
    const displays = (Array.isArray(log.displays) ? log.displays : []) as Row[];
    for (const display of displays) {
      const page_id = (log.page as Row).page_id;
      result.dwd_display_log.push({ ...display, page_id, ...(displaysWithContext && { common: repaired.common, ts: log.ts }) });
    }
  }
  return result;
}

function repairedCommon(common: Row, ts: number, firstDays: Map<string, string>): Row {
  if (common.is_new !== "1") return common;
  const mid = String(common.mid);
  const day = shanghaiDay(ts);
  const first = firstDays.get(mid);
  if (first === undefined) firstDays.set(mid, day);
  return first === undefined || first === day ? common : { ...common, is_new: "0" };
}

const pageOf = (log: Row) => (isRow(log.page) ? log.page : {});
const midOf = (log: Row) => String((log.common as Row).mid);
export const isEntry = (log: Row) => (pageOf(log).last_page_id ?? "") === "";

/** The first entry of a device on a day, pages in the order of arrival. `compareDay` "different": the course's rule. */
export function uniqueVisits(pages: readonly Row[], { compareDay = "newer-than" as "newer-than" | "different" } = {}): Row[] {
  const days = new Map<string, string>();
  return pages.filter((log) => {
    if (!isEntry(log)) return false;
    const day = shanghaiDay(Number(log.ts));
    const last = days.get(midOf(log));
    if (last !== undefined && (compareDay === "different" ? day === last : day <= last)) return false;
    days.set(midOf(log), day);
    return true;
  });
}

export interface JumpSettings {
  /** "entry": another entry page follows (corrected). "any": any page (0820 literal; only what nothing followed in time). */
  readonly next?: "entry" | "any";
  readonly withinMs?: number;
  /** The watermark that was reached; left out: the input has ended. */
  readonly watermark?: number;
}

/** Entry pages of visits that ended there, by event time; pages of one time in the order of arrival. */
export function jumps(
  pages: readonly Row[],
  { next = "entry", withinMs = 10_000, watermark = Number.POSITIVE_INFINITY }: JumpSettings = {},
): Row[] {
  const byDevice = Map.groupBy(
    pages.filter((log) => (pageOf(log).page_id ?? "") !== "" || isEntry(log)),
    midOf,
  );
  const found: Row[] = [];
  for (const logs of byDevice.values()) {
    const sorted = logs.filter(({ ts }) => Number(ts) <= watermark).toSorted((a, b) => Number(a.ts) - Number(b.ts));
    for (const [i, log] of sorted.entries()) {
      if (!isEntry(log)) continue;
      const following = sorted[i + 1];
      const isInTime = following !== undefined && Number(following.ts) - Number(log.ts) < withinMs;
      if (isInTime && next === "entry" && isEntry(following)) found.push(log);
      if (isInTime) continue;
      if (following !== undefined || watermark >= Number(log.ts) + withinMs) found.push(log);
    }
  }
  return found.toSorted((a, b) => Number(a.ts) - Number(b.ts) || (canonical(a) < canonical(b) ? -1 : 1));
}
