import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Prepared } from "@millrace/engine/node";
import { open } from "lmdb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { range, record, texts } from "../topic-log.contract.ts";
import { commitBuiltIn, openBuiltInTopics, readRecord } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-store-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openHere = () => openBuiltInTopics({ folder, now: Date.now });

describe("the topics' folder", () => {
  it("is refused when a newer Millrace wrote it, and left as it is", async () => {
    await (await openHere()).close();
    const root = open({ path: folder, noSubdir: false, overlappingSync: false });
    await root.openDB<number, string>("meta", { encoding: "json" }).put("format", 3);
    await root.close();
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(openHere()).rejects.toThrow(
        /have format 3; this Millrace reads format 2\. Use the Millrace that wrote them, or another data folder\./,
      );
  });

  it("of the format before segment files is taken over as it is", async () => {
    let log = await openHere();
    await log.createTopic("t", { partitions: 1 });
    await log.append("t", [record("old")]);
    await log.close();
    const root = open({ path: folder, noSubdir: false, overlappingSync: false });
    await root.openDB<number, string>("meta", { encoding: "json" }).put("format", 1);
    await root.close();
    log = await openHere();
    await log.append(
      "t",
      range(500).map((i) => record(`${i} ${"x".repeat(1_000)}`)),
    );
    expect((await texts(log, "t")).map((text) => text?.split(" ")[0])).toEqual(["old", ...range(500).map(String)]);
    await log.close();
  });

  it("is refused when what lies there is something else", async () => {
    await writeFile(join(folder, "data.mdb"), "this is no database, but long enough to be looked at".repeat(1_000));
    await expect(openHere()).rejects.toThrow(/cannot be opened: .*Check that the folder can be written and that its files are whole/);
  });

  it("is refused when it is no folder", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    await expect(openBuiltInTopics({ folder: file, now: Date.now })).rejects.toThrow(
      /cannot be opened: .*Check that the folder can be written/,
    );
  });

  it("is used by several threads of a process at once, each with what the others wrote", { timeout: 30_000 }, async () => {
    const log = await openHere();
    await log.createTopic("t", { partitions: 1 });
    const threads = ["a", "b"].map(
      (prefix) => new Worker(new URL("./use-in-thread.ts", import.meta.url), { workerData: { folder, prefix } }),
    );
    const ended = threads.map((thread) => once(thread, "exit"));
    for (const i of range(100)) await log.append("t", [record(`c${i}`)]);
    expect((await Promise.all(ended)).map(([code]) => code)).toEqual([0, 0]);
    expect((await texts(log, "t")).sort()).toEqual(["a", "b", "c"].flatMap((prefix) => range(100).map((i) => `${prefix}${i}`)).sort());
    await log.close();
  });

  it("takes in one commit what several threads prepared, each in its order, after they have ended", { timeout: 30_000 }, async () => {
    const log = await openHere();
    await log.createTopic("t", { partitions: 2 });
    const prepared = await Promise.all(
      range(3).map(async (subtask) => {
        const thread = new Worker(new URL("./prepare-in-thread.ts", import.meta.url), { workerData: { folder, subtask, count: 3_000 } });
        const ended = once(thread, "exit");
        const [handle] = await once(thread, "message");
        await ended;
        return handle as Prepared;
      }),
    );
    expect(await texts(log, "t")).toEqual([]);
    await commitBuiltIn(log, async (tx) => {
      tx.put("run/r", { checkpoint: 1 });
      await log.commitPrepared(prepared, tx);
    });
    for (const partition of range(2)) {
      const found = (await texts(log, "t", partition)).map((text) => text?.split(" ")[0] ?? "");
      for (const subtask of range(3))
        expect(found.filter((text) => text.startsWith(`${subtask}.`))).toEqual(range(1_500).map((i) => `${subtask}.${i * 2 + partition}`));
      expect(found).toHaveLength(4_500);
    }
    await log.close();
  });

  it("can be written after a thread that wrote failed", { timeout: 30_000 }, async () => {
    const log = await openHere();
    await log.createTopic("t", { partitions: 1 });
    for (const round of range(3)) {
      const thread = new Worker(new URL("./use-in-thread.ts", import.meta.url), { workerData: { folder, prefix: "t", failsAt: 5 } });
      const [error] = await once(thread, "error");
      expect(error).toMatchObject({ message: "made by the test" });
      await log.append("t", [record(`after ${round}`)]);
    }
    expect((await texts(log, "t")).filter((text) => text?.startsWith("after"))).toEqual(range(3).map((round) => `after ${round}`));
    await log.close();
  });

  it("grows as needed", { timeout: 30_000 }, async () => {
    const log = await openHere();
    const reading = await openHere();
    await log.createTopic("t", { partitions: 1 });
    const reader = await reading.openReader("t", 0, { from: "earliest" });
    const text = "x".repeat(1 << 20);
    for (const _ of range(60)) await log.append("t", [record(text)]);
    let count = 0;
    for (let batch = await reader.read(100, 0); batch.count > 0; batch = await reader.read(100, 0)) count += batch.count;
    expect(count).toBe(60);
    await log.close();
    await reading.close();
  });

  it("says that the disk is full, loses nothing and goes on when there is room", { timeout: 60_000 }, async () => {
    const program = fileURLToPath(new URL("./fill-disk.ts", import.meta.url));
    const disk = new URL("./small-disk.ts", import.meta.url).href;
    const child = spawn(process.execPath, ["--import", disk, program, folder], {
      env: { ...process.env, SMALL_DISK: JSON.stringify({ folder, bytes: 40 << 20 }) },
    });
    let out = "";
    child.stdout.on("data", (text) => {
      out += text;
    });
    await once(child, "close");
    const report = JSON.parse(out) as {
      appended: number;
      appendFailed: string;
      commitFailed: string;
      failedAgain: string;
      afterwards: string;
    };
    expect(report.appendFailed).toMatch(
      /^The disk of ".*" is full: \d+ bytes are free, \d+ are needed\. What was to be written is not visible, what was there before is untouched\. Free space/,
    );
    expect(report.appended).toBeGreaterThan(50);
    expect(report.commitFailed).toBe(report.appendFailed);
    expect(report.failedAgain).toBe(report.appendFailed);
    expect(report.afterwards).toBe("small");

    const log = await openHere();
    const kept = await texts(log, "t");
    expect(kept.map((text) => Number.parseInt(text ?? "", 10))).toEqual(range(report.appended));
    expect(readRecord(log, "run/r")).toEqual({ before: true });
    await log.append("t", [record(`${report.appended}`)]);
    expect(await texts(log, "t")).toHaveLength(report.appended + 1);
    await commitBuiltIn(log, (tx) => tx.put("run/r", { after: true }));
    await log.close();
  });
});
