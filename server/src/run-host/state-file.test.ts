import { spawnSync } from "node:child_process";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SnapshotEntry } from "@millrace/engine/run";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStateFile, StateFileWriter, type StatePointer } from "./state-file.ts";

const entry = (key: string, value: number): SnapshotEntry => ({ node: "n", key: { key: [key], states: { v: value } } });

describe("state files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "millrace 状态 ")), "state");
  });
  afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

  it("gives back what a chain of full and incremental segments holds, oldest first", async () => {
    const writer = new StateFileWriter(folder, "run1");
    await writer.append(1, true, [entry("a", 1), entry("b", 1)]);
    const pointer = await writer.append(2, false, [entry("a", 2)]);
    await writer.close();
    expect(await readStateFile(folder, pointer)).toEqual([entry("a", 1), entry("b", 1), entry("a", 2)]);
  });

  it("ignores what was written behind the checkpoint that counts", async () => {
    const writer = new StateFileWriter(folder, "run1");
    const pointer = await writer.append(1, true, [entry("a", 1)]);
    await writer.append(2, false, [entry("a", 2)]);
    await writer.close();
    await appendFile(join(folder, pointer.file), "torn {");
    expect(await readStateFile(folder, pointer)).toEqual([entry("a", 1)]);
  });

  it("writes nothing for a checkpoint in which no state changed", async () => {
    const writer = new StateFileWriter(folder, "run1");
    const first = await writer.append(1, true, [entry("a", 1)]);
    expect(await writer.append(2, false, [])).toMatchObject({ bytes: first.bytes, written: 0 });
    await writer.close();
  });

  it("asks for a full snapshot once the increments outgrow it, and then keeps one file", async () => {
    const writer = new StateFileWriter(folder, "run1");
    await writer.append(1, true, [entry("a", 1)]);
    let last = { nextFull: false };
    for (let id = 2; !last.nextFull; id++) last = await writer.append(id, false, [entry("x".repeat(300_000), id)]);
    await writer.append(9, true, [entry("a", 9)]);
    await writer.removeOthers();
    await writer.close();
    expect(await readdir(folder)).toEqual(["run1-9.jsonl"]);
  });

  it.each([
    [
      "a flipped byte",
      (content: Buffer) => content.fill(content[content.length - 5] === 0x31 ? 0x32 : 0x31, content.length - 5, content.length - 4),
      /does not have the checksum/,
    ],
    [
      "a file that is too short",
      (content: Buffer) => content.subarray(0, content.length - 1),
      /is torn: it has \d+ bytes, the checkpoint needs \d+/,
    ],
    [
      "a header that is none",
      (content: Buffer) => Buffer.concat([Buffer.from("x"), content.subarray(1)]),
      /the header of segment 1 cannot be read/,
    ],
  ])("detects %s", async (_what, damage, message) => {
    const writer = new StateFileWriter(folder, "run1");
    const pointer = await writer.append(1, true, [entry("a", 11111)]);
    await writer.close();
    const file = join(folder, pointer.file);
    await writeFile(file, damage(await readFile(file)));
    await expect(readStateFile(folder, pointer)).rejects.toThrow(message);
  });

  // A limit on the size of files stands for a disk that is full: like one, it takes a part of what is written and refuses the rest.
  it("says that the disk is full, and what counted before can be read", { timeout: 30_000 }, async () => {
    const program = `
      const { StateFileWriter } = await import(${JSON.stringify(new URL("state-file.ts", import.meta.url).href)});
      const writer = new StateFileWriter(process.argv[1], "run1");
      const pointer = await writer.append(1, true, [{ node: "n", key: { key: ["a"], states: { v: 1 } } }]);
      const failure = await writer.append(2, false, [{ node: "n", key: { key: ["b"], states: { v: "x".repeat(200_000) } } }]).catch((error) => error.words);
      console.log(JSON.stringify({ pointer, failure }));`;
    const child = spawnSync("sh", ["-c", `ulimit -f 64; exec "$0" --input-type=module -e "$1" "$2"`, process.execPath, program, folder], {
      encoding: "utf8",
    });
    const { pointer, failure } = JSON.parse(child.stdout) as { pointer: StatePointer; failure: { en: string; zh: string } };
    expect(failure.en).toBe(
      `The disk of ${folder} is full, so the run's state could not be written. The checkpoint before it counts, nothing is lost or doubled. Free space; the run then goes on from there.`,
    );
    expect(failure.zh).toContain("请释放空间");
    expect(await readStateFile(folder, pointer)).toEqual([entry("a", 1)]);
  });

  it("names the file that is not there", async () => {
    await expect(readStateFile(folder, { format: 1, file: "gone.jsonl", bytes: 1, segments: 1 })).rejects.toThrow(
      "gone.jsonl cannot be read",
    );
  });
});
