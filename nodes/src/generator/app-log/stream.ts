/**
 * The logs of all devices in the order in which they are due: each at its own ts, plus its delay on the way. The order is total, so the last
 * log that was taken says exactly which ones are still to come.
 */
import { type Millis, toMillis } from "@millrace/engine/node";
import { DAY_MS, zoneClock } from "../../zone-clock.ts";
import { dueQueue } from "../due-queue.ts";
import { CATCH_UP_MS, type PacedRecord, type PacedRecords } from "../paced-records.ts";
import { random } from "../random.ts";
import { deviceOf } from "./device.ts";
import { appLog } from "./log.ts";
import { malformed } from "./malformed.ts";
import type { AppLogParams } from "./params.ts";
import { createVisitors, type Visit } from "./visitors.ts";

/** The log taken last, by the order of logs; `start` is when the stream began. */
export type AppLogPosition = {
  readonly start: Millis;
  readonly due: Millis;
  readonly device: number;
  readonly visit: Millis;
  readonly step: number;
  readonly taken: number;
};

/** A log of a visit, or (step -1) the visit's beginning, from which on its logs are in the queue. */
interface Entry {
  readonly due: Millis;
  readonly visit: Visit;
  readonly step: number;
}

/** The position before the first log. */
export function startAppLogs(start: Millis): AppLogPosition {
  return { start, due: start - 2 * DAY_MS, device: 0, visit: 0, step: 0, taken: 0 };
}

/** The position to go on from at `now`: after a long stop the logs of meanwhile are left out, as if the devices had been silent. */
export function resumeAppLogs(position: AppLogPosition, now: Millis): AppLogPosition {
  // Yesterday's logs are always far behind; they were due when the stream began.
  const behind = now - Math.max(position.start, position.due);
  return behind <= CATCH_UP_MS ? position : { ...position, due: now, device: 0, visit: 0, step: 0 };
}

export function createAppLogStream(params: AppLogParams, timeZone: string, from: AppLogPosition): PacedRecords {
  const { seed } = params;
  const clock = zoneClock(timeZone);
  const jitterMs = toMillis(params.jitter);
  const yesterday = { from: from.start - DAY_MS, to: from.start - DAY_MS + toMillis(params.dayBefore) };
  const visitors = createVisitors(params, from.start);
  const queue = dueQueue<Entry>(isBefore);
  const firstDays = new Map<number, number>();
  let last = from;

  const isInStream = (time: Millis) => time >= from.start || (time >= yesterday.from && time < yesterday.to);
  const numbersOf = ({ device, round, index }: Visit, step: number) => random(seed, device, round, index, step);

  const enqueue = (visit: Visit) => queue.push({ due: visit.start, visit, step: -1 });
  // A visit that has ended may still have logs on the way, as late as jitter makes them.
  const earliest = Math.max(yesterday.from, from.due - jitterMs) - 1;
  for (let device = 1; device <= visitors.devices; device++) enqueue(firstInStream(device, earliest));

  function firstInStream(device: number, time: Millis): Visit {
    const inYesterday = time < yesterday.to && yesterday.to > yesterday.from;
    const visit = visitors.firstAfter(device, inYesterday ? time : Math.max(time, from.start - 1));
    return inYesterday && visit.start >= yesterday.to ? visitors.firstAfter(device, from.start - 1) : visit;
  }

  function next(visit: Visit): Visit {
    const following = visitors.next(visit);
    return following.start >= yesterday.to && following.end < from.start ? visitors.firstAfter(visit.device, from.start - 1) : following;
  }

  function firstDayOf(device: number): number {
    let day = firstDays.get(device);
    if (day === undefined) {
      let visit = firstInStream(device, yesterday.from - 1);
      let time = visit.times.find(isInStream);
      while (time === undefined) {
        visit = next(visit);
        time = visit.times.find(isInStream);
      }
      day = clock.day(time);
      firstDays.set(device, day);
    }
    return day;
  }

  /** Brings a log to the front of the queue. */
  function front(): Entry {
    for (;;) {
      const entry = queue.peek();
      if (entry === undefined) throw new Error("every device has a visit to come");
      if (entry.step >= 0) return entry;
      queue.pop();
      enqueue(next(entry.visit));
      entry.visit.times.forEach((time, step) => {
        const log = { due: time + numbersOf(entry.visit, step).between(0, jitterMs), visit: entry.visit, step };
        if (isInStream(time) && isAfterPosition(log, from)) queue.push(log);
      });
    }
  }

  function write({ visit, step }: Entry): PacedRecord {
    const numbers = numbersOf(visit, step);
    numbers.between(0, jitterMs); // The delay, drawn when the log was put in the queue.
    const time = visit.times[step] as number;
    const isFirstDay = clock.day(time) === firstDayOf(visit.device);
    const isNew = isFirstDay !== numbers.chance(params.wrongIsNew) ? "1" : "0";
    const isBroken = numbers.chance(params.malformed);
    const log = appLog(visit, step, deviceOf(seed, visit.device), isNew, numbers, params);
    return { text: isBroken ? malformed(log, numbers) : JSON.stringify(log), time };
  }

  return {
    nextDue: () => front().due,
    take() {
      const entry = front();
      queue.pop();
      const { due, visit, step } = entry;
      last = { start: from.start, due, device: visit.device, visit: visit.start, step, taken: last.taken + 1 };
      return write(entry);
    },
    get taken() {
      return last.taken;
    },
    position: () => last,
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  if (a.due !== b.due) return a.due < b.due;
  if (a.visit.device !== b.visit.device) return a.visit.device < b.visit.device;
  if (a.visit.start !== b.visit.start) return a.visit.start < b.visit.start;
  return a.step < b.step;
}

function isAfterPosition({ due, visit, step }: Entry, position: AppLogPosition): boolean {
  if (due !== position.due) return due > position.due;
  if (visit.device !== position.device) return visit.device > position.device;
  if (visit.start !== position.visit) return visit.start > position.visit;
  return step > position.step;
}
