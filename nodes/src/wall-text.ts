import type { Millis } from "@millrace/engine/node";
import { DAY_MS, zoneClock } from "./zone-clock.ts";

/** Times as the database keeps them: on the wall of a zone, in whole seconds. */
export interface WallText {
  time(wall: Millis): string;
  date(wall: Millis): string;
}

export function wallText(timeZone: string): WallText {
  const clock = zoneClock(timeZone);
  let day = Number.NaN;
  let dayText = "";

  function date(wall: Millis): string {
    const at = Math.floor(clock.local(wall) / DAY_MS);
    if (at !== day) {
      day = at;
      dayText = new Date(at * DAY_MS).toISOString().slice(0, 10);
    }
    return dayText;
  }

  function time(wall: Millis): string {
    const seconds = Math.floor((((clock.local(wall) % DAY_MS) + DAY_MS) % DAY_MS) / 1_000);
    return `${date(wall)} ${twoDigits(Math.floor(seconds / 3_600))}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
  }

  return { time, date };
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
