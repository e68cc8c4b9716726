import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openMetadata } from "../metadata/database.ts";
import { documentOf } from "../testing/serve.ts";
import { createPipelineStore, idFrom } from "./store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 元数据-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("gives back after a restart what was stored", () => {
  const file = join(folder, "metadata.db");
  const database = openMetadata(file);
  const store = createPipelineStore(database);
  const { id } = store.create(documentOf("日志 Log"), "base-log-app", 1);
  const version = store.addVersion(id, documentOf("deployed"), { set: { rate: 5 }, environment: "test" }, 2);
  store.setLive(id, version, "run-1");
  store.setFailure(id, { message: { en: "a", zh: "b" }, nodeId: "n", at: 3 });
  database.close();

  const again = openMetadata(file);
  const reopened = createPipelineStore(again);
  expect(reopened.get(id)).toEqual({
    id: "log",
    template: "base-log-app",
    draft: documentOf("日志 Log"),
    revision: 1,
    updatedAt: 1,
    liveVersion: 1,
    environment: "test",
    desired: "running",
    runId: "run-1",
    failure: { message: { en: "a", zh: "b" }, nodeId: "n", at: 3 },
  });
  expect(reopened.version(id, 1)).toEqual({
    version: 1,
    document: documentOf("deployed"),
    deployment: { set: { rate: 5 }, environment: "test" },
    deployedAt: 2,
  });
  again.close();
});

it("refuses a file that a newer program wrote", () => {
  const file = join(folder, "metadata.db");
  const database = openMetadata(file);
  database.exec("PRAGMA user_version = 99");
  database.close();
  expect(() => openMetadata(file)).toThrow(
    /was written by a newer Millrace \(its format is 99, this one knows 1\)\. Use the newer one, or another --data folder\./,
  );
});

it("makes an id of any name that documents and addresses can hold", () => {
  expect(["BaseLogApp", "dwd_page_log", "  Ünïcode Näme ", "3 sources", "新访客", "a".repeat(200)].map(idFrom)).toEqual([
    "base-log-app",
    "dwd-page-log",
    "unicode-name",
    "sources",
    "pipeline",
    "a".repeat(48),
  ]);
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (name) => /^[a-z][a-z0-9-]{0,47}$/.test(idFrom(name))));
});
