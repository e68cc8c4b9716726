import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openMetadata } from "./database.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 元数据 "));
  file = join(folder, "metadata.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FIRST = "CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (7);";

it("keeps what there was when it brings a file up to date", () => {
  openMetadata(file, [FIRST]).close();
  expect(existsSync(`${file}.before-2`)).toBe(false);
  const database = openMetadata(file, [FIRST, "UPDATE a SET n = n + 1;"]);
  expect(database.prepare("SELECT n FROM a").get()).toEqual({ n: 8 });
  database.close();
  const before = openMetadata(`${file}.before-2`, [FIRST]);
  expect(before.prepare("SELECT n FROM a").get()).toEqual({ n: 7 });
  before.close();
});

it("changes nothing when a step fails, and goes on when it can be taken", () => {
  openMetadata(file, [FIRST]).close();
  expect(() => openMetadata(file, [FIRST, "UPDATE a SET n = n + 1; UPDATE nowhere SET n = 1;"])).toThrow("nowhere");
  const database = openMetadata(file, [FIRST, "UPDATE a SET n = n + 1;"]);
  expect(database.prepare("SELECT n FROM a").get()).toEqual({ n: 8 });
  database.close();
});
