/** Where reading a topic begins, as typed, and as the server is asked. */
import { instantIn } from "../preview/time-text.ts";

export interface ReadFrom {
  readonly from: "earliest" | "latest" | "offset" | "time";
  /** As typed; only for "offset". */
  readonly offset: string;
  /** As a date-time input gives it, in the zone in which times are shown; only for "time". */
  readonly time: string;
  /** Undefined: all. */
  readonly partition: number | undefined;
  readonly search: string;
}

export const FROM_LATEST: ReadFrom = { from: "latest", offset: "0", time: "", partition: undefined, search: "" };

export const PAGE_SIZE = 100;

/**
 * Parameters of `GET /api/topics/:topic/records`; `onwards` is the `next` of the page before. Undefined when what was typed is no
 * position.
 */
export function recordQuery(
  asked: ReadFrom,
  timeZone: string,
  onwards?: Readonly<Record<string, number>>,
): Record<string, string> | undefined {
  const query: Record<string, string> = { limit: String(PAGE_SIZE), ...(asked.search !== "" && { search: asked.search }) };
  if (asked.partition !== undefined) query.partition = String(asked.partition);
  if (onwards) {
    const offsets = Object.entries(onwards).map(([partition, offset]) => `${partition}:${offset}`);
    return { ...query, from: "offset", offset: offsets.join(",") };
  }
  if (asked.from === "offset") {
    const offset = asked.offset.trim();
    return /^\d{1,15}$/.test(offset) ? { ...query, from: "offset", offset } : undefined;
  }
  if (asked.from === "time") {
    const at = instantIn(timeZone, asked.time);
    return at === undefined ? undefined : { ...query, from: "time", time: String(at) };
  }
  return { ...query, from: asked.from };
}
