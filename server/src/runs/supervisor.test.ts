import type { DatabaseSync } from "node:sqlite";
import type { Problem } from "@millrace/engine/pipeline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMetadata } from "../metadata/database.ts";
import { createPipelineStore, type PipelineStore } from "../pipelines/store.ts";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import { createMemoryHost, type MemoryHost } from "../testing/memory-host.ts";
import { documentOf } from "../testing/serve.ts";
import { createRunsBeside, type RunsBeside } from "./runs-beside.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";

const FAILURE = { message: { en: "disk full", zh: "磁盘已满" }, nodeId: "sink" };
const ERROR: Problem = { code: "test", args: {}, severity: "error" };

let database: DatabaseSync;
let store: PipelineStore;
let host: MemoryHost;
let supervisor: Supervisor;
let problems: readonly Problem[];
let clock: ManualClock;
let logged: string[];
/** Pipelines that another process runs. */
let elsewhere: Set<string>;
let beside: RunsBeside;

beforeEach(() => {
  clock = createManualClock();
  logged = [];
  elsewhere = new Set();
  beside = createRunsBeside(clock);
  database = openMetadata(":memory:");
  store = createPipelineStore(database);
  problems = [];
  host = createMemoryHost(clock.now);
  supervisor = newSupervisor();
});
afterEach(async () => {
  await supervisor.close();
  database.close();
});

function newSupervisor(): Supervisor {
  return createSupervisor({
    store,
    host,
    analyze: () => problems,
    connectionsOf: () => ({}),
    claimRun: (id) => (elsewhere.has(id) ? undefined : { release: () => undefined }),
    beside,
    clock,
    restarts: { firstPauseMs: 1_000, longestPauseMs: 10_000, healthyAfterMs: 60_000 },
    log: (line, id) => logged.push(`${id}: ${line}`),
  });
}

/** As a server that starts again over the same store. */
function restart(): void {
  host = createMemoryHost(clock.now);
  supervisor = newSupervisor();
}

async function deployed(name = "a"): Promise<string> {
  const { id } = store.create(documentOf(name), undefined, clock.now());
  await supervisor.deploy(id, { set: {}, environment: undefined });
  return id;
}

const status = (id: string) => {
  const pipeline = store.get(id);
  return pipeline && supervisor.status(pipeline);
};
const lastRun = () => host.runs.at(-1) as MemoryHost["runs"][number];

