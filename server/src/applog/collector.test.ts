import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TopicRecord } from "@millrace/engine/node";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createMemoryTopics, type MemoryTopics } from "../testing/memory-topics.ts";
import { type Collector, createCollector } from "./collector.ts";

const HOUR = 3_600_000;

let folder: string;
let topics: MemoryTopics;
let clock: number;
let open: Collector[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 采集-"));
  topics = createMemoryTopics();
  clock = 1_000 * HOUR;
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((collector) => collector.close()));
  rmSync(folder, { recursive: true, force: true });
});

function collector(): Collector {
  const made = createCollector({ topic: "logs", openTopics: async () => topics, dataFolder: folder, now: () => clock });
  open.push(made);
  return made;
}

async function close(one: Collector): Promise<void> {
  open.splice(open.indexOf(one), 1);
  await one.close();
}

const records = (...values: string[]) => values.map((value) => Buffer.from(value));
const texts = () => topics.texts("logs").sort();

it("knows an id after a restart, for 24 hours", async () => {
  const first = collector();
  expect(await first.append(records("a"), "id")).toBe("appended");
  await close(first);

  const second = collector();
  clock += 24 * HOUR - 1;
  expect(await second.append(records("a"), "id")).toBe("duplicate");
  clock += 1;
  expect(await second.append(records("a"), "id")).toBe("appended");
});

it("shares ids with the other collectors of the data folder", async () => {
  const [one, two] = [collector(), collector()];
  const both = await Promise.all([one.append(records("a"), "id"), two.append(records("a"), "id")]);
  expect(both.sort()).toEqual(["appended", "duplicate"]);
  expect(texts()).toEqual(["a"]);
});

it("appends what a crash kept from being appended, and not what it did not", async () => {
  // The crash: an append that reached the topic in part (or wholly, or not at all) but was never finished.
  for (const reached of [0, 1, 2, 3]) {
    const dying = collector();
    const { append } = topics;
    topics.append = async (topic: string, given: readonly TopicRecord[]) => {
      await append(topic, given.slice(0, reached));
      throw new Error("killed");
    };
    await expect(dying.append(records(`${reached}a`, `${reached}b`, `${reached}c`), `id-${reached}`)).rejects.toMatchObject({
      status: 503,
    });
    topics.append = append;
    await close(dying);

    expect(await collector().append(records(`${reached}a`, `${reached}b`, `${reached}c`), `id-${reached}`)).toBe(
      reached === 3 ? "duplicate" : "appended",
    );
    expect(texts().filter((text) => text.startsWith(String(reached)))).toEqual([`${reached}a`, `${reached}b`, `${reached}c`]);
  }
});

it("leaves what it could not append to whoever is asked next", async () => {
  const one = collector();
  const other = collector();
  topics.failure = new Error("no space left on device");
  await expect(one.append(records("a"), "id")).rejects.toMatchObject({ status: 503 });
  topics.failure = undefined;
  expect(await other.append(records("a"), "id")).toBe("appended");
  expect(await one.append(records("a"), "id")).toBe("duplicate");
  expect(texts()).toEqual(["a"]);
});

it("does not append what another living collector has in hand", async () => {
  const slow = collector();
  const other = collector();
  const { append } = topics;
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  topics.append = async (topic, given) => {
    reached.resolve();
    await released.promise;
    return append(topic, given);
  };
  const first = slow.append(records("a"), "id");
  await reached.promise;
  topics.append = append;
  const second = other.append(records("a"), "id");
  released.resolve();
  expect([await first, await second]).toEqual(["appended", "duplicate"]);
  expect(texts()).toEqual(["a"]);
});

it("makes the topic again when somebody removed it", async () => {
  const one = collector();
  await one.append(records("a"));
  await topics.deleteTopic("logs");
  await one.append(records("b"));
  expect(texts()).toEqual(["b"]);
});
