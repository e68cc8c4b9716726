import { describe, expect, it } from "vitest";
import type { Checkpoint } from "./checkpoint.ts";
import { graphOf, range, startRun, type TestRunOptions } from "./run.testing.ts";

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
const GRAPH = graphOf(["numbers > count > sink"], { parallelism: 2 });
const SPLITS = { numbers: { "numbers-0": range(20, 120), "numbers-1": range(120, 220) } };
const start = (options: Partial<TestRunOptions> = {}) => startRun({ graph: GRAPH, splits: SPLITS, ...options });
const failing = (what: string, message = "no space left on device") => ({
  outside: (now: string) => (now === what ? Promise.reject(new Error(message)) : undefined),
});

describe("a run's checkpoints", () => {
  it("are gone on from as if nothing had happened, whichever commit fails", async () => {
    for (let failAt = 1; failAt <= 5; failAt++) {
      const first = start({ mostRows: 15, ...failing(`commit ${failAt}`) });
      await expect(first.toEnd()).rejects.toThrow("no space left on device");
      expect(first.checkpoints).toHaveLength(failAt - 1);
      const second = start({ restored: first.checkpoints.at(-1) });
      expect(await second.toEnd()).toBe("finished");
      expect(sorted([...first.visible, ...second.visible])).toEqual(range(20, 220));
    }
  });

  it("are made when a sink is full, long before their time", async () => {
    const run = start({ mostRows: 10 });
    await run.until(() => run.checkpoints.length === 3);
    expect(run.scheduler.now).toBeLessThan(200);
  });

  it("are not made while nothing changes", async () => {
    const run = start({ bounded: false });
    await run.until(() => run.visible.length === 200 && run.scheduler.now > 1_000);
    const then = run.checkpoints.length;
    await run.until(() => run.scheduler.now > 4_000);
    expect(run.checkpoints).toHaveLength(then);
  });
});

describe("stopping a run", () => {
  it("with a savepoint covers all that was read", async () => {
    const run = start({ bounded: false });
    await run.until(() => run.read.get("numbers-0") === 50);
    run.coordinator.stop({ savepoint: true });
    expect(await run.toEnd()).toBe("stopped");
    const { kind, positions } = run.checkpoints.at(-1) as Checkpoint;
    expect(kind).toBe("savepoint");
    const covered = Object.entries(SPLITS.numbers).flatMap(([id, numbers]) => numbers.slice(0, Number(positions.numbers?.[id]?.next)));
    expect(sorted(run.visible)).toEqual(covered);
  });

  it("without one gives up what was staged", async () => {
    const run = start({ bounded: false });
    await run.until(() => (run.read.get("numbers-0") ?? 0) > 0);
    run.coordinator.stop({ savepoint: false });
    expect(await run.toEnd()).toBe("stopped");
    expect([run.checkpoints, run.visible]).toEqual([[], []]);
  });
});

describe("a savepoint", () => {
  it("is made while the run goes on", async () => {
    const run = start({ bounded: false });
    await run.until(() => run.read.get("numbers-0") === 30);
    const asked = run.coordinator.savepoint();
    await run.until(() => run.visible.length === 200);
    expect(run.checkpoints.find(({ id, kind }) => kind === "savepoint" && id > 0)?.id).toBe(await asked);
    expect(run.log.some((what) => what.startsWith("close"))).toBe(false);
  });

  it("that is asked for when the run is being stopped with one is that one", async () => {
    const run = start({ bounded: false });
    await run.until(() => run.visible.length > 0);
    const asked = run.coordinator.savepoint();
    run.coordinator.stop({ savepoint: true });
    await run.toEnd();
    expect(await asked).toBe(run.checkpoints.at(-1)?.id);
    expect(run.checkpoints.at(-1)?.kind).toBe("savepoint");
  });

  it("is refused when the run has failed before or meanwhile", async () => {
    const run = start(failing("commit 1"));
    const asked = run.coordinator.savepoint();
    const refused = expect(asked).rejects.toThrow("no space left on device");
    await expect(run.toEnd()).rejects.toThrow("no space left on device");
    await refused;
    await expect(run.coordinator.savepoint()).rejects.toThrow("no space left on device");
  });

  it("is refused when the run has ended", async () => {
    const run = start();
    await run.toEnd();
    await expect(run.coordinator.savepoint()).rejects.toThrow("the run ended before its savepoint was made");
  });
});

describe("what sinks prepared for after a checkpoint", () => {
  it("is kept with it and committed soon after it", async () => {
    const run = start({ phase: "after" });
    await run.toEnd();
    expect(run.checkpoints[0]?.prepared.sink).toHaveLength(2);
    expect(run.log.indexOf("committer sink")).toBeGreaterThan(run.log.indexOf("commit 1"));
    expect(sorted(run.visible)).toEqual(range(20, 220));
  });

  it("is committed after a restart before any sink is opened", async () => {
    const first = start({ phase: "after", ...failing("committer sink", "the broker is gone") });
    await expect(first.toEnd()).rejects.toMatchObject({ nodeId: "sink", message: 'node "sink": the broker is gone' });
    const second = start({ phase: "after", restored: first.checkpoints.at(-1) });
    await second.toEnd();
    expect(second.log[0]).toBe("committer sink");
    expect(sorted([...first.visible, ...second.visible])).toEqual(range(20, 220));
  });

  it("is not put at risk by opening sinks when it cannot be committed", async () => {
    const first = start({ phase: "after", ...failing("committer sink", "the broker is gone") });
    await expect(first.toEnd()).rejects.toThrow("the broker is gone");
    const second = start({ phase: "after", restored: first.checkpoints.at(-1), ...failing("committer sink", "the broker is gone") });
    await expect(second.toEnd()).rejects.toThrow("the broker is gone");
    expect(second.log.filter((what) => what.startsWith("open"))).toEqual([]);
  });
});
