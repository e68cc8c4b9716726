/** When a window is over whose end is known: as Flink's `TimeWindowUtil` has it, also where the clock of a zone is changed. */
import { type TimeZone, timeZoneOf } from "@millrace/engine/expression";
import { type Expressions, type Millis, type Row, RowError } from "@millrace/engine/node";
import { quote } from "./field-types.ts";

/** Milliseconds on the wall clock of the zone, as if it were UTC. */
export type WallMillis = number;

/**
 * Of a row, the last millisecond of the window that it belongs to: once the watermark is there, the window is over. The end is a TIMESTAMP on the zone's clock, or a moment (TIMESTAMP_LTZ, or BIGINT
 * milliseconds). Throws `RowError` where it is NULL.
 */
export function windowLast(text: string, expressions: Expressions, timeZone: string): (row: Row, time: Millis) => Millis {
  const value = expressions.value(text, "in");
  const { dataType } = value;
  const inNanos = "precision" in dataType && dataType.precision > 3;
  const lastOf = dataType.type === "TIMESTAMP" ? lastOfEnds(timeZoneOf(timeZone)) : (end: number) => end - 1;
  return (row, time) => {
    const end = value(row, time);
    if (end === null) throw noWindowEnd(text);
    return lastOf(inNanos ? Number(BigInt(end as bigint) / 1_000_000n) : Number(end));
  };
}

function noWindowEnd(text: string): RowError {
  return new RowError("window-end.null", {
    en: `The end of the window, ${quote(text)}, is NULL for this row; expected a time.`,
    zh: `该行的窗口结束时间 ${quote(text)} 为 NULL；应为时间。`,
  });
}

const HOUR = 3_600_000;

/** The last millisecond of a window that ends at a time on the zone's clock. Rows of a key and of many keys mostly have the same end. */
export function lastOfEnds(zone: TimeZone): (end: WallMillis) => Millis {
  let lastEnd = Number.NaN;
  let last = 0;
  return (end) => {
    if (end === lastEnd) return last;
    lastEnd = end;
    last = instantAfter(zone, end - 1);
    return last;
  };
}

/** Flink's `toEpochMillsForTimer`: of a wall clock that comes twice the second time, of one that is skipped the moment at which it is. */
function instantAfter(zone: TimeZone, wall: WallMillis): Millis {
  const [first, hourLater] = [zone.instantOf(wall), zone.instantOf(wall + HOUR)];
  if (first === hourLater) return first - (first % HOUR);
  return hourLater - first > HOUR ? first + HOUR : first;
}
