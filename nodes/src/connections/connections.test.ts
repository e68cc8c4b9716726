import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileStore, TopicLog } from "@millrace/engine/node";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type ConnectionSettings, openConnection } from "./index.ts";

let dataFolder: string;
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "millrace-connections-"));
});
afterEach(() => rm(dataFolder, { recursive: true, force: true }));

const open = (config: Partial<ConnectionSettings>) =>
  openConnection({ kind: "built-in", role: "topic", settings: {}, ...config }, { dataFolder, now: () => 0 });

it("opens the topics of the data folder", async () => {
  const topics = (await open({})) as TopicLog;
  await topics.createTopic("t", { partitions: 1 });
  await topics.close();
  expect(await readdir(join(dataFolder, "topics"))).toContain("data.mdb");
});

it("opens files in the data folder, or below the root that is set", async () => {
  const root = join(dataFolder, "elsewhere");
  for (const [settings, place] of [
    [{}, "files"],
    [{ root }, "elsewhere"],
  ] as const) {
    const files = (await open({ role: "files", settings })) as FileStore;
    await (await files.openWriter("out", undefined)).close();
    expect(await readdir(join(dataFolder, place))).toEqual(["out"]);
  }
});

it("says which kinds there are", async () => {
  for (const kind of ["pulsar", "__proto__", "constructor"])
    await expect(open({ kind })).rejects.toThrow(`There is no driver ${JSON.stringify(kind)} for role "topic". Known kinds: "built-in".`);
});

it("says what is wrong with a setting", async () => {
  await expect(open({ role: "files", settings: { root: 5 } })).rejects.toThrow('root: expected a folder\'s path, got "5".');
});
