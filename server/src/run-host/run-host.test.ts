/** Real runs on worker threads, real topics in a folder. */
import { mkdtemp, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { BuiltInTopicLog } from "@millrace/nodes/connections";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunHandle, RunHost, StartRun } from "../runs/run-host.ts";
import { readCheckpoints } from "./checkpoint-store.ts";
import { openTopics } from "./connections.ts";
import { createRunHost } from "./index.ts";

const WAIT = { timeout: 60_000, interval: 20 };

/** Visits in, first visits of each user out; a visit without a user is a dead letter. */
const visits: PipelineDocument = {
  formatVersion: 1,
  name: "first visits",
  schemas: { visit: { fields: { user: "STRING", day: "STRING" } } },
  nodes: {
    visits: { type: "topic-source", name: "Visits", params: { topic: "visits", schema: "visit", from: "earliest" } },
    first: {
      type: "mark-first-seen",
      name: "First",
      params: { key: ["user"], value: "day", compare: "different", output: { do: "drop" } },
    },
    firsts: { type: "topic-sink", name: "Firsts", params: { topic: "firsts" } },
  },
  edges: [
    { from: "visits.out", to: "first.in" },
    { from: "first.out", to: "firsts.in" },
  ],
};

describe("a run host", { timeout: 30_000 }, () => {
  let folder: string;
  let host: RunHost;
  let topics: BuiltInTopicLog;
  let runs = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace 运行 "));
    host = await createRunHost({ dataFolder: folder, log: () => undefined });
    topics = await openTopics(folder);
    await topics.createTopic("visits", { partitions: 1 });
  });
  afterEach(async () => {
    await host.close();
    await topics.close();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (more: Partial<StartRun> = {}): Promise<RunHandle> =>
    host.startRun({ pipelineId: "p", runId: `run${runs++}`, version: 1, document: visits, set: {}, connections: {}, ...more });

  async function post(...texts: string[]): Promise<void> {
    const records = texts.map((text) => ({
      value: { bytes: Buffer.from(text), start: 0, end: Buffer.byteLength(text) },
      key: null,
      time: 1_000,
    }));
    await topics.append("visits", records);
  }

  async function users(): Promise<string[]> {
    const found: string[] = [];
    for (const { partition } of (await topics.describeTopic("firsts"))?.partitions ?? []) {
      const reader = await topics.openReader("firsts", partition, { from: "earliest" });
      for (let batch = await reader.read(100, 0); batch.count > 0; batch = await reader.read(100, 0)) {
        for (let i = 0; i < batch.count; i++) {
          const range = batch.bytes(i);
          if (range)
            found.push((JSON.parse(Buffer.from(range.bytes.subarray(range.start, range.end)).toString()) as { user: string }).user);
        }
      }
      await reader.close();
    }
    return found.sort();
  }

  const visit = (user: string) => JSON.stringify({ user, day: "20210222" });

  it("goes on with the files of its state after a restart, where no key has moved", async () => {
    const everybody = Array.from({ length: 2_000 }, (_, i) => `user ${i}`);
    /** Runs that wrote the files of the newest checkpoint. */
    const writers = () =>
      readCheckpoints(topics, "p").kept[0]?.states.flatMap(({ parts }) => parts.map(({ file }) => file.split("-")[0])) ?? [];
    const first = `run${runs}`;
    let run = await start();
    await post(...everybody.map(visit));
    await vi.waitFor(async () => expect(await users()).toHaveLength(2_000), WAIT);
    let known = 2_000;
    for (const [parallelism, isKept] of [
      [1, true],
      [1, true],
      [2, false],
    ] as const) {
      await run.stop({ savepoint: false });
      const own = `run${runs}`;
      run = await start({ document: { ...visits, parallelism }, restoreFrom: "newest" });
      await post(visit("user 7"), visit(`late ${known++}`));
      await vi.waitFor(async () => expect(await users()).toHaveLength(known), WAIT);
      expect(writers()).toContain(own);
      expect(writers().includes(first)).toBe(isKept);
    }
    const late = Array.from({ length: known - 2_000 }, (_, i) => `late ${2_000 + i}`);
    expect(await users()).toEqual([...everybody, ...late].sort());
  });

  it("passes rows on and remembers them over a stop with savepoint", async () => {
    const run = await start();
    await post(visit("ann"), visit("bob"), visit("ann"));
    await vi.waitFor(async () => expect(await users()).toEqual(["ann", "bob"]), WAIT);
    await run.stop({ savepoint: true });
    expect(await run.ended).toEqual({ state: "stopped" });
    expect(await host.savedState("p")).toMatchObject({ kind: "savepoint", version: 1 });
    await post(visit("bob"), visit("cy"));
    await start({ restoreFrom: "newest" });
    await vi.waitFor(async () => expect(await users()).toEqual(["ann", "bob", "cy"]), WAIT);
  });

  it("goes on from the last checkpoint when it was stopped without a savepoint", async () => {
    const run = await start();
    await post(visit("ann"));
    await vi.waitFor(async () => expect(await users()).toEqual(["ann"]), WAIT);
    await run.stop({ savepoint: false });
    await post(visit("ann"), visit("bob"));
    await start({ restoreFrom: "newest" });
    await vi.waitFor(async () => expect(await users()).toEqual(["ann", "bob"]), WAIT);
  });

  it("begins anew without state when asked to", async () => {
    const run = await start();
    await post(visit("ann"));
    await vi.waitFor(async () => expect(await users()).toEqual(["ann"]), WAIT);
    await run.stop({ savepoint: true });
    await start();
    await vi.waitFor(async () => expect(await users()).toEqual(["ann", "ann"]), WAIT);
  });

  it("lets an older run of the same pipeline commit nothing once a newer one has taken over", async () => {
    const run = await start();
    await post(visit("ann"));
    await vi.waitFor(async () => expect(await users()).toEqual(["ann"]), WAIT);
    const other = await createRunHost({ dataFolder: folder, log: () => undefined });
    try {
      const newer = await other.startRun({
        pipelineId: "p",
        runId: "newer",
        version: 1,
        document: visits,
        set: {},
        connections: {},
        restoreFrom: "newest",
      });
      await post(visit("bob"));
      expect(await run.ended).toMatchObject({ state: "failed", failure: { message: { en: expect.stringMatching(/taken over/) } } });
      await vi.waitFor(async () => expect(await users()).toEqual(["ann", "bob"]), WAIT);
      await newer.stop({ savepoint: true });
    } finally {
      await other.close();
    }
  });

  it("keeps what could not be processed, whole, with reason and origin, and replays it once", async () => {
    const run = await start();
    await post('{"user":', visit("ann"));
    await vi.waitFor(async () => expect((await host.deadLetters("p", { limit: 10 })).total).toBe(1), WAIT);
    const { letters } = await host.deadLetters("p", { limit: 10 });
    expect(letters).toMatchObject([
      {
        nodeId: "visits",
        code: "codec.not-json",
        text: '{"user":',
        encoding: "utf8",
        time: 1_000,
        origin: { topic: "visits", partition: 0, offset: 0 },
      },
    ]);
    const id = letters[0]?.id as string;
    expect(await run.replay([id, "77", "x"], visit("bob"))).toBe(1);
    expect(await run.replay([id])).toBe(0);
    await vi.waitFor(async () => expect(await users()).toEqual(["ann", "bob"]), WAIT);
    expect((await host.deadLetters("p", { limit: 10 })).letters[0]?.replayedAt).toBeTypeOf("number");
    await run.stop({ savepoint: true });
    await start({ restoreFrom: "newest" });
    await post(visit("cy"));
    await vi.waitFor(async () => expect(await users()).toEqual(["ann", "bob", "cy"]), WAIT);
  });

  it("pages, filters and searches dead letters, newest first", async () => {
    await start();
    await post("one", "two", "three");
    await vi.waitFor(async () => expect((await host.deadLetters("p", { limit: 1 })).total).toBe(3), WAIT);
    const first = await host.deadLetters("p", { limit: 2 });
    expect(first.letters.map(({ text }) => text)).toEqual(["three", "two"]);
    expect((await host.deadLetters("p", { limit: 2, before: first.next })).letters.map(({ text }) => text)).toEqual(["one"]);
    expect((await host.deadLetters("p", { limit: 9, search: "TWO" })).letters.map(({ text }) => text)).toEqual(["two"]);
    expect((await host.deadLetters("p", { limit: 9, node: "first" })).letters).toEqual([]);
  });

  it("refuses a damaged checkpoint for good, and says what a person can do", async () => {
    const run = await start();
    await post(visit("ann"));
    await vi.waitFor(async () => expect(await users()).toEqual(["ann"]), WAIT);
    await run.stop({ savepoint: true });
    const states = join(folder, "runs", "p", "state");
    for (const file of await readdir(states)) await truncate(join(states, file), 10);
    await expect(start({ restoreFrom: "newest" })).rejects.toMatchObject({
      message: expect.stringMatching(
        /The last checkpoint cannot be used\. .*is torn: it has 10 bytes.*There is no older one\. Put the file back, or start without state\./,
      ),
      failure: { permanent: true },
    });
  });

  it("refuses state that a changed node cannot read", async () => {
    const run = await start();
    await post(visit("ann"));
    await vi.waitFor(async () => expect(await users()).toEqual(["ann"]), WAIT);
    await run.stop({ savepoint: true });
    const document = structuredClone(visits);
    (document.nodes.first as { params: object }).params = { key: ["CHAR_LENGTH(user)"], value: "day", output: { do: "drop" } };
    await expect(start({ document, restoreFrom: "newest" })).rejects.toThrow(/The saved state of node "first" does not fit/);
  });

  it("spreads a run over threads, and finds what each key kept at any parallelism", async () => {
    await topics.deleteTopic("visits");
    await topics.createTopic("visits", { partitions: 4 });
    const people = Array.from({ length: 200 }, (_, i) => `user${String(i).padStart(3, "0")}`);
    const spread = (parallelism: number): PipelineDocument => ({ ...visits, parallelism });
    let expected: string[] = [];
    for (const [round, parallelism] of [1, 3, 2].entries()) {
      const run = await start({ document: spread(parallelism), restoreFrom: "newest" });
      await post(...people.slice(0, 100 + 50 * round).map(visit), "broken");
      expected = people.slice(0, 100 + 50 * round);
      await vi.waitFor(async () => expect(await users()).toEqual(expected), WAIT);
      await vi.waitFor(() => expect(run.nodes().visits?.out.out?.total).toBe(100 + 50 * round), WAIT);
      await vi.waitFor(() => expect(run.nodes().first?.in.in?.total).toBe(100 + 50 * round), WAIT);
      expect((await run.samples("first.out->firsts.in")).length).toBeGreaterThan(0);
      await run.stop({ savepoint: true });
      expect(await run.ended).toEqual({ state: "stopped" });
    }
    expect((await host.deadLetters("p", { limit: 10 })).total).toBe(3);
    const { letters } = await host.deadLetters("p", { limit: 1 });
    const run = await start({ document: spread(4), restoreFrom: "newest" });
    expect(await run.replay([letters[0]?.id as string], visit("replayed"))).toBe(1);
    await vi.waitFor(async () => expect(await users()).toEqual(["replayed", ...expected].sort()), WAIT);
  });

  it("makes a savepoint while it runs, and starts from an older one only when forced", async () => {
    const run = await start();
    await post(visit("ann"));
    await vi.waitFor(async () => expect(await users()).toEqual(["ann"]), WAIT);
    const made = await run.savepoint();
    expect(made).toMatchObject({ kind: "savepoint", version: 1, retained: true });
    await post(visit("bob"));
    await vi.waitFor(async () => expect(await users()).toEqual(["ann", "bob"]), WAIT);
    await run.stop({ savepoint: false });
    expect((await host.savepoints("p")).map(({ id }) => id)).toContain(made.id);
    await expect(start({ restoreFrom: { savepoint: made.id } })).rejects.toMatchObject({
      message: expect.stringMatching(/^1 rows were written after savepoint/),
      failure: { permanent: true },
    });
    await start({ restoreFrom: { savepoint: made.id }, force: true });
    await vi.waitFor(async () => expect(await users()).toEqual(["ann", "bob", "bob"]), WAIT);
    expect(await host.deleteSavepoint("p", made.id)).toBe(true);
  });

  it("says what a run without rows waits for, and counts, samples and frames what passes", async () => {
    const run = await start();
    await vi.waitFor(() => expect(run.nodes().first?.waitsFor?.en).toBe("waits for records in topic visits"), WAIT);
    const watch = run.watch(["visits.out->first.in"]);
    await post(visit("ann"), visit("ann"));
    await vi.waitFor(
      () => expect(watch.frame().samples["visits.out->first.in"]?.[0]).toMatchObject({ text: visit("ann"), origin: { offset: 0 } }),
      WAIT,
    );
    await vi.waitFor(
      () => expect(run.nodes()).toMatchObject({ visits: { out: { out: { total: 2 } } }, firsts: { in: { in: { total: 1 } } } }),
      WAIT,
    );
    expect((await run.samples("first.dropped")).map(({ reason }) => reason)).toHaveLength(1);
    watch.close();
    await run.stop({ savepoint: true });
    expect(await run.samples("visits.out->first.in")).toHaveLength(2);
  });

  it("refuses a second run of a pipeline and a document with errors", async () => {
    await start();
    await expect(start()).rejects.toThrow("pipeline p is running already");
    const document = structuredClone(visits);
    document.edges.push({ from: "first.nowhere", to: "firsts.in" });
    await expect(start({ pipelineId: "q", document })).rejects.toThrow(/nowhere/);
  });

  it("ends when its bounded sources have ended, with everything committed", async () => {
    const document = structuredClone(visits);
    const fields = [
      { name: "user", rule: "sequence", prefix: "user_" },
      { name: "day", rule: "constant", value: "20210222" },
    ];
    document.nodes.visits = { type: "generator", name: "Visits", params: { kind: "schema", rate: 1_000, count: 50, fields } };
    const run = await start({ document });
    expect(await run.ended).toEqual({ state: "finished" });
    expect(await users()).toHaveLength(50);
  });
});
