import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEFAULT_SETTINGS, loadSettings, parseBytes, settingsHelp } from "./settings.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 设置-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const store = (content: unknown) =>
  writeFileSync(join(folder, "settings.json"), typeof content === "string" ? content : JSON.stringify(content));

it("has a default for each", () => {
  expect(loadSettings(folder)).toEqual(DEFAULT_SETTINGS);
  expect(DEFAULT_SETTINGS).toMatchObject({
    "topics.retention": 7 * 86_400_000,
    "dead-letters.size": 256 * 1024 ** 2,
    "checkpoints.kept": 3,
  });
});

it("reads the data folder's file, and what the command line says before it", () => {
  store({ "topics.retention": "unlimited", "logs.lines": 50, "restarts.first-pause": "200 ms" });
  expect(loadSettings(folder, new Map([["logs.lines", "60"]]))).toEqual({
    ...DEFAULT_SETTINGS,
    "topics.retention": Number.POSITIVE_INFINITY,
    "logs.lines": 60,
    "restarts.first-pause": 200,
  });
});

it("refuses what it does not know with place, value and remedy", () => {
  const file = join(folder, "settings.json");
  for (const [content, words] of [
    ["{", `${file} cannot be read: `],
    [[1], `${file}: expected an object, got [1]. Write one object of settings, as in {"dead-letters.size": "1gb"}, or remove the file.`],
    [{ "log.lines": 5 }, `${file}: there is no setting "log.lines". There are: topics.retention, `],
    [{ constructor: 5 }, `${file}: there is no setting "constructor".`],
    [{ "logs.lines": 0 }, `${file}: logs.lines: expected a whole number, at least 1, got "0".`],
    [{ "logs.lines": "many" }, `${file}: logs.lines: expected a whole number, got "many".`],
    [{ "logs.lines": "unlimited" }, `${file}: logs.lines: expected a whole number, got "unlimited".`],
    [{ "topics.retention": "soon" }, 'expected a length of time such as "10 s", "5 min" or "7 d", or "unlimited", got "soon".'],
    [{ "dead-letters.size": "1kb" }, 'expected a size such as "500kb", "16mb" or "10gb", at least 1048576 bytes, got "1kb".'],
  ] as const) {
    store(content);
    expect(() => loadSettings(folder)).toThrow(words);
  }
  rmSync(file);
  expect(() => loadSettings(folder, new Map([["a", "b"]]))).toThrow('--setting: there is no setting "a".');
});

it("says in the help what each is and what happens there", () => {
  const help = settingsHelp();
  for (const name of Object.keys(DEFAULT_SETTINGS))
    expect(help).toMatch(new RegExp(`^ {2}${name.replace(".", "\\.")} +\\S.* \\(default: .+\\)$`, "m"));
});

it("reads sizes as people write them", () => {
  expect(["1", "500kb", "16 MB", "2tb", "1.5mb", "", "mb", "-1"].map(parseBytes)).toEqual([
    1,
    512_000,
    16 * 1024 ** 2,
    2 * 1024 ** 4,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
