/** What every driver of role "table" promises. A driver's test calls `describeTableStore` with a way to open its store. */
import type { NewAnalyticalTable, TableStore } from "@millrace/engine/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const STATS: NewAnalyticalTable = {
  columns: [
    { name: "stt", type: "DateTime('Asia/Shanghai')" },
    { name: "keyword", type: "String" },
    { name: "ct", type: "UInt64" },
    { name: "amount", type: "Decimal64(2)" },
    { name: "ts", type: "UInt64" },
  ],
  sortKey: ["stt", "keyword"],
  version: "ts",
  partitionBy: "toYYYYMMDD(stt)",
  remembers: 100,
};
const COLUMNS = STATS.columns.map(({ name }) => name);
const LIMITS = { rows: 100, timeoutMs: 5_000 };
/** Beside what others may have in the same database. */
const PREFIX = `millrace_test_${process.pid}_`;

/** `open`: each time one of its own, of the same tables. */
export function describeTableStore(name: string, open: () => Promise<TableStore>): void {
  describe(name, { timeout: 60_000 }, () => {
    const opened: TableStore[] = [];
    let store: TableStore;
    let table: string;
    let count = 0;
    async function another(): Promise<TableStore> {
      const one = await open();
      opened.push(one);
      return one;
    }
    beforeEach(async () => {
      store = await another();
      table = `${PREFIX}${count++}`;
    });
    afterEach(async () => {
      for (const { name: made } of await store.listTables()) if (made.startsWith(PREFIX)) await store.dropTable(made);
      for (const one of opened.splice(0)) await one.close();
    });

    const insert = (rows: readonly object[], token: string, to = store) =>
      to.insert(table, { columns: COLUMNS, lines: Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join("")), token });
    const select = async (sql: string, from = store) => (await from.query(sql.replace("TABLE", table), LIMITS)).rows;
    const row = (keyword: string | null, more: object = {}) => ({
      stt: "2021-02-22 10:00:00",
      keyword,
      ct: 1,
      amount: 1.5,
      ts: 1,
      ...more,
    });

    it("makes a table once, and describes it", async () => {
      expect(await store.createTable(table, STATS)).toBe(true);
      expect(await store.createTable(table, STATS)).toBe(false);
      expect(await (await another()).describeTable(table)).toMatchObject({
        name: table,
        engine: "ReplacingMergeTree",
        columns: STATS.columns.map((column) => (column.name === "amount" ? { name: "amount", type: "Decimal(18, 2)" } : column)),
        sortKey: "stt, keyword",
        partitionBy: "toYYYYMMDD(stt)",
      });
      expect((await store.listTables()).map((one) => one.name)).toContain(table);
      await store.dropTable(table);
      await store.dropTable(table);
      expect(await store.describeTable(table)).toBeUndefined();
    });

    it("makes a table once when several ask for it at the same time", async () => {
      await Promise.all([store, await another(), await another()].map((one) => one.createTable(table, STATS)));
      expect(await store.describeTable(table)).toBeDefined();
    });

    it("gives back what was written, to the last digit and letter", async () => {
      await store.createTable(table, STATS);
      await insert([row("小米'10\\\n\"🙂", { ct: "18446744073709551615", amount: "-9999999999999999.99" })], "a");
      expect(await select("SELECT keyword, ct, amount, toUnixTimestamp(stt) FROM TABLE")).toEqual([
        ["小米'10\\\n\"🙂", "18446744073709551615", "-9999999999999999.99", 1_613_959_200],
      ]);
    });

    it("reads a wall clock in the column's zone, and a moment as it is", async () => {
      await store.createTable(table, STATS);
      await insert([row("clock", { stt: "2021-02-22 10:00:00" }), row("moment", { stt: "2021-02-22T02:00:00.000Z" })], "a");
      expect(await select("SELECT keyword, toUnixTimestamp(stt), stt FROM TABLE ORDER BY keyword")).toEqual([
        ["clock", 1_613_959_200, "2021-02-22 10:00:00"],
        ["moment", 1_613_959_200, "2021-02-22 10:00:00"],
      ]);
    });

    it("puts '' and 0 where a column takes no NULL", async () => {
      await store.createTable(table, STATS);
      await insert([row(null, { ct: null, amount: null })], "a");
      expect(await select("SELECT keyword, ct, amount FROM TABLE")).toEqual([["", "0", "0"]]);
    });

    it("adds nothing for a token that it knows, whatever connection brings it, in all of the batch's partitions", async () => {
      await store.createTable(table, STATS);
      const batch = [row("a"), row("b", { stt: "2021-02-23 10:00:00" })];
      await insert(batch, "run/1/0");
      await insert(batch, "run/1/0", await another());
      expect(await select("SELECT count() FROM TABLE")).toEqual([["2"]]);
      await insert([row("c")], "run/2/0");
      await insert([row("c")], "run/3/0");
      expect(await select("SELECT count() FROM TABLE")).toEqual([["4"]]);
    });

    it("keeps the row with the greatest version of each sort key, for who asks for FINAL", async () => {
      await store.createTable(table, STATS);
      await insert([row("a", { ct: 7, ts: 2 })], "1");
      await insert([row("a", { ct: 5, ts: 1 })], "2");
      expect(await select("SELECT ct FROM TABLE FINAL")).toEqual([["7"]]);
    });

    it("refuses a batch for a row of it, and adds nothing of it", async () => {
      await store.createTable(table, STATS);
      await expect(insert([row("a"), row("b", { ct: -1 })], "1")).rejects.toMatchObject({ code: "table.bad-rows" });
      await expect(insert([row("a", { amount: "1e30" })], "2")).rejects.toMatchObject({ code: "table.bad-rows" });
      await expect(insert([row("a", { stt: "soon" })], "3")).rejects.toMatchObject({ code: "table.bad-rows" });
      expect(await select("SELECT count() FROM TABLE")).toEqual([["0"]]);
      await insert([row("a"), row("b")], "1");
      expect(await select("SELECT count() FROM TABLE")).toEqual([["2"]]);
    });

    it("says of a table that is not there what to do", async () => {
      await expect(insert([row("a")], "1")).rejects.toMatchObject({
        code: "table.refused",
        words: { en: expect.stringContaining("Make the table") },
      });
      await expect(store.createTable("a-b", STATS)).rejects.toMatchObject({ code: "table.bad-name" });
    });

    it("reads so many rows, and says that there were more", async () => {
      const { columns, rows, isCut } = await store.query("SELECT number AS n, 'x' AS t FROM numbers(10) ORDER BY n; -- all", {
        ...LIMITS,
        rows: 3,
      });
      expect(columns).toEqual([
        { name: "n", type: "UInt64" },
        { name: "t", type: "String" },
      ]);
      expect(rows).toEqual([
        ["0", "x"],
        ["1", "x"],
        ["2", "x"],
      ]);
      expect(isCut).toBe(true);
      expect((await store.query("SELECT 1", LIMITS)).isCut).toBe(false);
    });

    it("gives up what takes too long, and is there for the next", async () => {
      await expect(store.query("SELECT count() FROM system.numbers", { rows: 1, timeoutMs: 300 })).rejects.toMatchObject({
        code: "table.too-long",
      });
      expect(await select("SELECT 1")).toEqual([[1]]);
    });

    it("tells a wrong statement in the server's words", async () => {
      await expect(store.query("SELECT nothing", LIMITS)).rejects.toMatchObject({
        code: "table.refused",
        words: { en: expect.stringContaining("nothing") },
      });
    });

    it.each([
      "INSERT INTO t VALUES (1)",
      "DROP TABLE t",
      "SELECT 1; DROP TABLE t",
      "SELECT * FROM file('/etc/passwd')",
      "SELECT * FROM (SELECT * FROM url('http://a', 'TSV', 'a String') SETTINGS readonly = 0)",
      "SELECT 1 INTO OUTFILE '/tmp/x'",
      "SYSTEM SHUTDOWN",
    ])("runs nothing but what reads tables: not %s", async (sql) => {
      await expect(store.query(sql, LIMITS)).rejects.toMatchObject({ code: "table.not-reading" });
    });

    it("lets nothing of one statement hold for the next", async () => {
      await store.createTable(table, STATS);
      await store.query("SELECT 1", { rows: 1, timeoutMs: 100 });
      await insert([row("a")], "x");
      expect(await select("SELECT getSetting('insert_deduplication_token'), getSetting('readonly') = 1")).toEqual([["", 1]]);
      expect((await store.query("SELECT number FROM numbers(5)", { rows: 5, timeoutMs: 5_000 })).rows).toHaveLength(5);
    });
  });
}
