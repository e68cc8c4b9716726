import { spawnSync } from "node:child_process";
import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyBytes, type SnapshotEntry } from "@millrace/engine/run";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { foldState } from "./fold-state.ts";
import { readStateFile, StateFileError, type StatePart, type StatePointer } from "./state-file.ts";
import { removeUnusedStates } from "./state-files.ts";
import { StateFileWriter, type WriterOptions } from "./state-writer.ts";

const PIPELINE = "a pipeline 流";
const entry = (key: string, value: number, node = "n"): SnapshotEntry => ({
  node,
  key: { key: keyBytes([key]), group: 7, state: Buffer.alloc(4 + value, `${value};`) },
});
const gone = (key: string): SnapshotEntry => ({ node: "n", key: { key: keyBytes([key]), group: 7 } });
const note = (watermark: number): SnapshotEntry => ({ node: "n", watermarks: { in: { "a.out": [watermark] } }, own: watermark });

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "millrace 状态 ")), "state");
});
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

function writerOf(options: Partial<WriterOptions> = {}): StateFileWriter {
  const unexpected = (line: string) => {
    throw new Error(line);
  };
  return new StateFileWriter({ folder, pipelineId: PIPELINE, runId: "run1", subtask: 0, log: unexpected, ...options });
}

/** As plain data, to compare. */
function read(pointer: StatePointer, from = folder): unknown[] {
  return [...readStateFile(from, pointer, PIPELINE)].map(plain);
}

function plain(each: SnapshotEntry): unknown {
  if (!("key" in each)) return each;
  const { key, group, state } = each.key;
  return [each.node, Buffer.from(key).toString("hex"), group, state && Buffer.from(state).toString("hex")];
}