describe("deploy", () => {
  it("starts the draft without state the first time, with the parameters' values", async () => {
    const { id } = store.create(documentOf("a"), undefined, 0);
    const answer = await supervisor.deploy(id, { set: { rate: 5 }, environment: undefined });
    expect(answer).toMatchObject({ pipelineId: "a", version: 1, state: "running", savepoint: false });
    expect(lastRun().request).toMatchObject({
      pipelineId: "a",
      version: 1,
      set: { rate: 5 },
      document: documentOf("a"),
      runId: answer.runId,
    });
  });

  it("stops what runs with a savepoint and goes on from it", async () => {
    const id = await deployed();
    const first = lastRun();
    store.saveDraft(id, documentOf("changed"), 1, 0);
    await supervisor.deploy(id, { set: {}, environment: undefined });
    expect(first.stops).toEqual([{ savepoint: true }]);
    expect(lastRun().request).toMatchObject({ version: 2, restoreFrom: "newest", document: documentOf("changed") });
    expect(lastRun().runId).not.toBe(first.runId);
  });

  it("hands on the version that made the state, where it is another one: its sinks may have left something", async () => {
    const id = await deployed();
    const made = (version: number) =>
      host.states.set(id, [{ id: `${version}`, kind: "checkpoint", at: 0, version, bytes: 0, retained: false }]);
    await supervisor.stop(id, { savepoint: false });
    made(1);
    store.saveDraft(id, documentOf("changed"), 1, 0);
    await supervisor.deploy(id, { set: { rate: 5 }, environment: undefined });
    expect(lastRun().request.earlier).toEqual({ document: documentOf("a"), set: {}, connections: {} });
    await supervisor.stop(id, { savepoint: false });
    made(1);
    await supervisor.start(id, { from: { savepoint: "1" } });
    expect(lastRun().request).toMatchObject({ version: 2, earlier: { document: documentOf("a") } });
    await supervisor.stop(id, { savepoint: false });
    made(2);
    await supervisor.start(id, { from: "savepoint" });
    expect(lastRun().request.earlier).toBeUndefined();
  });

  it("begins without state when asked to", async () => {
    const id = await deployed();
    await supervisor.deploy(id, { from: "fresh", set: {}, environment: undefined });
    expect(host.runs[0]?.stops).toEqual([{ savepoint: false }]);
    expect(lastRun().request.restoreFrom).toBeUndefined();
  });

  it("touches nothing when the draft has errors", async () => {
    const id = await deployed();
    problems = [ERROR];
    await expect(supervisor.deploy(id, { set: {}, environment: undefined })).rejects.toMatchObject({
      status: 422,
      code: "problems",
      problems: [ERROR],
    });
    expect(host.runs).toHaveLength(1);
    expect(status(id)).toMatchObject({ state: "running", version: 1 });
    expect(store.versions(id)).toHaveLength(1);
  });

  it("leaves the run alone when its savepoint fails", async () => {
    const id = await deployed();
    lastRun().stopFailure = new Error("disk full");
    await expect(supervisor.deploy(id, { set: {}, environment: undefined })).rejects.toMatchObject({
      status: 409,
      words: {
        en: "The savepoint failed, so the run goes on: disk full Mend the cause, or stop without a savepoint (it then goes on from its last checkpoint).",
      },
    });
    expect(status(id)).toMatchObject({ state: "running", version: 1 });
  });

  it("brings back the version before when the new one does not start", async () => {
    const id = await deployed();
    const { startRun } = host;
    host.startRun = (request) => (request.version === 2 ? Promise.reject(new Error("the state does not fit.")) : startRun(request));
    await expect(supervisor.deploy(id, { set: {}, environment: undefined })).rejects.toMatchObject({
      code: "start-failed",
      words: { en: "The run did not start: the state does not fit. The version before goes on." },
    });
    expect(status(id)).toMatchObject({ state: "running", version: 1 });
    expect(lastRun().request).toMatchObject({ version: 1, restoreFrom: "newest" });
    expect(store.versions(id).map(({ version }) => version)).toEqual([1]);
  });

  it("says by its code when force would start it", async () => {
    const id = await deployed();
    const failure = { message: { en: "20 rows come twice.", zh: "20 行会重复。" }, permanent: true, doubled: 20 };
    const { startRun } = host;
    host.startRun = (request) =>
      request.version === 2 ? Promise.reject(Object.assign(new Error(failure.message.en), { failure })) : startRun(request);
    await expect(supervisor.deploy(id, { set: {}, environment: undefined })).rejects.toMatchObject({ status: 422, code: "rows-double" });
  });

  it("does one thing at a time to a pipeline", async () => {
    const id = await deployed();
    const all = await Promise.allSettled([
      supervisor.deploy(id, { set: {}, environment: undefined }),
      supervisor.stop(id, { savepoint: true }),
      supervisor.start(id, { from: "savepoint" }),
      supervisor.deploy(id, { set: {}, environment: undefined }),
    ]);
    expect(all.map((one) => one.status)).toEqual(["fulfilled", "fulfilled", "fulfilled", "fulfilled"]);
    expect(host.runs.filter((run) => run.status().state === "running")).toHaveLength(1);
    expect(status(id)).toMatchObject({ state: "running", version: 3 });
  });
});

