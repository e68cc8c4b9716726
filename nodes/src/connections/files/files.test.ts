import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileReader, FileStore } from "@millrace/engine/node";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openFileStore } from "./index.ts";

let folder: string;
let root: string;
let files: FileStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace 文件-"));
  root = join(folder, "root");
  await mkdir(root);
  files = openFileStore(root);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const START = { byte: 0, line: 0 };
const CSV = { csv: { separator: "," } };

interface Found {
  readonly text: string;
  readonly line: number;
  /** Where reading goes on behind it. */
  readonly next: { byte: number; line: number };
}

async function readAll(reader: FileReader, maxRecords = 1): Promise<Found[]> {
  const found: Found[] = [];
  for (let batch = await reader.read(maxRecords); batch !== undefined; batch = await reader.read(maxRecords)) {
    for (let i = 0; i < batch.count; i++) {
      const range = batch.bytes(i);
      const text = range ? Buffer.from(range.bytes.subarray(range.start, range.end)).toString() : "";
      found.push({ text, line: batch.offset(i), next: { byte: reader.byte, line: reader.line } });
    }
  }
  await reader.close();
  return found;
}

async function textsOf(content: string | Uint8Array, options = {}): Promise<string[]> {
  await writeFile(join(root, "in"), content);
  return (await readAll(await files.openReader("in", START, options), 100)).map(({ text }) => text);
}

