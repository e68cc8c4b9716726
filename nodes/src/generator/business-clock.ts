/** When a mock's clock starts, and how far it is from the real one. */
import type { Millis } from "@millrace/engine/node";
import { DAY_MS, zoneClock } from "../zone-clock.ts";
import type { ClockParams } from "./clock-params.ts";

/** `now`: the real clock. In virtual time only the day may come from it, and only where none is given. */
export function clockStart({ date, timeOfDay, pace }: ClockParams, timeZone: string, now: Millis): Millis {
  const clock = zoneClock(timeZone);
  const local = clock.local(now);
  const day = date === undefined || date === "" ? Math.floor(local / DAY_MS) * DAY_MS : Date.parse(date);
  if (timeOfDay === undefined && pace === "clock") return now + day - Math.floor(local / DAY_MS) * DAY_MS;
  return clock.instant(day + timeOfDayMs(timeOfDay ?? "00:00"));
}

function timeOfDayMs(text: string): Millis {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(":").map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}
