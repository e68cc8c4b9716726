import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { repairTokens } from "./repair-tokens.ts";

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "millrace-tokens-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const table = () => join(data, "store", "526", "52658ce9");

function given(parts: readonly string[], logs: Readonly<Record<string, string>>): void {
  for (const part of [...parts, "detached", "deduplication_logs"]) mkdirSync(join(table(), part), { recursive: true });
  for (const [name, text] of Object.entries(logs)) writeFileSync(join(table(), "deduplication_logs", name), text);
}
const log = (name = "deduplication_log_1.txt") => readFileSync(join(table(), "deduplication_logs", name), "utf8");

it("takes back the last token when its rows were never written", () => {
  given(["20210222_1_1_0"], { "deduplication_log_1.txt": "1\t20210222_1_1_0\ta\n1\t20210222_2_2_0\tb\n" });
  expect(repairTokens(data)).toEqual(["1\t20210222_2_2_0\tb"]);
  expect(log()).toBe("1\t20210222_1_1_0\ta\n");
  expect(repairTokens(data)).toEqual([]);
});

it("leaves one whose rows are there, by themselves or merged with others", () => {
  const text = "1\t20210222_1_1_0\ta\n1\t20210222_2_2_0\tb\n";
  given(["20210222_2_2_0"], { "deduplication_log_1.txt": text });
  expect(repairTokens(data)).toEqual([]);
  rmSync(join(table(), "20210222_2_2_0"), { recursive: true });
  given(["20210222_1_2_1"], {});
  expect(repairTokens(data)).toEqual([]);
  expect(log()).toBe(text);
});

it("leaves what was removed on purpose, and earlier lines", () => {
  const text = "1\t20210222_1_1_0\ta\n2\t20210222_1_1_0\ta\n";
  given([], { "deduplication_log_1.txt": text });
  expect(repairTokens(data)).toEqual([]);
  expect(log()).toBe(text);
});

it("looks at the newest log, and cuts off half a line", () => {
  given(["20210222_11_11_0", "tmp_insert_20210222_12_12_0"], {
    "deduplication_log_9.txt": "1\t20210222_5_5_0\told\n",
    "deduplication_log_10.txt": "1\t20210222_11_11_0\ta\n1\t202102",
  });
  expect(repairTokens(data)).toEqual([]);
  expect(log("deduplication_log_10.txt")).toBe("1\t20210222_11_11_0\ta\n");
});

it("does nothing where there is no table", () => {
  expect(repairTokens(join(data, "none"))).toEqual([]);
});
