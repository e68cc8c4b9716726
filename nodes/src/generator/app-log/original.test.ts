import { describe, expect, it } from "vitest";
import { type AppLogOptions, makeAppLogs } from "./make-app-logs.ts";
import { createOriginalStream, type OriginalPosition, resumeOriginal, startOriginal } from "./original.ts";
import { appLogParams } from "./params.ts";

const START = 1_613_959_200_400; // 2021-02-22 10:00:00.4 in Shanghai

interface Log {
  readonly common: Readonly<Record<string, string>>;
  readonly start?: { readonly loading_time: number };
  readonly page?: { readonly page_id: string; readonly last_page_id?: string; readonly during_time: number };
  readonly ts: number;
}

function visits(options: AppLogOptions): Log[][] {
  const all: Log[][] = [];
  for (const { text } of makeAppLogs({ malformed: 0, rate: 10, start: START, ...options }, 3_000)) {
    const log = JSON.parse(text) as Log;
    if (log.start) all.push([log]);
    else all.at(-1)?.push(log);
  }
  return all.slice(0, -1);
}

const tsOf = (visit: readonly Log[]) => visit.map(({ ts }) => ts);

describe("the timing of the course's mock", () => {
  it("sends one visit after the other, with whole seconds and 1 s from page to page in the release of January 2021", () => {
    for (const visit of visits({ timing: "original-2021-01" })) {
      const base = visit[0]?.ts as number;
      expect(base % 1_000).toBe(0);
      expect(tsOf(visit)).toEqual([base, ...visit.slice(1).map((_, i) => base + i * 1_000)]);
      expect(visit.slice(1).map(({ page }) => page?.last_page_id)).toEqual([
        undefined,
        ...visit.slice(1, -1).map(({ page }) => page?.page_id),
      ]);
      expect(new Set(visit.map(({ common }) => JSON.stringify(common))).size).toBe(1);
    }
  });

  it("gives all logs of a visit one ts in the release of December 2020", () => {
    for (const visit of visits({ timing: "original-2020-12" })) expect(new Set(tsOf(visit)).size).toBe(1);
  });

  it("opens each page when the one before was left in the release of spring 2020", () => {
    for (const visit of visits({ timing: "original-2020-spring" })) {
      let ts = (visit[0]?.ts as number) + (visit[0]?.start?.loading_time as number);
      for (const { ts: opened, page } of visit.slice(1)) {
        expect(opened).toBe(ts);
        ts += page?.during_time as number;
      }
    }
  });

  it("lets event time run ahead of the clock and fall back", () => {
    const params = appLogParams.parse({ kind: "app-log", rate: 10, malformed: 0, timing: "original-2021-01" });
    const stream = createOriginalStream(params, startOriginal(START));
    let ahead = 0;
    let behind = 0;
    let latest = 0;
    for (let i = 0; i < 3_000; i++) {
      expect(stream.nextDue()).toBeCloseTo(START + i * 100, 3);
      const due = stream.nextDue();
      const { time } = stream.take();
      ahead = Math.max(ahead, time - due);
      behind = Math.max(behind, latest - time);
      latest = Math.max(latest, time);
    }
    expect(ahead).toBeGreaterThan(6_000);
    expect(behind).toBeGreaterThan(6_000);
  });

  it("draws is_new once a visit, whatever was before", () => {
    const all = visits({ timing: "original-2021-01" });
    expect(all.filter(([first]) => first?.common.is_new === "1").length / all.length).toBeCloseTo(0.5, 1);
  });

  it("goes on after a restart as if there had been none, and leaves out what a long stop kept from being sent", () => {
    const params = appLogParams.parse({ kind: "app-log", rate: 10, timing: "original-2021-01" });
    const unbroken = createOriginalStream(params, startOriginal(START));
    const expected = Array.from({ length: 100 }, () => unbroken.take());
    let position = startOriginal(START);
    const broken = Array.from({ length: 100 }, () => {
      const stream = createOriginalStream(params, position);
      const record = stream.take();
      position = JSON.parse(JSON.stringify(stream.position())) as OriginalPosition;
      return record;
    });
    expect(broken).toEqual(expected);

    expect(resumeOriginal(position, params, START + 100 * 100 + 60_000)).toEqual(position);
    const later = createOriginalStream(params, resumeOriginal(position, params, START + 86_400_000));
    expect(later.nextDue()).toBe(START + 86_400_000);
    expect((JSON.parse(later.take().text) as Log).start).toBeDefined();
    expect(later.taken).toBe(101);
  });
});
