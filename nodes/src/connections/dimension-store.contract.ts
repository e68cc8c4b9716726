/** What every driver of role "dimension" promises. A driver's test calls `describeDimensionStore` with a way to open its store. */
import type { ByteRange, DimensionChange, DimensionStore, Prepared } from "@millrace/engine/node";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

export interface DimensionStoreUnderTest {
  /** Opens the store: each time one of its own, of the same tables. */
  open(): Promise<DimensionStore>;
  /** Removes everything. */
  clear(): Promise<void>;
}

/** `setUp` makes an empty store for each test. */
export function describeDimensionStore(name: string, setUp: () => Promise<DimensionStoreUnderTest>): void {
  describe(name, { timeout: 60_000 }, () => {
    let driver: DimensionStoreUnderTest;
    let store: DimensionStore;
    const opened: DimensionStore[] = [];
    async function open(): Promise<DimensionStore> {
      const another = await driver.open();
      opened.push(another);
      return another;
    }
    const get = async (keys: readonly string[], from = store, table = "dim_sku") => (await from.get(table, keys)).map(textOf);
    const scan = async (range: Parameters<DimensionStore["scan"]>[1]) => (await store.scan("dim_sku", range)).map(({ key }) => key);

    beforeEach(async () => {
      driver = await setUp();
      store = await open();
    });
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await driver.clear();
    });

    it("gives rows by key, in the order asked for, and nothing for keys and tables that are not there", async () => {
      await store.upsert("dim_sku", [put("1", { name: "小米10" }), put("26", { name: "口红" })]);
      expect(await get(["26", "7", "1", "26"])).toEqual(['{"name":"口红"}', undefined, '{"name":"小米10"}', '{"name":"口红"}']);
      expect(await get(["1"], store, "dim_spu")).toEqual([undefined]);
      expect(await get([""])).toEqual([undefined]);
    });

    it("keeps the last of a key's changes, and removes what is deleted", async () => {
      await store.upsert("dim_sku", [put("1", { v: 1 }), put("1", { v: 2 }), put("2", { v: 1 }), { key: "2", value: null }]);
      await store.upsert("dim_sku", [put("1", { v: 3 }), { key: "9", value: null }]);
      expect(await get(["1", "2", "9"])).toEqual(['{"v":3}', undefined, undefined]);
    });

    it("keeps what another wrote, and the tables apart", async () => {
      const other = await open();
      await other.upsert("dim_sku", [put("1", { v: 1 })]);
      await other.upsert("dim_spu", [put("1", { v: 2 })]);
      expect(await get(["1"])).toEqual(['{"v":1}']);
      expect(await get(["1"], store, "dim_spu")).toEqual(['{"v":2}']);
    });

    it("lists tables by name, makes each once, and forgets one with its rows", async () => {
      expect(await store.createTable("dim_user")).toBe(true);
      expect(await store.createTable("dim_user")).toBe(false);
      await store.upsert("dim_sku", [put("1", {})]);
      expect((await store.listTables()).map((table) => table.name)).toEqual(["dim_sku", "dim_user"]);
      await store.deleteTable("dim_sku");
      await store.deleteTable("dim_sku");
      expect((await store.listTables()).map((table) => table.name)).toEqual(["dim_user"]);
      await store.createTable("dim_sku");
      expect(await get(["1"])).toEqual([undefined]);
    });

    it("keeps what a table was last made by, whatever is written to it", async () => {
      const definition = { columns: ["id", "name"], key: "id", extend: "SALT_BUCKETS = 4" };
      const definitionOf = async () => (await store.listTables()).find(({ name }) => name === "dim_sku")?.definition;
      expect(await store.createTable("dim_sku", definition)).toBe(true);
      expect(await definitionOf()).toEqual(definition);
      await store.upsert("dim_sku", [put("1", {})]);
      expect(await store.createTable("dim_sku")).toBe(false);
      expect(await definitionOf()).toEqual(definition);
      expect(await store.createTable("dim_sku", { ...definition, columns: ["id"] })).toBe(false);
      expect(await definitionOf()).toEqual({ ...definition, columns: ["id"] });
      expect(await get(["1"])).toEqual(["{}"]);
    });

    it("scans page by page, within a prefix", async () => {
      await store.upsert(
        "dim_sku",
        ["b2", "a1", "b1", "b3", "c"].map((key) => put(key, {})),
      );
      expect(await scan({ limit: 10 })).toEqual(["a1", "b1", "b2", "b3", "c"]);
      expect(await scan({ limit: 2 })).toEqual(["a1", "b1"]);
      expect(await scan({ limit: 2, after: "b1" })).toEqual(["b2", "b3"]);
      expect(await scan({ limit: 10, prefix: "b" })).toEqual(["b1", "b2", "b3"]);
      expect(await scan({ limit: 10, prefix: "b", after: "b2" })).toEqual(["b3"]);
      expect(await scan({ limit: 10, after: "c" })).toEqual([]);
    });

    it("takes keys of any letters, and the longest; refuses none and longer ones", async () => {
      const keys = ["键", "a b", "a|1", "'; DROP TABLE dim_sku; --", "\u0000", "x".repeat(1_000)];
      await store.upsert(
        "dim_sku",
        keys.map((key) => put(key, { key })),
      );
      expect(await get(keys)).toEqual(keys.map((key) => JSON.stringify({ key })));
      for (const key of ["", "键".repeat(334)])
        await expect(store.upsert("dim_sku", [put(key, {})])).rejects.toMatchObject({ code: "dimension.bad-key" });
      await expect(store.upsert("no table", [put("1", {})])).rejects.toMatchObject({ code: "dimension.bad-table" });
    });

    it("tells who watches which keys changed, whoever changed them", async () => {
      if (!store.watch) return;
      await store.upsert("dim_sku", [put("1", {})]);
      const changed: (readonly string[] | "all")[] = [];
      const end = store.watch("dim_sku", (keys) => changed.push(keys));
      await (await open()).upsert("dim_sku", [put("2", {}), { key: "1", value: null }]);
      await vi.waitFor(() => expect(changed.flat().sort()).toEqual(["1", "2"]), { timeout: 10_000 });
      await store.deleteTable("dim_sku");
      await vi.waitFor(() => expect(changed.at(-1)).toBe("all"), { timeout: 10_000 });
      end();
    });

    describe("a writer", () => {
      const commit = (prepared: Prepared, to = store) => to.commitPrepared([prepared], undefined);

      it("makes its changes visible by the time they are committed", async () => {
        const writer = await store.openWriter("p/n/0");
        writer.write("dim_sku", put("1", { v: 1 }));
        writer.write("dim_sku", put("1", { v: 2 }));
        writer.write("dim_spu", put("1", { v: 3 }));
        expect(writer.stagedBytes).toBeGreaterThan(0);
        const prepared = structuredClone(await writer.prepare(1));
        expect(writer.stagedBytes).toBe(0);
        await commit(prepared, await open());
        expect(await get(["1"])).toEqual(['{"v":2}']);
        expect(await get(["1"], store, "dim_spu")).toEqual(['{"v":3}']);
        await writer.close();
      });

      it("changes nothing when it is committed again, also after others' changes", async () => {
        const writer = await store.openWriter("p/n/0");
        writer.write("dim_sku", put("1", { v: 1 }));
        const prepared = await writer.prepare(1);
        await commit(prepared);
        await commit(prepared);
        expect(await get(["1"])).toEqual(['{"v":1}']);
        if (store.transactions === "none") return;
        await store.upsert("dim_sku", [put("1", { v: 2 })]);
        await commit(prepared);
        expect(await get(["1"])).toEqual(['{"v":2}']);
      });

      it("gives up what it did not prepare", async () => {
        const writer = await store.openWriter("p/n/0");
        writer.write("dim_sku", put("1", {}));
        await writer.abort();
        expect(writer.stagedBytes).toBe(0);
        await commit(await writer.prepare(1));
        await writer.close();
        expect(await get(["1"])).toEqual([undefined]);
      });

      it("copies what it is given", async () => {
        const writer = await store.openWriter("p/n/0");
        const bytes = Buffer.from('[{"v":1}]');
        writer.write("dim_sku", { key: "1", value: { bytes, start: 1, end: 8 } });
        bytes.fill(0);
        await commit(await writer.prepare(1));
        expect(await get(["1"])).toEqual(['{"v":1}']);
      });

      it("can commit nothing more once another has taken over, where it commits with a checkpoint", async () => {
        if (store.transactions === "none") return;
        const old = await store.openWriter("p/n/0");
        old.write("dim_sku", put("1", { v: "old" }));
        const prepared = await old.prepare(1);
        const other = await store.openWriter("p/n/0");
        await expect(commit(prepared)).rejects.toMatchObject({ code: "topic.fenced" });
        expect(await get(["1"])).toEqual([undefined]);
        await other.close();
      });
    });
  });
}

function put(key: string, value: object): DimensionChange {
  const bytes = Buffer.from(JSON.stringify(value));
  return { key, value: { bytes, start: 0, end: bytes.length } };
}

function textOf(range: ByteRange | undefined): string | undefined {
  return range && Buffer.from(range.bytes.subarray(range.start, range.end)).toString();
}