describe("state files", () => {
  it("give back what a chain of full and incremental segments holds, oldest first", async () => {
    const writer = writerOf();
    await writer.append(1, true, [entry("a", 1), entry("b", 1, "other")]);
    const pointer = await writer.append(2, false, [entry("a", 2), gone("b")]);
    await writer.close();
    expect(read(pointer)).toEqual([entry("a", 1), entry("b", 1, "other"), entry("a", 2), gone("b")].map(plain));
  });

  it("of a run that is started again never take the place of those it had before", async () => {
    const before = writerOf();
    const pointer = await before.append(1, true, [entry("a", 1)]);
    await before.close();
    const again = writerOf();
    const next = await again.append(2, true, [entry("a", 2)]);
    await again.close();
    expect(read(pointer)).toEqual([plain(entry("a", 1))]);
    expect(read(next)).toEqual([plain(entry("a", 2))]);
  });

  it("give of what is no key's state only what the last checkpoint said", async () => {
    const writer = writerOf();
    await writer.append(1, true, [note(1), entry("a", 1)]);
    const pointer = await writer.append(2, false, [note(2)]);
    await writer.close();
    expect(read(pointer)).toEqual([entry("a", 1), note(2)].map(plain));
  });

  it("can be read up to any checkpoint that is kept, whatever was written behind it", async () => {
    const writer = writerOf();
    const first = await writer.append(1, true, [entry("a", 1)]);
    const second = await writer.append(2, false, [entry("a", 2)]);
    await writer.append(3, false, [entry("a", 3)]);
    await writer.close();
    await appendFile(join(folder, (second.parts[0] as StatePart).file), "torn {");
    expect(read(first)).toEqual([plain(entry("a", 1))]);
    expect(read(second)).toEqual([entry("a", 1), entry("a", 2)].map(plain));
  });

  it("hold snapshots of any size in segments that are read one at a time", async () => {
    const writer = writerOf({ subtask: 3 });
    const many = Array.from({ length: 30 }, (_, i) => entry(`k${i}`, 1_000_000 + i));
    const pointer = await writer.append(1, true, many);
    await writer.close();
    expect(pointer.parts[0]).toMatchObject({ file: "run1-3-1.state", segments: 6 });
    expect(read(pointer)).toEqual(many.map(plain));
  });

  it("take the snapshot before they wait for the disk", async () => {
    const writer = writerOf();
    const taken: number[] = [];
    const entries = (function* () {
      for (let i = 0; i < 3; i++) {
        taken.push(i);
        yield entry("a", i);
      }
    })();
    const appended = writer.append(1, true, entries);
    expect(taken).toEqual([0, 1, 2]);
    await appended;
    await writer.close();
  });

  it("write nothing for a checkpoint in which nothing changed", async () => {
    const writer = writerOf();
    const first = await writer.append(1, true, [entry("a", 1)]);
    expect(await writer.append(2, false, [])).toMatchObject({ bytes: first.bytes, parts: first.parts, checkpoint: 1, written: 0 });
    await writer.close();
  });

  it("go on from a restored chain without writing it again", async () => {
    const writer = writerOf();
    const base = await writer.append(1, true, [entry("a", 1)]);
    await writer.close();
    const next = writerOf({ runId: "run2", base });
    expect(next.nextFull).toBe(false);
    const pointer = await next.append(2, false, [entry("b", 1)]);
    await next.close();
    expect(pointer.parts.map(({ file }) => file)).toEqual(["run1-0-1.state", "run2-0-1.state"]);
    expect(read(pointer)).toEqual([entry("a", 1), entry("b", 1)].map(plain));
  });

  it("begin with everything", async () => {
    const writer = writerOf();
    expect(writer.nextFull).toBe(true);
    await expect(writer.append(1, false, [entry("a", 1)])).rejects.toThrow("the first snapshot must be full");
    await writer.close();
  });

  it("ask for a full snapshot once the increments outgrow a small one", async () => {
    const writer = writerOf({ foldBytes: 1 << 20 });
    await writer.append(1, true, [entry("a", 1)]);
    let last = { nextFull: false };
    let id = 2;
    for (; !last.nextFull; id++) last = await writer.append(id, false, [entry("x", 300_000 + id)]);
    expect(id).toBe(6);
    expect(await writer.append(9, true, [entry("a", 9)])).toMatchObject({ nextFull: false, parts: [{ file: "run1-0-2.state" }] });
    await writer.close();
  });

  it("are folded in the background once a large one is outgrown, while checkpoints go on", async () => {
    const writer = writerOf({ foldBytes: 1_000, smallBytes: 0 });
    await writer.append(1, true, [note(1), entry("a", 1), entry("b", 1)]);
    const long = await writer.append(2, false, [note(2), entry("a", 2_000), gone("b")]);
    const during = await writer.append(3, false, [note(3), entry("c", 3)]);
    await writer.folded();
    const after = await writer.append(4, false, [note(4), entry("d", 4)]);
    await writer.close();
    expect(long.parts.map(({ file }) => file)).toEqual(["run1-0-1.state"]);
    expect(during.parts.map(({ file }) => file)).toEqual(["run1-0-1.state", "run1-0-2.state"]);
    expect(after.parts.map(({ file }) => file)).toEqual(["run1-0-3.state", "run1-0-2.state"]);
    expect(read(during).slice(2)).toEqual([entry("a", 2_000), gone("b"), note(3), entry("c", 3)].map(plain));
    expect(read(after)).toEqual([entry("a", 2_000), entry("c", 3), note(4), entry("d", 4)].map(plain));
  });

  it("that are found damaged by a fold are replaced by a full snapshot, and the run hears of it", async () => {
    const lines: string[] = [];
    const writer = writerOf({ foldBytes: 1_000, smallBytes: 0, log: (line) => lines.push(line) });
    await writer.append(1, true, [entry("a", 1)]);
    await flip(join(folder, "run1-0-1.state"), -2);
    await writer.append(2, false, [entry("b", 2_000)]);
    await writer.folded();
    expect(writer.nextFull).toBe(true);
    expect(lines).toEqual([
      expect.stringMatching(/^State files of subtask 0 could not be folded: .*run1-0-1\.state is damaged: segment 1 does not have/),
    ]);
    const pointer = await writer.append(3, true, [entry("a", 3)]);
    await writer.close();
    expect(read(pointer)).toEqual([plain(entry("a", 3))]);
  });

  it("hold the last of each key when they are folded, in shares of any size", async () => {
    const steps = fc.array(fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: -1, max: 200 })), { maxLength: 8 }), {
      minLength: 1,
      maxLength: 6,
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(64, 300, 1 << 20), async (checkpoints, shareBytes) => {
        const writer = writerOf({ runId: `fold${++run}` });
        const last = new Map<string, SnapshotEntry>();
        let pointer: StatePointer | undefined;
        for (const [i, changes] of checkpoints.entries()) {
          const entries = new Map(changes.map(([k, n]) => [`k${k}`, n < 0 ? gone(`k${k}`) : entry(`k${k}`, n)]));
          for (const [k, each] of entries) last.set(k, each);
          pointer = await writer.append(i + 1, i === 0, [...entries.values(), note(i)]);
        }
        await writer.close();
        const owner = { pipelineId: PIPELINE, runId: `fold${run}`, subtask: 0 };
        const { parts, ...rest } = pointer as StatePointer;
        const result = await foldState({ folder, owner, parts, file: `fold${run}-0-9.state` }, shareBytes);
        if (result.state !== "folded") throw new Error(result.why);
        const live = [...last.values()].filter((each) => "key" in each && each.key.state !== undefined);
        expect(
          read({ ...rest, parts: [result.part] })
            .map(String)
            .sort(),
        ).toEqual([...live, note(checkpoints.length - 1)].map(plain).map(String).sort());
        expect((await readdir(folder)).filter((name) => name.includes("share"))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe("files that nobody needs", () => {
  it("are removed; those of kept checkpoints, and those that are being written, are not", async () => {
    const old = writerOf({ runId: "run0" });
    await old.append(1, true, [entry("a", 1)]);
    const savepoint = await old.append(2, true, [entry("a", 2)]);
    await old.close();
    const writer = writerOf();
    await writer.append(3, true, [entry("a", 3)]);
    const kept = await writer.append(4, true, [entry("a", 4)]);
    const newest = await writer.append(5, true, [entry("a", 5)]);
    await writeFile(join(folder, "run1-0-4.state"), "being written");
    await writeFile(join(folder, "run1-1-1.state"), "of a subtask without a checkpoint yet");
    await writeFile(join(folder, "run0-0-9.state"), "left by a run that was killed");
    await removeUnusedStates(folder, "run1", [newest], [savepoint, kept]);
    await writer.close();
    expect((await readdir(folder)).sort()).toEqual([
      "run0-0-2.state",
      "run1-0-2.state",
      "run1-0-3.state",
      "run1-0-4.state",
      "run1-1-1.state",
    ]);
  });
});

describe("state that cannot be trusted", () => {
  let pointer: StatePointer;
  let place: string;
  beforeEach(async () => {
    const writer = writerOf();
    await writer.append(1, true, [note(1), entry("a", 11)]);
    pointer = await writer.append(2, false, [note(2), entry("b", 22)]);
    await writer.close();
    place = join(folder, (pointer.parts[0] as StatePart).file);
  });

  it("is detected wherever a bit of it changes", async () => {
    const whole = await readFile(place);
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      await writeFile(place, changed);
      expect(() => read(pointer), `byte ${at}`).toThrow(StateFileError);
    }
  });

  it("is detected wherever it ends early", async () => {
    const whole = await readFile(place);
    for (let length = 0; length < whole.length; length++) {
      await writeFile(place, whole.subarray(0, length));
      expect(() => read(pointer)).toThrow(`is torn: it has ${length} bytes, the checkpoint needs ${whole.length}.`);
    }
  });

  it("is detected when it is another pipeline's, another file, or an older state of the same file", async () => {
    const other = join(folder, "other");
    const foreign = writerOf({ folder: other, pipelineId: "theirs" });
    const theirs = await foreign.append(2, true, [entry("a", 22)]);
    await foreign.close();
    expect(() => [...readStateFile(other, theirs, PIPELINE)]).toThrow(
      "run1-0-1.state is somebody else's: it is run1-0-1.state of pipeline theirs. Put the right file back.",
    );
    await copyFile(place, join(folder, "run9-0-1.state"));
    const renamed = { ...pointer, parts: [{ ...(pointer.parts[0] as StatePart), file: "run9-0-1.state" }] };
    expect(() => read(renamed)).toThrow("run9-0-1.state is somebody else's: it is run1-0-1.state of pipeline a pipeline 流.");
    const elsewhere = join(folder, "elsewhere");
    const again = writerOf({ folder: elsewhere });
    await again.append(1, true, [note(1), entry("a", 11)]);
    const written = await again.append(2, false, [note(2), entry("c", 22)]);
    await again.close();
    await copyFile(join(elsewhere, (written.parts[0] as StatePart).file), place);
    expect(() => read(pointer)).toThrow("is not the file that the checkpoint names: it was written again since. Put the right one back.");
  });

  it("is said to be of another format, not guessed at", async () => {
    const old = { format: 1, file: "run1-1.jsonl", bytes: 10, segments: 1 } as unknown as StatePointer;
    expect(() => read(old)).toThrow(
      `The state in ${folder} has format 1; this Millrace reads format 2. Go on with the Millrace that wrote it, or start without state.`,
    );
    await writeFile(place, (await readFile(place, "latin1")).replace('"format":2', '"format":3'), "latin1");
    expect(() => read(pointer)).toThrow("has format 3; this Millrace reads format 2.");
  });

  it("is named when it is not there or no state file at all", async () => {
    await writeFile(place, Buffer.alloc(10_000, "no\n"));
    expect(() => read(pointer)).toThrow("is damaged: it does not begin as a state file does.");
    await rm(place);
    expect(() => read(pointer)).toThrow(/run1-0-1\.state cannot be read: ENOENT/);
    await mkdir(place);
    expect(() => read(pointer)).toThrow(StateFileError);
  });

  it("says it in Chinese, too", () => {
    const failing = () => read({ ...pointer, format: 9 });
    expect(failing).toThrow(
      expect.objectContaining({
        words: expect.objectContaining({ zh: expect.stringContaining("当前 Millrace 只能读取格式 2") }),
      }),
    );
  });
});

describe("a folder that takes no state", () => {
  // A limit on the size of files stands for a disk that is full: like one, it takes a part of what is written and refuses the rest.
  it("is said to be full, and what counted before can be read", { timeout: 30_000 }, async () => {
    const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
    const program = `
      const { StateFileWriter } = await import(${module("state-writer.ts")});
      const writer = new StateFileWriter({ folder: process.argv[1], pipelineId: ${JSON.stringify(PIPELINE)}, runId: "run1", subtask: 0, log: console.error });
      const entry = (size) => ({ node: "n", key: { key: Uint8Array.of(1), group: 0, state: new Uint8Array(size) } });
      const pointer = await writer.append(1, true, [entry(5)]);
      const failure = await writer.append(2, false, [entry(200_000)]).catch((error) => error.words);
      console.log(JSON.stringify({ pointer, failure }));`;
    const child = spawnSync("sh", ["-c", `ulimit -f 64; exec "$0" --input-type=module -e "$1" "$2"`, process.execPath, program, folder], {
      encoding: "utf8",
    });
    const { pointer, failure } = JSON.parse(child.stdout) as { pointer: StatePointer; failure: { en: string; zh: string } };
    expect(failure.en).toBe(
      `The disk of ${folder} is full, so the run's state could not be written. The checkpoint before it counts, nothing is lost or doubled. Free space; the run then goes on from there.`,
    );
    expect(failure.zh).toContain("请释放空间");
    expect(read(pointer)).toHaveLength(1);
  });

  it("is named when something else is in its way", async () => {
    await writeFile(folder, "a file");
    await expect(writerOf().append(1, true, [entry("a", 1)])).rejects.toMatchObject({
      code: "state.cannot-write",
      words: {
        en: expect.stringContaining(`The run's state could not be written to ${folder}: `),
        zh: expect.stringContaining("请使该文件夹可写"),
      },
    });
  });
});

async function flip(place: string, at: number): Promise<void> {
  const content = await readFile(place);
  const index = content.length + at;
  content[index] = (content[index] as number) ^ 1;
  await writeFile(place, content);
}
