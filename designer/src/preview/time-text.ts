import { DEFAULTS } from "@millrace/engine/pipeline";
import { useCallback, useMemo } from "react";
import { useDocument } from "../store/document.ts";

const PARTS = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;

/** Epoch ms as "2021-02-21 16:00:12.934", as logs have it in any language, in the given zone (see `useShownZone`); "–" for none. */
export function useTimeText(timeZone: string): (time: number | null | undefined) => string {
  const format = useMemo(
    () => new Intl.DateTimeFormat("en", { ...PARTS, timeZone, fractionalSecondDigits: 3, hourCycle: "h23" }),
    [timeZone],
  );
  return useCallback(
    (time) => {
      if (time === null || time === undefined || !Number.isFinite(time)) return "–";
      const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
      return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}.${part.fractionalSecond}`;
    },
    [format],
  );
}

/**
 * Epoch ms of a date and time of day as people in the zone write it ("2021-02-21T16:00"); undefined when it is none. A time that a change
 * of the clocks leaves out is taken as if the clocks had not changed yet.
 */
export function instantIn(timeZone: string, local: string): number | undefined {
  const wall = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(local) ? Date.parse(`${local}Z`) : Number.NaN;
  if (Number.isNaN(wall)) return undefined;
  const before = wall - offsetAt(timeZone, wall - DAY_MS);
  const exact = wall - offsetAt(timeZone, before);
  return offsetAt(timeZone, exact) === wall - exact ? exact : before;
}

const DAY_MS = 86_400_000;

/** How far the zone's clocks are ahead of UTC at that time, ms. */
function offsetAt(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en", { ...PARTS, timeZone, hourCycle: "h23" }).formatToParts(at);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(part.year as number, (part.month as number) - 1, part.day, part.hour, part.minute, part.second);
  return wall - Math.floor(at / 1000) * 1000;
}

/** The open pipeline's zone, in which all times of its records are shown; the browser's where none is open. */
export function useShownZone(): string {
  const zone = useDocument(({ pipelineId, document }) => (pipelineId === undefined ? undefined : (document.timeZone ?? DEFAULTS.timeZone)));
  return zone !== undefined && isZone(zone) ? zone : BROWSER_ZONE;
}

export const BROWSER_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A zone that is half typed is none; the problem is shown at its field. */
function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}