describe("a deploy from saved state", () => {
  const SAVEPOINT = { id: "s1", kind: "savepoint", at: 0, version: 1, bytes: 1, retained: true } as const;
  const options = { set: {}, environment: undefined };

  it("goes on from the savepoint that is named, behind a new one of what ran", async () => {
    const id = await deployed();
    host.states.set(id, [SAVEPOINT]);
    await supervisor.deploy(id, { ...options, from: { savepoint: "s1" } });
    expect(host.runs[0]?.stops).toEqual([{ savepoint: true }]);
    expect(lastRun().request).toMatchObject({ restoreFrom: { savepoint: "s1" } });
    expect(lastRun().request.force).toBeUndefined();
    await supervisor.deploy(id, { ...options, from: { savepoint: "s1" }, force: true });
    expect(lastRun().request).toMatchObject({ restoreFrom: { savepoint: "s1" }, force: true });
  });

  it("leaves what runs alone when the state does not fit, and says why for each node", async () => {
    const id = await deployed();
    host.states.set(id, [SAVEPOINT]);
    host.plan = [
      { nodeId: "kept", state: "kept" },
      {
        nodeId: "window",
        state: "refused",
        how: { en: "It kept sums by user, it now keeps sums by page.", zh: "原按用户求和,现按页面求和。" },
      },
    ];
    for (const from of ["keep", { savepoint: "s1" }] as const)
      await expect(supervisor.deploy(id, { ...options, from })).rejects.toMatchObject({
        status: 422,
        code: "state-refused",
        words: {
          en: 'The saved state does not fit the pipeline, so nothing was changed. Node "window": It kept sums by user, it now keeps sums by page. Change the node back, give it a new id to begin it without state, or deploy fresh.',
        },
      });
    expect(host.runs[0]?.stops).toEqual([]);
    expect(status(id)).toMatchObject({ state: "running", version: 1 });
    await supervisor.deploy(id, { ...options, from: "fresh" });
    expect(status(id)).toMatchObject({ state: "running", version: 2 });
  });

  it("leaves what runs alone when there is no such savepoint", async () => {
    const id = await deployed();
    await expect(supervisor.deploy(id, { ...options, from: { savepoint: "none" } })).rejects.toMatchObject({
      status: 404,
      words: { en: 'Pipeline "a" has no savepoint "none". `millrace savepoint a --list` names those it has.' },
    });
    expect(host.runs[0]?.stops).toEqual([]);
  });

  it("starts a stopped pipeline as well", async () => {
    const id = await deployed();
    await supervisor.stop(id, { savepoint: false });
    host.states.set(id, [SAVEPOINT]);
    await expect(supervisor.start(id, { from: { savepoint: "none" } })).rejects.toMatchObject({ status: 404 });
    await supervisor.start(id, { from: { savepoint: "s1" }, force: true });
    expect(lastRun().request).toMatchObject({ version: 1, restoreFrom: { savepoint: "s1" }, force: true });
  });
});

describe("savepoints", () => {
  it("are made while the run goes on, and deleted", async () => {
    const id = await deployed();
    const saved = await supervisor.savepoint(id);
    expect(saved).toMatchObject({ kind: "savepoint", version: 1 });
    expect(status(id)).toMatchObject({ state: "running" });
    await supervisor.deleteSavepoint(id, saved.id);
    await expect(supervisor.deleteSavepoint(id, saved.id)).rejects.toMatchObject({ status: 404 });
    expect(logged.slice(-2)).toEqual([`a: savepoint ${saved.id} was made`, `a: savepoint ${saved.id} was deleted`]);
  });

  it("say why they could not be made", async () => {
    const id = await deployed();
    lastRun().stopFailure = new Error("disk full.");
    await expect(supervisor.savepoint(id)).rejects.toMatchObject({
      status: 409,
      words: { en: "The savepoint failed: disk full. What was saved before is untouched." },
    });
    lastRun().stopFailure = undefined;
    await supervisor.stop(id, { savepoint: false });
    await expect(supervisor.savepoint(id)).rejects.toMatchObject({ status: 409, code: "not-running" });
  });
});