describe("reading lines", () => {
  it("takes LF and CRLF, a last line without an end, and passes over empty lines and a byte order mark", async () => {
    expect(await textsOf("\ufeffa\r\nb\n\n\r\nc d\r\ne")).toEqual(["a", "b", "c d", "e"]);
    expect(await textsOf("a\n")).toEqual(["a"]);
    expect(await textsOf("")).toEqual([]);
    expect(await textsOf("\ufeff")).toEqual([]);
    expect(await textsOf("\n\n")).toEqual([]);
  });

  it("numbers lines from 0, empty ones counted", async () => {
    await writeFile(join(root, "in"), "a\n\nb\n");
    expect((await readAll(await files.openReader("in", START, {}))).map(({ text, line }) => [text, line])).toEqual([
      ["a", 0],
      ["b", 2],
    ]);
  });

  it("goes on from any position as if it had never stopped", async () => {
    const content = `\ufeff${Array.from({ length: 50 }, (_, i) => `${i} ${"é".repeat(i)}`).join("\r\n")}`;
    await writeFile(join(root, "in"), content);
    const all = await readAll(await files.openReader("in", START, {}));
    for (const [i, { next }] of all.entries()) {
      const rest = await readAll(await files.openReader("in", next, {}));
      expect(rest.map(({ text, line }) => [text, line])).toEqual(all.slice(i + 1).map(({ text, line }) => [text, line]));
    }
  });

  it("takes lines that are longer than what it reads at once", async () => {
    const lines = ["x".repeat(700_000), "y", "z".repeat(3_000_000)];
    expect(await textsOf(lines.join("\n"))).toEqual(lines);
  });

  it("takes CSV records with line ends, separators and quotes in quoted fields as one each", async () => {
    const records = ['1,"two\nlines",3', '4,"a ""quoted"" word\r\nand, more",5', '"",,""', "6,7,8"];
    expect(await textsOf(records.join("\r\n"), CSV)).toEqual(records);
    expect(await textsOf(records.join("\n"), {})).not.toEqual(records);
  });

  it("gives CSV records the number of their first line", async () => {
    await writeFile(join(root, "in"), 'a\n"b\nb"\nc\n');
    expect((await readAll(await files.openReader("in", START, CSV))).map(({ line }) => line)).toEqual([0, 1, 3]);
  });

  it("loses only the record with a stray quote", async () => {
    expect(await textsOf('1,5" pipe\n2,ok\n3,x"y"\n4,ok\n', CSV)).toEqual(['1,5" pipe', "2,ok", '3,x"y"', "4,ok"]);
  });

  it("takes another separator", async () => {
    expect(await textsOf('1;"a\nb"\n2,"c\n3;d\n', { csv: { separator: ";" } })).toEqual(['1;"a\nb"', '2,"c', "3;d"]);
  });

  it("gives a quote that is never closed as one record, with all that follows", async () => {
    expect(await textsOf('1,"a\n2,b\n', CSV)).toEqual(['1,"a\n2,b\n']);
  });

  it("splits what was joined, wherever blocks and batches end", async () => {
    const cell = fc.string({ maxLength: 6, unit: fc.constantFrom("a", '"', ",", "\n", "\r\n", "é") });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (rows, crlf) => {
          const records = rows.map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(","));
          expect(await textsOf(records.join(crlf ? "\r\n" : "\n"), CSV)).toEqual(records);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("writing lines", () => {
  const line = (text: string) => Buffer.from(text);
  const content = (name = "out") => readFile(join(root, name), "utf8");

  it("writes what was staged when it is flushed, and says how long the file is then", async () => {
    const writer = await files.openWriter("out", undefined);
    const text = line("a");
    writer.append(text);
    text.fill("!");
    writer.append(line("名"));
    expect([writer.stagedBytes, writer.length, await content()]).toEqual([6, 0, ""]);
    expect(await writer.flush()).toBe(6);
    expect([writer.stagedBytes, writer.length, await content()]).toEqual([0, 6, "a\n名\n"]);
    writer.append(line("b"));
    expect(await writer.flush()).toBe(8);
    expect(await writer.flush()).toBe(8);
    await writer.close();
    expect(await content()).toBe("a\n名\nb\n");
  });

  it("begins the file anew without a committed length, and cuts off what is behind one", async () => {
    await writeFile(join(root, "out"), "a\nb\nhalf a li");
    await (await files.openWriter("out", 4)).close();
    expect(await content()).toBe("a\nb\n");
    const writer = await files.openWriter("out", 2);
    writer.append(line("c"));
    await writer.flush();
    await writer.close();
    expect(await content()).toBe("a\nc\n");
    await (await files.openWriter("out", undefined)).close();
    expect(await content()).toBe("");
  });

  it("keeps lines that come while others are flushed for the next time", async () => {
    const writer = await files.openWriter("out", undefined);
    const lengths: Promise<number>[] = [];
    for (let n = 0; n < 50; n++) {
      writer.append(line(`before ${n}`));
      const flushed = writer.flush();
      writer.append(line(`while ${n}`));
      lengths.push(flushed);
      await flushed;
    }
    await writer.flush();
    await writer.close();
    const lines = Array.from({ length: 50 }, (_, n) => `before ${n}\nwhile ${n}\n`).join("");
    expect(await content()).toBe(lines);
    expect(await lengths[0]).toBe("before 0\n".length);
  });

  it("forgets what is discarded, staged or flushed", async () => {
    const writer = await files.openWriter("out", undefined);
    writer.append(line("kept"));
    const committed = await writer.flush();
    writer.append(line("flushed"));
    await writer.flush();
    writer.append(line("staged"));
    await writer.discard(committed);
    expect([writer.stagedBytes, writer.length]).toEqual([0, 5]);
    writer.append(line("next"));
    await writer.flush();
    await writer.close();
    expect(await content()).toBe("kept\nnext\n");
  });

  it("refuses a file that is shorter than what was committed to it", async () => {
    await writeFile(join(root, "out"), "a\nb\n");
    await truncate(join(root, "out"), 1);
    await expect(files.openWriter("out", 4)).rejects.toThrow(
      /has 1 bytes, but 4 were committed to it: it was cut or replaced since\. Put it back, or start without state\./,
    );
  });

  it("makes the folders on the way", async () => {
    const writer = await openFileStore(join(folder, "new root")).openWriter("a/b/out", undefined);
    writer.append(line("x"));
    await writer.flush();
    await writer.close();
    expect(await readFile(join(folder, "new root", "a", "b", "out"), "utf8")).toBe("x\n");
  });
});

describe("paths", () => {
  const OUTSIDE = /is not a file in the connection's folder .* Name one below it, without "\.\.", and not through a link that leads out\./;

  beforeEach(async () => {
    await writeFile(join(folder, "secret"), "secret\n");
    await mkdir(join(folder, "root-2"));
    await writeFile(join(folder, "root-2", "secret"), "secret\n");
  });

  it.each(["../secret", "a/../../secret", "/etc/passwd", "..", ".", "", "a\0b", "../root-2/secret", "../root/../secret"])(
    "refuses %j",
    async (path) => {
      await expect(files.openReader(path, START, {})).rejects.toThrow(OUTSIDE);
      await expect(files.openWriter(path, undefined)).rejects.toThrow(OUTSIDE);
    },
  );

  it("refuses links that lead out, to files, folders and places where nothing is yet", async () => {
    await symlink(join(folder, "secret"), join(root, "file"));
    await symlink(folder, join(root, "folder"));
    await symlink(join(folder, "nothing yet"), join(root, "nothing"));
    for (const path of ["file", "folder/secret", "folder/new", "folder/new/deeper"]) {
      await expect(files.openReader(path, START, {})).rejects.toThrow(OUTSIDE);
      await expect(files.openWriter(path, undefined)).rejects.toThrow(OUTSIDE);
    }
    await expect(files.openWriter("nothing", undefined)).rejects.toThrow();
    expect(await readFile(join(folder, "secret"), "utf8")).toBe("secret\n");
    await expect(readFile(join(folder, "nothing yet"))).rejects.toThrow("ENOENT");
    await expect(readFile(join(folder, "new"))).rejects.toThrow("ENOENT");
  });

  it("takes paths with inner dots, absolute paths and links that stay inside, and a root that is a link", async () => {
    await mkdir(join(root, "a"));
    await writeFile(join(root, "in"), "x\n");
    await symlink(join(root, "in"), join(root, "a", "link"));
    await symlink(root, join(folder, "root link"));
    for (const path of ["in", "a/../in", "./in", join(root, "in"), "a/link"])
      expect((await readAll(await files.openReader(path, START, {}))).map(({ text }) => text)).toEqual(["x"]);
    const linked = openFileStore(join(folder, "root link"));
    for (const path of ["in", join(folder, "root link", "in")])
      expect((await readAll(await linked.openReader(path, START, {}))).map(({ text }) => text)).toEqual(["x"]);
  });

  it("says what is there instead of a file", async () => {
    await mkdir(join(root, "folder"));
    await expect(files.openReader("none", START, {})).rejects.toThrow(
      /There is no file ".*none"\. Check the path, or put the file there\./,
    );
    await expect(files.openReader("folder", START, {})).rejects.toThrow(/folder" is not a file\. Name a file\./);
    await expect(files.openWriter("folder", undefined)).rejects.toThrow(/folder" is not a file\. Name a file\./);
    await expect(openFileStore(join(folder, "no root")).openReader("in", START, {})).rejects.toThrow(/There is no file/);
  });
});
