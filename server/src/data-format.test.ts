import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bringUpToDate, DATA_FORMAT, formatOf, type Upgrade } from "./data-format.ts";
import { takeLock } from "./process-lock.ts";

let folder: string;
let logged: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 格式 "));
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const log = (line: string) => void logged.push(line);
const path = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(path(name), "utf8");
const upgrade = (...upgrades: Upgrade[]) => bringUpToDate(folder, log, { upgrades, latest: upgrades.length });

/** Each appends its number to what there is. */
const step = (to: number): Upgrade => ({
  to,
  alone: true,
  changes: ["text", "more/deep.txt"],
  apply: () => writeFileSync(path("text"), `${read("text")}${to}`),
});
const failing = (to: number): Upgrade => ({
  ...step(to),
  apply() {
    step(to).apply(folder, log);
    mkdirSync(path("more"));
    writeFileSync(path("more/deep.txt"), "half done");
    throw new Error("no room");
  },
});

describe("a data folder", () => {
  it("has the present format from its first use", async () => {
    await bringUpToDate(folder, log);
    expect([formatOf(folder), logged]).toEqual([DATA_FORMAT, []]);
    await bringUpToDate(folder, log);
    expect(formatOf(folder)).toBe(DATA_FORMAT);
  });

  it("that only people have put something into has the present format, too", async () => {
    mkdirSync(path("files"));
    writeFileSync(path("settings.json"), "{}");
    await bringUpToDate(folder, log);
    expect([formatOf(folder), logged]).toEqual([DATA_FORMAT, []]);
  });

  it("that says nothing of its format is brought to the present one", async () => {
    writeFileSync(path("token"), "token");
    await bringUpToDate(folder, log);
    expect([formatOf(folder), read("token"), logged]).toEqual([
      DATA_FORMAT,
      "token",
      [`The data folder ${folder} was upgraded from format 0 to ${DATA_FORMAT}.`],
    ]);
  });

  it("of a newer Millrace is refused", async () => {
    writeFileSync(path("format.json"), '{"format":99}');
    await expect(bringUpToDate(folder, log)).rejects.toThrow(
      `The data folder ${folder} was written by a newer Millrace (its format is 99, this one knows ${DATA_FORMAT}). Use the newer one, or another --data folder.`,
    );
  });

  it("whose format cannot be read is left alone", async () => {
    for (const text of ["{", '{"format":"1"}', "[]"]) {
      writeFileSync(path("format.json"), text);
      await expect(bringUpToDate(folder, log)).rejects.toThrow("Put it back as it was, or restore a backup.");
      expect(read("format.json")).toBe(text);
    }
  });
});

describe("an upgrade", () => {
  beforeEach(() => {
    writeFileSync(path("token"), "of an older Millrace");
    writeFileSync(path("text"), "0");
  });

  it("takes every step in order, once, and keeps what each changed", async () => {
    await upgrade(step(1), step(2));
    await upgrade(step(1), step(2));
    await upgrade(step(1), step(2), step(3));
    expect([read("text"), read("before-format-1/text"), read("before-format-2/text"), read("before-format-3/text")]).toEqual([
      "0123",
      "0",
      "01",
      "012",
    ]);
    expect(logged).toEqual([
      `The data folder ${folder} was upgraded from format 0 to 2. What was changed is kept in ${path("before-format-1")}, ${path("before-format-2")}; remove it when all is well.`,
      `The data folder ${folder} was upgraded from format 2 to 3. What was changed is kept in ${path("before-format-3")}; remove it when all is well.`,
    ]);
  });

  it("that fails leaves everything as it was before the step, and says why", async () => {
    await expect(upgrade(step(1), failing(2))).rejects.toThrow(
      `The data folder ${folder} could not be brought to format 2: no room. It is as it was; mend the cause and start again, or use the Millrace that wrote it.`,
    );
    expect([read("text"), formatOf(folder), existsSync(path("more/deep.txt")), existsSync(path("before-format-2"))]).toEqual([
      "01",
      1,
      false,
      false,
    ]);
    await upgrade(step(1), step(2));
    expect(read("text")).toBe("012");
  });

  it("that a crash cut off is begun anew from what was kept", async () => {
    // What a kill in the midst of step 1 leaves; and one in the midst of the copy before it.
    mkdirSync(path("before-format-1"));
    writeFileSync(path("before-format-1/text"), "0");
    writeFileSync(path("text"), "0 and a half");
    mkdirSync(path("before-format-1.unfinished"));
    await upgrade(step(1));
    expect([read("text"), read("before-format-1/text"), existsSync(path("before-format-1.unfinished"))]).toEqual(["01", "0", false]);
  });

  it("waits for nobody: a folder that others use is refused, with the lock that says so", async () => {
    mkdirSync(path("locks"));
    const lock = takeLock(path("locks/a.lock"));
    await expect(upgrade(step(1))).rejects.toThrow(
      `The data folder ${folder} has to be brought to format 1, but another process uses it (${join("locks", "a.lock")} is locked). Stop servers, runs and loggers on it first.`,
    );
    lock?.release();
    await upgrade(step(1));
    expect(read("text")).toBe("01");
  });

  it("that can be taken beside others needs nobody to stop", async () => {
    const lock = takeLock(path("server.lock"));
    await upgrade({ ...step(1), alone: false });
    lock?.release();
    expect(read("text")).toBe("01");
  });
});
