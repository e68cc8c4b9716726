/**
 * Which windows a time falls into. Windows that are aligned to a clock are aligned to that of the pipeline's zone, as Flink's SQL does it (`TimeWindowUtil`): they are worked out on the wall clock, where
 * a day has 24 hours, and are over when the wall clock has passed their end for good. Sessions need no clock to be aligned to and are in epoch milliseconds.
 */
import { type TimeZone, timeZoneOf } from "@millrace/engine/expression";
import { type Millis, toMillis } from "@millrace/engine/node";
import { signedMillis } from "../params.ts";
import { lastOfEnds, type WallMillis } from "../window-end.ts";
import type { WindowParams } from "./spec.ts";

export interface Shape {
  /** The ends of all windows that a time falls into, the latest last. The array holds until the next call. */
  endsAt(time: Millis): readonly WallMillis[];
  startOf(end: WallMillis): WallMillis;
  /** The last millisecond of a window as an epoch time: when the watermark is there, no more rows for it are expected. */
  lastOf(end: WallMillis): Millis;
}

export type AlignedWindow = Exclude<WindowParams["window"], { kind: "session" }>;

export function shapeOf(window: AlignedWindow, timeZone: string): Shape {
  const zone = timeZoneOf(timeZone);
  const size = toMillis(window.size);
  const offset = window.offset === undefined ? 0 : signedMillis(window.offset);
  return { ...alignment(window, size, offset, zone), lastOf: lastOfEnds(zone) };
}

function alignment(window: AlignedWindow, size: number, offset: number, zone: TimeZone): Omit<Shape, "lastOf"> {
  const ends: WallMillis[] = [];
  switch (window.kind) {
    case "tumbling": {
      ends.push(0);
      // Rows mostly fall into the window that the row before fell into, and a remainder of large numbers costs more than all else that is done for a row.
      let [from, to] = [0, 0];
      return {
        endsAt(time) {
          if (time >= from && time < to) return ends;
          const shift = zone.offsetAt(time);
          const wall = time + shift;
          const start = wall - modulo(wall - offset, size);
          ends[0] = start + size;
          [from, to] = [start - shift, start + size - shift];
          // Where the clock changes within it, its times are not all between those two.
          if (zone.offsetAt(from) !== shift || zone.offsetAt(to - 1) !== shift) to = from;
          return ends;
        },
        startOf: (end) => end - size,
      };
    }
    case "sliding": {
      const every = toMillis(window.every);
      return {
        endsAt(time) {
          const wall = time + zone.offsetAt(time);
          const lastStart = wall - modulo(wall - offset, every);
          ends.length = 0;
          // Empty where windows begin further apart than they are long and the time lies between two.
          for (let end = lastStart + size - every * Math.floor((size - 1) / every); end <= lastStart + size; end += every)
            if (end > wall) ends.push(end);
          return ends;
        },
        startOf: (end) => end - size,
      };
    }
    case "cumulating": {
      const step = toMillis(window.step);
      const startAt = (wall: WallMillis) => wall - modulo(wall - offset, size);
      return {
        endsAt(time) {
          const wall = time + zone.offsetAt(time);
          const start = startAt(wall);
          ends.length = 0;
          for (let end = wall - modulo(wall - start, step) + step; end <= start + size; end += step) ends.push(end);
          return ends;
        },
        startOf: (end) => startAt(end - 1),
      };
    }
  }
}

/** From 0 on for negative values too. */
function modulo(value: number, divisor: number): number {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}
