/**
 * When which device visits. Time is cut into rounds, for each device at other moments; a round holds a fixed number of visits at places that
 * are a function of (seed, device, round). So visits of one device never overlap, the devices together reach the rate from the first moment
 * on, and any visit can be found again without the ones before it.
 */
import { type Millis, toMillis } from "@millrace/engine/node";
import { random, weighted } from "../random.ts";
import { AREAS, DWELL_MS, type PageId, type VisitPath } from "./domains.ts";

export interface Visit {
  /** From 1: `mid_1`. */
  readonly device: number;
  readonly round: number;
  readonly index: number;
  readonly start: Millis;
  /** When the last page is left. The device's next visit does not begin before. */
  readonly end: Millis;
  readonly loadingMs: number;
  readonly pages: readonly PageId[];
  /** How long each page is looked at. */
  readonly dwellMs: readonly number[];
  /** Times of its logs: of the start log, then of each page. */
  readonly times: readonly Millis[];
  readonly area: string;
  readonly user: number;
}

export interface VisitorParams {
  readonly rate: number;
  /** Instead of the rate. */
  readonly visitsPerSecond?: number | undefined;
  readonly seed: number;
  readonly devices?: number | undefined;
  readonly users: number;
  readonly pageGap?: string | undefined;
  readonly paths: readonly VisitPath[];
}

export interface Visitors {
  readonly devices: number;
  /** The device's first visit that ends after `time`. */
  firstAfter(device: number, time: Millis): Visit;
  next(visit: Visit): Visit;
}

export const DEFAULT_DEVICES = 500;
const VISITS_PER_ROUND = 16;
/** Share of its time that a device may spend in visits. Above it the visits of a round would often not fit. */
const BUSIEST = 0.6;
const MEAN_DWELL_MS = (DWELL_MS.least + DWELL_MS.most) / 2;

/** The rate, whichever way it was given. */
export function logsASecond({ rate, visitsPerSecond, paths }: Pick<VisitorParams, "rate" | "visitsPerSecond" | "paths">): number {
  return visitsPerSecond === undefined ? rate : visitsPerSecond * (1 + weightedPaths(paths).mean(({ length }) => length));
}

/** What a rate needs, since a device makes one visit at a time. */
export function fewestDevices(params: Pick<VisitorParams, "rate" | "visitsPerSecond" | "pageGap" | "paths">): number {
  const paths = weightedPaths(params.paths);
  const pages = paths.mean(({ length }) => length);
  const visitMs = params.pageGap === undefined ? MEAN_DWELL_MS * (1 + pages) : toMillis(params.pageGap) * pages + 1;
  return Math.max(1, Math.ceil((logsASecond(params) * visitMs) / (1 + pages) / 1000 / BUSIEST));
}

export function createVisitors(params: VisitorParams, origin: Millis): Visitors {
  const { seed } = params;
  const paths = weightedPaths(params.paths);
  const devices = params.devices ?? Math.max(DEFAULT_DEVICES, fewestDevices(params));
  const logsPerVisit = 1 + paths.mean(({ length }) => length);
  const roundMs = Math.max(VISITS_PER_ROUND, Math.round((VISITS_PER_ROUND * devices * logsPerVisit * 1000) / logsASecond(params)));
  const pageGapMs = params.pageGap === undefined ? undefined : toMillis(params.pageGap);

  /** Rounds of different devices begin at different moments, or the rate would sink at every end of a round. */
  const firstRoundOf = (device: number) => origin - random(seed, device).between(0, roundMs - 1);

  function visitsOf(device: number, round: number): Visit[] {
    const drawn = Array.from({ length: VISITS_PER_ROUND }, (_, index) => draw(device, round, index));
    let busyMs = drawn.reduce((sum, { end }) => sum + end, 0);
    while (busyMs > roundMs) busyMs -= drawn.pop()?.end ?? 0;
    const starts = startsOf(
      drawn.map(({ end }) => end),
      roundMs - busyMs,
      random(seed, device, round, -1).next,
    );
    const begin = firstRoundOf(device) + round * roundMs;
    return drawn.map((visit, index) => shift(visit, begin + (starts[index] as number)));
  }

  /** A visit as if it began at 0. */
  function draw(device: number, round: number, index: number): Visit {
    const numbers = random(seed, device, round, index);
    const pages = paths.pick(numbers);
    const loadingMs = numbers.between(DWELL_MS.least, DWELL_MS.most);
    const dwellMs = pages.map(() => numbers.between(DWELL_MS.least, DWELL_MS.most));
    const times = [0];
    let time = pageGapMs === undefined ? loadingMs : 0;
    for (const dwell of dwellMs) {
      times.push(time);
      time += pageGapMs ?? dwell;
    }
    // Even a visit in which everything shares one ts takes a moment, so that the next one is another.
    const end = Math.max(time, 1);
    const area = AREAS.pick(numbers);
    const user = numbers.between(1, params.users);
    return { device, round, index, start: 0, end, loadingMs, pages, dwellMs, times, area, user };
  }

  function firstFrom(device: number, round: number): Visit {
    for (let at = round; ; at++) {
      const [visit] = visitsOf(device, at);
      if (visit) return visit;
    }
  }

  return {
    devices,
    firstAfter(device, time) {
      const round = Math.floor((time - firstRoundOf(device)) / roundMs);
      return visitsOf(device, round).find(({ end }) => end > time) ?? firstFrom(device, round + 1);
    },
    next({ device, round, index }) {
      return visitsOf(device, round)[index + 1] ?? firstFrom(device, round + 1);
    },
  };
}

/** Visits one after the other, with the idle time shared out among the gaps before, between and after them as chance has it. */
function startsOf(lengths: readonly number[], idleMs: number, next: () => number): number[] {
  const gaps = Array.from({ length: lengths.length + 1 }, () => -Math.log(1 - next()));
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  let gapsBefore = 0;
  let lengthsBefore = 0;
  return lengths.map((length, index) => {
    gapsBefore += gaps[index] as number;
    const start = Math.floor((idleMs * gapsBefore) / total) + lengthsBefore;
    lengthsBefore += length;
    return start;
  });
}

function shift(visit: Visit, by: Millis): Visit {
  return { ...visit, start: by, end: visit.end + by, times: visit.times.map((time) => time + by) };
}

export function weightedPaths(paths: readonly VisitPath[]) {
  return weighted(paths.map(({ pages, weight }) => [pages, weight] as const));
}
