import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PacedRecord, PacedRecords } from "../paced-records.ts";
import { appLogParams } from "./params.ts";
import { type AppLogPosition, createAppLogStream, resumeAppLogs, startAppLogs } from "./stream.ts";

const START = 1_613_959_200_000;
const ZONE = "Asia/Shanghai";

function take(stream: PacedRecords, count: number): PacedRecord[] {
  return Array.from({ length: count }, () => stream.take());
}

describe("the stream of app logs", () => {
  it("goes on after a restart as if there had been none", () => {
    const settings = fc.record({
      seed: fc.nat(),
      rate: fc.constantFrom(0.5, 3, 8),
      jitter: fc.constantFrom("0 s", "2 s", "1 min"),
      dayBefore: fc.constantFrom("0 s", "3 s", "1 min"),
      pageGap: fc.constantFrom(undefined, "0 s", "1 s"),
      malformed: fc.constantFrom(0, 0.3),
    });
    fc.assert(
      fc.property(settings, fc.array(fc.nat(200), { minLength: 1, maxLength: 4 }), (given, pieces) => {
        const params = appLogParams.parse({ kind: "app-log", devices: 150, ...given });
        const total = pieces.reduce((sum, piece) => sum + piece, 0);
        const unbroken = take(createAppLogStream(params, ZONE, startAppLogs(START)), total);

        let position = startAppLogs(START);
        const broken: PacedRecord[] = [];
        for (const piece of pieces) {
          const stream = createAppLogStream(params, ZONE, position);
          broken.push(...take(stream, piece));
          position = JSON.parse(JSON.stringify(stream.position())) as AppLogPosition;
        }

        expect(broken).toEqual(unbroken);
        expect(position.taken).toBe(total);
      }),
      { numRuns: 40 },
    );
  });

  it("has a position of a few numbers, however long it ran", () => {
    const stream = createAppLogStream(appLogParams.parse({ kind: "app-log" }), ZONE, startAppLogs(START));
    take(stream, 5_000);
    expect(JSON.stringify(stream.position()).length).toBeLessThan(150);
  });

  it("never gives a log before it is due, nor a log whose ts is later than that", () => {
    const params = appLogParams.parse({ kind: "app-log", jitter: "5 s" });
    const stream = createAppLogStream(params, ZONE, startAppLogs(START));
    let due = 0;
    for (let i = 0; i < 5_000; i++) {
      expect(stream.nextDue()).toBeGreaterThanOrEqual(due);
      due = stream.nextDue();
      expect(stream.take().time).toBeLessThanOrEqual(due);
    }
  });

  it("leaves out the logs of a long stop, and catches up after a short one", () => {
    const params = appLogParams.parse({ kind: "app-log" });
    const stream = createAppLogStream(params, ZONE, startAppLogs(START));
    take(stream, 100);
    const position = stream.position() as AppLogPosition;
    expect(resumeAppLogs(position, position.due + 60_000)).toEqual(position);

    const nextDay = START + 86_400_000;
    const later = createAppLogStream(params, ZONE, resumeAppLogs(position, nextDay));
    expect(later.nextDue()).toBeGreaterThan(nextDay);
    expect(later.nextDue()).toBeLessThan(nextDay + 2_000);
    expect(later.taken).toBe(100);
  });
});
