import { beforeEach, describe, expect, it } from "vitest";
import type { BesideReport, Sample } from "../api.ts";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import { createRunsBeside, type RunsBeside, SILENT_MS } from "./runs-beside.ts";

let clock: ManualClock;
let beside: RunsBeside;
beforeEach(() => {
  clock = createManualClock();
  beside = createRunsBeside(clock);
});

const EDGE = "a.out->b.in";
const sample = (seq: number): Sample => ({ seq, at: seq, time: null, kind: "+I", text: `${seq}` });
const report = (more: Partial<BesideReport> = {}): BesideReport => ({
  process: 7,
  run: { state: "running", startedAt: 1, deadLetters: 0 },
  nodes: { a: { in: {}, out: { out: { total: 3, rate: 1 } }, dropped: {}, errors: 0, watermark: null } },
  samples: {},
  ended: false,
  ...more,
});

describe("a run in a process beside the server", () => {
  it("is there as long as it is told of", () => {
    expect(beside.handle("job")).toBeUndefined();
    beside.report("job", report());
    expect(beside.handle("job")).toMatchObject({ process: 7, pipelineId: "job" });
    clock.advance(SILENT_MS - 1);
    beside.report("job", report());
    clock.advance(SILENT_MS - 1);
    expect(beside.handle("job")?.status().state).toBe("running");
  });

  it("is gone when nothing is told any more, or its end", async () => {
    beside.report("job", report());
    beside.report("other", report());
    const [job, other] = [beside.handle("job"), beside.handle("other")];
    beside.report("other", report({ ended: true, run: { state: "finished", startedAt: 1, deadLetters: 0 } }));
    clock.advance(SILENT_MS);
    expect(await Promise.all([job?.ended, other?.ended])).toEqual([{ state: "stopped" }, { state: "finished" }]);
    expect([beside.handle("job"), beside.handle("other")]).toEqual([undefined, undefined]);
  });

  it("is asked for what people look at, and gives each watcher what is new to it", async () => {
    expect(beside.report("job", report())).toEqual({ edges: [], againInMs: 1_000 });
    const first = beside.handle("job")?.watch([EDGE]);
    expect(beside.report("job", report())).toEqual({ edges: [EDGE], againInMs: 250 });
    beside.report("job", report({ samples: { [EDGE]: [sample(1)] } }));
    const second = beside.handle("job")?.watch([EDGE, "b.out->c.in"]);
    beside.report("job", report({ samples: { [EDGE]: [sample(2)], "b.out->c.in": [sample(3)] } }));
    expect(first?.frame()).toEqual({ nodes: report().nodes, samples: { [EDGE]: [sample(1), sample(2)] } });
    expect(first?.frame().samples).toEqual({});
    expect(second?.frame().samples).toEqual({ [EDGE]: [sample(2)], "b.out->c.in": [sample(3)] });
    first?.close();
    second?.close();
    expect(beside.report("job", report()).edges).toEqual([]);
    expect(await beside.handle("job")?.samples(EDGE)).toEqual([sample(1), sample(2)]);
  });

  it("is asked to stop, until it has ended", async () => {
    beside.report("job", report());
    const stopping = beside.handle("job")?.stop({ savepoint: true });
    expect(beside.report("job", report()).stop).toEqual({ savepoint: true });
    beside.report("job", report({ ended: true }));
    await stopping;
    expect(beside.report("job", report({ process: 8 })).stop).toBeUndefined();
  });

  it("is another one in another process", async () => {
    beside.report("job", report());
    const before = beside.handle("job");
    beside.report("job", report({ process: 8 }));
    expect(await before?.ended).toEqual({ state: "stopped" });
    expect(beside.handle("job")?.process).toBe(8);
  });
});
