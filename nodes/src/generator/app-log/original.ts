/**
 * The timing of the course's mock: one visit after the other, a log at a time with a fixed pause. A visit's logs count from the whole second in which it began, so their
 * ts runs ahead of the clock and falls back with the next visit. `common` is drawn once a visit, `is_new` too, whatever was before; devices keep what they are all the same.
 */
import type { Millis } from "@millrace/engine/node";
import { CATCH_UP_MS, type PacedRecord, type PacedRecords } from "../paced-records.ts";
import { random } from "../random.ts";
import { deviceOf } from "./device.ts";
import { AREAS, DWELL_MS } from "./domains.ts";
import { appLog } from "./log.ts";
import { malformed } from "./malformed.ts";
import type { AppLogParams } from "./params.ts";
import { DEFAULT_DEVICES, logsASecond, type Visit, weightedPaths } from "./visitors.ts";

/** The log that comes next: of which visit, counted from 0, which began when, and which step. */
export type OriginalPosition = { readonly visit: number; readonly begin: Millis; readonly step: number; readonly taken: number };

/** Milliseconds from page to page; undefined: as long as the page before was looked at. */
const PAGE_GAPS = { "original-2021-01": 1_000, "original-2020-12": 0, "original-2020-spring": undefined } as const;

export function startOriginal(start: Millis): OriginalPosition {
  return { visit: 0, begin: start, step: 0, taken: 0 };
}

/** After a long stop the visit that was under way is over, and the next one begins now. */
export function resumeOriginal(position: OriginalPosition, params: AppLogParams, now: Millis): OriginalPosition {
  const due = position.begin + position.step * pauseOf(params);
  if (now - due <= CATCH_UP_MS) return position;
  return { ...position, visit: position.visit + (position.step > 0 ? 1 : 0), begin: now, step: 0 };
}

export function createOriginalStream(params: AppLogParams, from: OriginalPosition): PacedRecords {
  const { seed } = params;
  const paths = weightedPaths(params.paths);
  const pause = pauseOf(params);
  const devices = params.devices ?? DEFAULT_DEVICES;
  const gap = PAGE_GAPS[params.timing as keyof typeof PAGE_GAPS];
  let at = from;
  let current = visitAt(from);

  function visitAt({ visit: index, begin }: OriginalPosition): { readonly visit: Visit; readonly isNew: string } {
    const numbers = random(seed, index, Math.floor(index / 2 ** 32), 2);
    const start = Math.floor(begin / 1000) * 1000;
    const pages = paths.pick(numbers);
    const loadingMs = numbers.between(DWELL_MS.least, DWELL_MS.most);
    const dwellMs = pages.map(() => numbers.between(DWELL_MS.least, DWELL_MS.most));
    const times = [start];
    let time = start + (gap === undefined ? loadingMs : 0);
    for (const dwell of dwellMs) {
      times.push(time);
      time += gap ?? dwell;
    }
    const area = AREAS.pick(numbers);
    const visit = {
      device: numbers.between(1, devices),
      round: 0,
      index,
      start,
      end: time,
      loadingMs,
      pages,
      dwellMs,
      times,
      area,
      user: numbers.between(1, params.users),
    };
    return { visit, isNew: numbers.chance(0.5) ? "1" : "0" };
  }

  function write(): PacedRecord {
    const { visit, isNew } = current;
    const numbers = random(seed, visit.index, Math.floor(visit.index / 2 ** 32), 3, at.step);
    const isBroken = numbers.chance(params.malformed);
    const log = appLog(visit, at.step, deviceOf(seed, visit.device), isNew, numbers, params);
    return { text: isBroken ? malformed(log, numbers) : JSON.stringify(log), time: log.ts };
  }

  return {
    nextDue: () => at.begin + at.step * pause,
    take() {
      const record = write();
      const { visit } = current;
      if (at.step + 1 < visit.times.length) at = { ...at, step: at.step + 1, taken: at.taken + 1 };
      else {
        at = { visit: at.visit + 1, begin: at.begin + visit.times.length * pause, step: 0, taken: at.taken + 1 };
        current = visitAt(at);
      }
      return record;
    },
    get taken() {
      return at.taken;
    },
    position: () => at,
  };
}

function pauseOf(params: AppLogParams): Millis {
  return 1000 / logsASecond(params);
}
