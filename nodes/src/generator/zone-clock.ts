/** The wall clock of a time zone, from times that are given. */
import type { Millis } from "@millrace/engine/node";

export const DAY_MS = 86_400_000;
/** Zones change their offset only at whole quarters of an hour. */
const QUARTER_MS = 900_000;

export interface ZoneClock {
  /** The time on the wall, as if it were UTC. */
  local(time: Millis): Millis;
  /** Days since 1970-01-01 on the wall. */
  day(time: Millis): number;
}

/** @param timeZone IANA name; another throws. */
export function zoneClock(timeZone: string): ZoneClock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  let quarter = Number.NaN;
  let offsetMs = 0;

  function local(time: Millis): Millis {
    const at = Math.floor(time / QUARTER_MS);
    if (at !== quarter) {
      quarter = at;
      offsetMs = wallTime(format, at * QUARTER_MS) - at * QUARTER_MS;
    }
    return time + offsetMs;
  }

  return { local, day: (time) => Math.floor(local(time) / DAY_MS) };
}

function wallTime(format: Intl.DateTimeFormat, time: Millis): Millis {
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