describe("a pipeline that another process runs", () => {
  it("is not started beside it", async () => {
    const { id } = store.create(documentOf("a"), undefined, 0);
    elsewhere.add(id);
    await expect(supervisor.deploy(id, { set: {}, environment: undefined })).rejects.toMatchObject({
      status: 409,
      code: "runs-elsewhere",
      words: {
        en: 'A `millrace run` of "a" uses this data folder; a second run would write every row twice. Stop that one (Ctrl+C) first.',
      },
    });
    expect(host.runs).toHaveLength(0);
  });

  it("is started by itself once that has ended, if it should run", async () => {
    const id = await deployed();
    await supervisor.close();
    restart();
    elsewhere.add(id);
    await supervisor.resume();
    expect(status(id)).toMatchObject({ state: "restarting", restart: { attempt: 1 } });
    elsewhere.delete(id);
    await clock.advance(1_000);
    expect(status(id)).toMatchObject({ state: "running" });
  });
});

describe("stop and start", () => {
  it("stops with a savepoint and goes on from it, or begins anew", async () => {
    const id = await deployed();
    expect(await supervisor.stop(id, { savepoint: true })).toMatchObject({ state: "stopped", savepoint: true });
    expect(await supervisor.start(id, { from: "savepoint" })).toMatchObject({ state: "running", savepoint: false });
    expect(lastRun().request.restoreFrom).toBe("newest");
    await supervisor.stop(id, { savepoint: false });
    await supervisor.start(id, { from: "fresh" });
    expect(lastRun().request.restoreFrom).toBeUndefined();
  });

  it("refuses to start what runs, and what was never deployed", async () => {
    const id = await deployed();
    await expect(supervisor.start(id, { from: "savepoint" })).rejects.toMatchObject({ code: "running" });
    const { id: fresh } = store.create(documentOf("b"), undefined, 0);
    await expect(supervisor.start(fresh, { from: "savepoint" })).rejects.toMatchObject({ code: "never-deployed" });
    await expect(supervisor.stop(fresh, { savepoint: true })).rejects.toMatchObject({ code: "never-deployed" });
    await expect(supervisor.stop("none", { savepoint: true })).rejects.toMatchObject({ status: 404 });
  });
});

