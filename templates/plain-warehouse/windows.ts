/** Tumbling windows of 10 s over records in the order of arrival. */
import { shanghaiText } from "./values.ts";

export interface WindowSettings {
  /** How late a record may be: the watermark is the latest time less this, less 1 ms, after every record. Left out: nothing is late. */
  readonly delayMs?: number;
  /** The SQL jobs' watermark is the expression's value, without the 1 ms. */
  readonly isSql?: boolean;
  /** False: only windows count that the watermark closed. */
  readonly hasEnded?: boolean;
}

const SIZE_MS = 10_000;

export interface Window<T> {
  readonly stt: string;
  readonly edt: string;
  readonly records: readonly T[];
}

export interface WindowRecord<T> {
  readonly time: number;
  readonly key: string;
  /** Undefined: it only moves the watermark. */
  readonly value: T | undefined;
  /** It is one of several of a record, of which the last moves the watermark. */
  readonly isPart?: boolean;
}

/** Windows by key, in the order of their beginnings. */
export function tumble<T>(
  records: readonly WindowRecord<T>[],
  { delayMs = Number.POSITIVE_INFINITY, isSql = false, hasEnded = true }: WindowSettings = {},
): Window<T>[] {
  const windows = new Map<string, { start: number; records: T[] }>();
  let watermark = Number.NEGATIVE_INFINITY;
  for (const { time, key, value, isPart } of records) {
    const start = Math.floor(time / SIZE_MS) * SIZE_MS;
    if (value !== undefined && start + SIZE_MS - 1 > watermark) {
      const place = `${start} ${key}`;
      const window = windows.get(place) ?? { start, records: [] };
      window.records.push(value);
      windows.set(place, window);
    }
    if (!isPart) watermark = Math.max(watermark, time - delayMs - (isSql ? 0 : 1));
  }
  return [...windows.values()]
    .filter(({ start }) => hasEnded || start + SIZE_MS - 1 <= watermark)
    .sort((a, b) => a.start - b.start)
    .map(({ start, records: all }) => ({ stt: shanghaiText(start), edt: shanghaiText(start + SIZE_MS), records: all }));
}
