import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { commitBuiltIn, openBuiltInTopics } from "../built-in-topics/index.ts";
import { describeDimensionStore } from "../dimension-store.contract.ts";
import { openBuiltInDimensions } from "./index.ts";

const open = (folder: string) => openBuiltInDimensions({ folder, now: Date.now });

describeDimensionStore("the built-in dimension tables", async () => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-dimensions-"));
  return { open: () => open(folder), clear: () => rm(folder, { recursive: true, force: true }) };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-dimensions-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("commits with the topics' transaction: both, or neither", async () => {
  const [topics, dimensions] = [await openBuiltInTopics({ folder, now: Date.now }), await open(folder)];
  const bytes = Buffer.from("{}");
  const writer = await dimensions.openWriter("p/n/0");
  writer.write("dim_sku", { key: "1", value: { bytes, start: 0, end: 2 } });
  const prepared = await writer.prepare(1);
  const failing = commitBuiltIn(topics, async (tx) => {
    await dimensions.commitPrepared([prepared], tx);
    throw new Error("another sink failed");
  });
  await expect(failing).rejects.toThrow("another sink failed");
  expect(await dimensions.get("dim_sku", ["1"])).toEqual([undefined]);
  await commitBuiltIn(topics, async (tx) => {
    await dimensions.commitPrepared([prepared], tx);
    tx.put("with it", 1);
  });
  expect((await dimensions.get("dim_sku", ["1"]))[0]).toBeDefined();
  expect(await dimensions.listTables()).toEqual([{ name: "dim_sku", rows: 1 }]);
  await writer.close();
  await dimensions.close();
  await topics.close();
});

it("says that all changed when it no longer knows which", async () => {
  const dimensions = await open(folder);
  const bytes = Buffer.from("{}");
  const changed = new Promise((resolve) => dimensions.watch?.("dim_sku", resolve));
  await dimensions.upsert(
    "dim_sku",
    Array.from({ length: 1_001 }, (_, i) => ({ key: `${i}`, value: { bytes, start: 0, end: 2 } })),
  );
  expect(await changed).toBe("all");
  await dimensions.close();
});
