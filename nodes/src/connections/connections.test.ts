import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileStore, TopicLog } from "@millrace/engine/node";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type ConnectionSettings, openConnection, testConnection } from "./index.ts";
import { connectionKinds } from "./kinds.ts";

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
    await expect(open({ kind })).rejects.toThrow(
      `There is no driver ${JSON.stringify(kind)} for role "topic". Known kinds: "built-in", "kafka".`,
    );
  await expect(open({ kind: "kafka", role: "files" })).rejects.toThrow(
    'There is no driver "kafka" for role "files". Known kinds: "built-in".',
  );
});

it("says what is wrong with a setting", async () => {
  await expect(open({ role: "files", settings: { root: 5 } })).rejects.toThrow('root: expected a folder\'s path, got "5".');
});

it("opens every kind that is offered, without any setting", async () => {
  for (const { kind, role } of connectionKinds) await (await open({ kind, role })).close?.();
});

const tryFiles = (root?: string) =>
  testConnection({ kind: "built-in", role: "files", settings: root === undefined ? {} : { root } }, { dataFolder, now: () => 0 });

it("tries a folder step by step", async () => {
  const root = join(dataFolder, "logs");
  await mkdir(root);
  await writeFile(join(root, "a.jsonl"), "");
  expect((await tryFiles(root)).map(({ what, ok, detail }) => [what.en, ok, detail.en])).toEqual([
    ["Find the folder", true, root],
    ["List what is in it", true, "1 file or folder"],
    ["Look whether it can be written to", true, "yes"],
  ]);
});

it("stops at a folder that is not there or is a file, and says what to do", async () => {
  const file = join(dataFolder, "file");
  await writeFile(file, "");
  for (const [root, detail] of [
    [join(dataFolder, "none"), /^There is no folder ".*none" on the machine where the server runs\. Check the path, or make the folder\.$/],
    [join(file, "below"), /^There is no folder /],
    [file, /^".*file" is a file, not a folder\. Name the folder that holds it\.$/],
  ] as const) {
    const steps = await tryFiles(root);
    expect(steps).toMatchObject([{ what: { en: "Find the folder", zh: "查找文件夹" }, ok: false }]);
    expect(steps[0]?.detail.en).toMatch(detail);
  }
});

it("does not miss the default folder before anything is in it", async () => {
  expect(await tryFiles()).toMatchObject([{ ok: true, detail: { en: expect.stringMatching(/files: not there yet; the first file/) } }]);
});

it("tries the topics of the data folder", async () => {
  const topics = (await open({})) as TopicLog;
  await topics.createTopic("t", { partitions: 1 });
  expect(await testConnection({ kind: "built-in", role: "topic", settings: {} }, { dataFolder, now: () => 0 })).toEqual([
    {
      what: { en: "List the topics of the data folder", zh: "列出数据文件夹中的主题" },
      ok: true,
      detail: { en: "1 topic", zh: "1 个主题" },
    },
  ]);
  await topics.close();
});

it("refuses to try what no driver is for", async () => {
  await expect(testConnection({ kind: "pulsar", role: "topic", settings: {} }, { dataFolder, now: () => 0 })).rejects.toThrow("no driver");
});