describe("a run that fails", () => {
  it("is tried again from its newest state with growing pauses, as the same run, with the reason kept", async () => {
    const id = await deployed();
    const { runId } = lastRun();
    const pauses = [1_000, 2_000, 4_000, 8_000, 10_000, 10_000];
    for (const [n, pause] of pauses.entries()) {
      lastRun().end({ state: "failed", failure: FAILURE });
      await clock.advance(0);
      const restart = { at: clock.now() + pause, attempt: n + 1 };
      expect(status(id)).toMatchObject({ state: "restarting", failure: { ...FAILURE, at: clock.now() }, restart });
      const runs = host.runs.length;
      await clock.advance(pause - 1);
      expect(host.runs).toHaveLength(runs);
      await clock.advance(1);
      expect(host.runs).toHaveLength(runs + 1);
      expect(status(id)?.restart).toBeUndefined();
      expect(lastRun().request).toMatchObject({ restoreFrom: "newest", runId });
    }
    expect(status(id)).toMatchObject({ state: "running", failure: FAILURE });
  });

  it("is tried again when it has failed before anybody noted that it was deployed", async () => {
    const { startRun } = host;
    host.startRun = async (request) => {
      const run = await startRun(request);
      lastRun().end({ state: "failed", failure: FAILURE });
      return run;
    };
    const id = await deployed();
    await clock.advance(0);
    expect(status(id)).toMatchObject({ state: "restarting", failure: FAILURE, restart: { attempt: 1 } });
    host.startRun = startRun;
    await clock.advance(1_000);
    expect(status(id)).toMatchObject({ state: "running", failure: FAILURE });
  });

  it("starts over with the short pause after a minute that held", async () => {
    const id = await deployed();
    lastRun().end({ state: "failed", failure: FAILURE });
    await clock.advance(1_000);
    await clock.advance(60_000);
    lastRun().end({ state: "failed", failure: FAILURE });
    await clock.advance(1_000);
    expect(host.runs).toHaveLength(3);
    expect(status(id)?.state).toBe("running");
  });

  it("is tried again also when the restart itself does not come up", async () => {
    const id = await deployed();
    lastRun().end({ state: "failed", failure: FAILURE });
    host.startFailure = new Error("the topic log is locked");
    await clock.advance(1_000);
    expect(status(id)).toMatchObject({ state: "restarting", failure: { message: { en: "the topic log is locked" } } });
    host.startFailure = undefined;
    await clock.advance(2_000);
    expect(status(id)?.state).toBe("running");
  });

  it("stays failed when trying again cannot help", async () => {
    const id = await deployed();
    lastRun().end({ state: "failed", failure: { ...FAILURE, permanent: true } });
    await clock.advance(3_600_000);
    expect(host.runs).toHaveLength(1);
    expect(status(id)).toMatchObject({ state: "failed", failure: { ...FAILURE, permanent: true } });
    expect(logged.at(-1)).toBe("a: failed at node sink: disk full Trying again cannot help.");
  });

  it("is not tried again when a restart finds out that it cannot help", async () => {
    const id = await deployed();
    lastRun().end({ state: "failed", failure: FAILURE });
    host.startFailure = Object.assign(new Error("no"), { failure: { ...FAILURE, permanent: true } });
    await clock.advance(3_600_000);
    expect(status(id)).toMatchObject({ state: "failed", failure: { permanent: true } });
    expect(logged).toEqual([
      "a: version 1 runs, from its newest state",
      "a: failed at node sink: disk full It is tried again in 1 s.",
      "a: failed at node sink: disk full Trying again cannot help.",
    ]);
  });

  it("is tried again, with the reason shown, even when the reason cannot be stored", async () => {
    const id = await deployed();
    database.exec("CREATE TRIGGER full BEFORE UPDATE OF failure ON pipelines BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
    lastRun().end({ state: "failed", failure: FAILURE });
    await clock.advance(0);
    expect(status(id)).toMatchObject({ state: "restarting", failure: FAILURE });
    await clock.advance(1_000);
    expect(status(id)?.state).toBe("running");
  });

  it("is not tried again once it was stopped, and a deploy forgets the reason", async () => {
    const id = await deployed();
    lastRun().end({ state: "failed", failure: FAILURE });
    await clock.advance(0);
    expect(await supervisor.stop(id, { savepoint: true })).toMatchObject({ state: "stopped" });
    await clock.advance(3_600_000);
    expect(host.runs).toHaveLength(1);
    expect((await supervisor.deploy(id, { set: {}, environment: undefined })).failure).toBeUndefined();
  });
});

describe("after a restart of the server", () => {
  it("runs what should run, from its last checkpoint, as the same run", async () => {
    const id = await deployed();
    const { runId } = lastRun();
    const stopped = await deployed("stopped");
    await supervisor.stop(stopped, { savepoint: true });
    const finished = await deployed("finished");
    lastRun().end({ state: "finished" });
    await clock.advance(0);

    await supervisor.close();
    restart();
    await supervisor.resume();
    expect(host.runs.map((run) => run.request)).toMatchObject([{ pipelineId: id, version: 1, restoreFrom: "newest", runId }]);
    expect(status(stopped)?.state).toBe("stopped");
    expect(status(finished)?.state).toBe("finished");
  });

  it("does not let one pipeline that cannot start hold up another", async () => {
    const bad = await deployed("bad");
    const good = await deployed("good");
    await supervisor.close();
    restart();
    const { startRun } = host;
    host.startRun = (request) => (request.pipelineId === bad ? Promise.reject(new Error("no")) : startRun(request));
    await supervisor.resume();
    expect(status(good)?.state).toBe("running");
    expect(status(bad)).toMatchObject({ state: "restarting", failure: { message: { en: "no" } } });
  });

  it("still knows dead letters and a savepoint of what is stopped", async () => {
    const id = await deployed();
    await supervisor.close();
    store.setDesired(id, "stopped");
    restart();
    host.states.set(id, [{ id: "s", kind: "savepoint", at: 0, version: 1, bytes: 1, retained: true }]);
    host.letters.set(id, [
      { id: "1", nodeId: "n", port: "in", at: 0, time: null, code: "c", message: FAILURE.message, text: "", encoding: "utf8" },
    ]);
    await supervisor.resume();
    expect(status(id)).toMatchObject({ state: "stopped", savepoint: true, deadLetters: 1 });
  });
});
