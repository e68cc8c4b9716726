import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBuiltInTopics } from "@millrace/nodes/connections";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bringUpToDate, DATA_FORMAT } from "../data-format.ts";
import { openMetadata } from "../metadata/database.ts";
import { takeLock } from "../process-lock.ts";
import { backUp } from "./back-up.ts";
import { MANIFEST, readManifest } from "./manifest.ts";
import { restore } from "./restore.ts";

let folder: string;
let data: string;
let backup: string;
let back: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace 备份 "));
  data = join(folder, "data 数据");
  backup = join(folder, "new", "backup");
  back = join(folder, "restored");
  mkdirSync(data);
  await bringUpToDate(data, () => undefined);
  openMetadata(join(data, "metadata.db")).close();
  writeFileSync(join(data, "token"), "the-token-of-the-test\n");
  mkdirSync(join(data, "files", "a"), { recursive: true });
  writeFileSync(join(data, "files", "a", "行.jsonl"), "{}\n");
  await fill(["one", "two"]);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function fill(texts: readonly string[]): Promise<void> {
  const topics = await openBuiltInTopics({ folder: join(data, "topics"), now: Date.now });
  await topics.createTopic("t", { partitions: 1 });
  await topics.append(
    "t",
    texts.map((text) => ({ value: { bytes: Buffer.from(text), start: 0, end: Buffer.byteLength(text) }, key: null, time: 1 })),
  );
  await topics.close();
}

async function textsIn(place: string): Promise<string[]> {
  const topics = await openBuiltInTopics({ folder: join(place, "topics"), now: Date.now });
  const reader = await topics.openReader("t", 0, { from: "earliest" });
  const texts: string[] = [];
  for (let batch = await reader.read(1_000, 0); batch.count > 0; batch = await reader.read(1_000, 0)) {
    for (let i = 0; i < batch.count; i++) {
      const range = batch.bytes(i);
      texts.push(range ? Buffer.from(range.bytes.subarray(range.start, range.end)).toString() : "");
    }
  }
  await reader.close();
  await topics.close();
  return texts;
}

const make = () => backUp(data, backup, () => 7);

describe("a backup", () => {
  it("holds everything but locks, and restores to the same", async () => {
    const lock = takeLock(join(data, "server.lock"));
    const manifest = await make();
    lock?.release();
    expect(manifest).toMatchObject({ format: DATA_FORMAT, at: 7 });
    expect(Object.keys(manifest.files)).toEqual(["files/a/行.jsonl", "format.json", "metadata.db", "token", "topics/data.mdb"]);
    expect(existsSync(join(data, "backup-pins"))).toBe(false);
    await fill(["later"]);

    expect(await restore(backup, back)).toEqual(manifest);
    expect(await textsIn(back)).toEqual(["one", "two"]);
    expect(readFileSync(join(back, "token"), "utf8")).toBe("the-token-of-the-test\n");
    await bringUpToDate(back, () => undefined);
    openMetadata(join(back, "metadata.db")).close();
  });

  it("is one moment of topics that are written meanwhile, whole when their records are removed right after", async () => {
    const topics = await openBuiltInTopics({ folder: join(data, "topics"), now: Date.now });
    const filler = "x".repeat(100_000);
    const value = (n: number) => Buffer.from(`${n} ${filler}`);
    let written = 0;
    let isDone = false;
    const writing = (async () => {
      while (!isDone || written === 0) {
        const bytes = Array.from({ length: 10 }, () => value(++written));
        await topics.append(
          "t",
          bytes.map((one) => ({ value: { bytes: one, start: 0, end: one.length }, key: null, time: 1 })),
        );
      }
    })();
    await expect.poll(() => written).toBeGreaterThan(50);
    const { files } = await make();
    isDone = true;
    await writing;
    await topics.deleteTopic("t");
    await topics.close();

    expect(Object.keys(files).some((path) => path.startsWith("topics/segments/"))).toBe(true);
    await restore(backup, back);
    const texts = (await textsIn(back)).map((text) => text.replace(` ${filler}`, ""));
    expect(texts.length).toBeGreaterThan(42);
    expect(texts).toEqual(["one", "two", ...Array.from({ length: texts.length - 2 }, (_, i) => String(i + 1))]);
  });

  it("is not written over another one, nor into the data folder", async () => {
    await make();
    await expect(make()).rejects.toThrow(`${backup} is not empty. Name a new folder; a backup never writes over another one.`);
    writeFileSync(join(folder, "file"), "");
    await expect(backUp(data, join(folder, "file", "below"), () => 1)).rejects.toThrow(
      /^The folder .* cannot be made: .* Name another one\.$/,
    );
    await expect(backUp(data, join(data, "backup"), Date.now)).rejects.toThrow("lies in the data folder itself");
    await expect(backUp(join(folder, "none"), join(folder, "b"), Date.now)).rejects.toThrow("is no data folder: nothing is kept in it.");
    expect(existsSync(join(folder, "b"))).toBe(false);
  });

  it("is refused while another one is made", async () => {
    const lock = takeLock(join(data, "backup.lock"));
    await expect(make()).rejects.toThrow(`Another backup of ${data} is on its way. Wait for it.`);
    lock?.release();
    await make();
  });

  it("removes what one that was cut off had pinned", async () => {
    mkdirSync(join(data, "backup-pins", "runs"), { recursive: true });
    writeFileSync(join(data, "backup-pins", "runs", "old"), "");
    await make();
    expect(existsSync(join(data, "backup-pins"))).toBe(false);
  });
});

describe("a restore", () => {
  it("refuses a backup that is not whole or was changed, with the file, and leaves nothing", async () => {
    await make();
    const file = join(backup, "files/a/行.jsonl");
    appendFileSync(file, "x");
    await expect(restore(backup, back)).rejects.toThrow(
      `The backup ${backup} is damaged at files/a/行.jsonl: it has 4 bytes, 3 were written. Nothing was restored; use another backup.`,
    );
    writeFileSync(file, "[]\n");
    await expect(restore(backup, back)).rejects.toThrow("it is not what was written");
    rmSync(file);
    await expect(restore(backup, back)).rejects.toThrow("it is not there");
    rmSync(join(backup, MANIFEST));
    await expect(restore(backup, back)).rejects.toThrow(`${backup} holds no whole backup: there is no ${MANIFEST} in it.`);
    writeFileSync(join(backup, MANIFEST), "{");
    await expect(restore(backup, back)).rejects.toThrow("cannot be read, so the backup cannot be trusted.");
    expect(readdirSync(folder).sort()).toEqual(["data 数据", "new"]);
  });

  it("refuses names that lead out of the backup, and backups of a newer Millrace", async () => {
    await make();
    const { files } = readManifest(backup);
    const write = (changed: object) =>
      writeFileSync(join(backup, MANIFEST), JSON.stringify({ format: DATA_FORMAT, at: 7, files, ...changed }));
    write({ files: { "../outside": files.token } });
    await expect(restore(backup, back)).rejects.toThrow("its name leads out of the backup");
    write({ format: 99 });
    await expect(restore(backup, back)).rejects.toThrow(`its format is 99, this one knows ${DATA_FORMAT}`);
    expect(existsSync(back)).toBe(false);
  });

  it("never writes into a folder that holds something", async () => {
    await make();
    await expect(restore(backup, data)).rejects.toThrow(
      `The data folder ${data} is not empty. Move it away, or name another one with --data.`,
    );
    mkdirSync(back);
    await restore(backup, back);
    expect(await textsIn(back)).toEqual(["one", "two"]);
  });
});
