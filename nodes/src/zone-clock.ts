/** The wall clock of a time zone, from times that are given. */
import type { Millis } from "@millrace/engine/node";

export const DAY_MS = 86_400_000;
/** Zones change their offset only at whole quarters of an hour. */
const QUARTER_MS = 900_000;
const MOST_OFFSETS = 1_000;

export interface ZoneClock {
  /** The time on the wall, as if it were UTC. */
  local(time: Millis): Millis;
  /** When the wall shows that. What a change of the offset leaves out or repeats is taken by the offset behind it. */
  instant(local: Millis): Millis;
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
  /** To ask the format takes long; a stream of times stays among a few quarters. */
  const offsets = new Map<number, Millis>();

  function local(time: Millis): Millis {
    const quarter = Math.floor(time / QUARTER_MS);
    let offsetMs = offsets.get(quarter);
    if (offsetMs === undefined) {
      if (offsets.size >= MOST_OFFSETS) offsets.clear();
      offsetMs = wallTime(format, quarter * QUARTER_MS) - quarter * QUARTER_MS;
      offsets.set(quarter, offsetMs);
    }
    return time + offsetMs;
  }

  const instant = (wall: Millis) => {
    const near = wall - (local(wall) - wall);
    return wall - (local(near) - near);
  };

  return { local, instant, day: (time) => Math.floor(local(time) / DAY_MS) };
}

function wallTime(format: Intl.DateTimeFormat, time: Millis): Millis {
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
