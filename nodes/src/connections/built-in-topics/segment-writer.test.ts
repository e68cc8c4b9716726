import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSegmentWriter, type SegmentWriter } from "./segment-writer.ts";
import { segmentPath } from "./segments.ts";
import { openStore, type TopicStore } from "./store.ts";

const TOPIC = 1;
const SEGMENT_BYTES = 100;

let folder: string;
let store: TopicStore;
let writer: SegmentWriter;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-segments-"));
  store = await openStore(folder);
});
afterEach(async () => {
  await writer.abort();
  await writer.close();
  await store.release();
  await rm(folder, { recursive: true, force: true });
});

/** Of which no two fit into a file. */
const write = (text: string) => writer.write(TOPIC, [{ bytes: Buffer.from(text.repeat(60)), count: 1, maxTime: 0 }])[0]?.file as number;
const textOf = (file: number) => readFile(segmentPath(store, { topic: TOPIC, owner: store.owner().id, file }), "utf8");
const numbers = async (synced: Promise<readonly { readonly file: number }[]>) => (await synced).map(({ file }) => file);

describe.each([
  ["in other threads", false],
  ["in its own thread", true],
])("a writer of segment files %s", (_where, blocks) => {
  beforeEach(() => {
    writer = createSegmentWriter(store, { onWritten: () => undefined, blocks, segmentBytes: SEGMENT_BYTES });
  });

  it("says with a sync which files are full and durable", async () => {
    const [first, second] = [write("a"), write("b")];
    expect(await numbers(writer.sync())).toEqual([first]);
    expect(await textOf(first)).toBe("a".repeat(60));
    expect(await textOf(second)).toBe("b".repeat(60));
  });

  it("leaves to the next sync the files that grow full during one, for their chunks may not be on disk yet", async () => {
    const first = write("a");
    const syncing = writer.sync();
    const [second, third] = [write("b"), write("c")];
    expect(await numbers(syncing)).toEqual([]);
    expect(await numbers(writer.sync())).toEqual([first, second]);
    expect(await textOf(second)).toBe("b".repeat(60));
    write("d");
    expect(await numbers(writer.sync())).toEqual([third]);
  });

  it("goes on in a file that was idle when a sync began and is written to before it ends", async () => {
    const first = write("a");
    await writer.sync();
    const syncing = writer.sync();
    const [place] = writer.write(TOPIC, [{ bytes: Buffer.from("more"), count: 1, maxTime: 0 }]);
    await syncing;
    writer.write(TOPIC, [{ bytes: Buffer.from(" and more"), count: 1, maxTime: 0 }]);
    await writer.sync();
    expect(place?.file).toBe(first);
    expect(await textOf(first)).toBe(`${"a".repeat(60)}more and more`);
  });

  it("takes back what was written since the last sync", async () => {
    const first = write("a");
    await writer.sync();
    writer.write(TOPIC, [{ bytes: Buffer.from("more"), count: 1, maxTime: 0 }]);
    const second = write("b");
    await writer.abort();
    expect(await textOf(first)).toBe("a".repeat(60));
    await expect(textOf(second)).rejects.toThrow("ENOENT");
    writer.write(TOPIC, [{ bytes: Buffer.from("other"), count: 1, maxTime: 0 }]);
    expect(await numbers(writer.sync())).toEqual([first]);
  });
});
