/** What a day should not have, and has: each job gives what the plain computation gives, and the rest goes to the dead letters. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { baseDb } from "./base-db.ts";
import { expectSame, played, template } from "./played.testing.ts";
import { productStats, provinceStats } from "./stats.ts";
import { canonical, type Row } from "./values.ts";
import { orderWide } from "./wide.ts";

const RULES = readFileSync(join(template("base-db-app").folder, "input", "ods_table_process.jsonl"), "utf8")
  .trim()
  .split("\n");
const change = (table: string, type: string, data: Row | null, more: Row = {}) =>
  JSON.stringify({ database: "gmall0820", table, type, ts: 1_613_959_230, xid: 1, commit: true, data, ...more });
const AT = "2021-02-22 10:00:00";
const order = (id: number, more: Row = {}) => ({
  id,
  user_id: 5,
  province_id: 1,
  order_status: "1001",
  total_amount: 100,
  create_time: AT,
  ...more,
});
const detail = (id: number, order_id: number, more: Row = {}) => ({
  id,
  order_id,
  sku_id: 1,
  sku_name: "小米10 😀 ＡＢＣ",
  order_price: 100,
  sku_num: 1,
  create_time: AT,
  split_total_amount: 100,
  ...more,
});
const facts = [
  change("order_info", "insert", order(1)),
  // Delivered again.
  change("order_info", "insert", order(1)),
  change("order_detail", "insert", detail(11, 1)),
  change("order_detail", "insert", detail(11, 1)),
  // Of a discount beyond the price.
  change("order_info", "insert", order(2, { total_amount: -12.34 })),
  change("order_detail", "insert", detail(12, 2, { order_price: -12.34, split_total_amount: -12.34 })),
  // An order that nobody has seen inserted, and one whose day there is not.
  change("order_info", "update", order(3, { order_status: "1002" }), { old: { order_status: "1001" } }),
  change("order_info", "insert", order(4, { create_time: "2021-02-32 10:00:00" })),
  change("order_detail", "insert", detail(14, 4, { create_time: "2021-13-01 25:00:00" })),
  // Tables that no rule knows, one with a name that is none.
  change("sku_image", "insert", { id: 1 }),
  change("no table; at all 表", "insert", { id: 1 }),
  change("order_info", "truncate", { id: 1 }),
  change("order_info", "insert", null),
];
const dimensions = [
  // Updates of rows whose inserts were never seen; of the same key the last counts.
  change("base_province", "update", { id: 1, name: "北京", area_code: "110000" }, { old: { name: "x" } }),
  change("base_province", "update", { id: 1, name: "🏯北京", area_code: "110000", iso_code: "CN-11" }, { old: { name: "北京" } }),
  change(
    "sku_info",
    "update",
    { id: 1, spu_id: 1, tm_id: 1, category3_id: 61, price: -5999, sku_name: "ｆｕｌｌ ｗｉｄｔｈ" },
    { old: { price: 1 } },
  ),
  change("user_info", "insert", { id: 5, birthday: "2000-02-29", gender: "F" }),
  change("spu_info", "insert", { id: 1, spu_name: "小米10 😀" }),
  change("base_trademark", "insert", { id: 1, tm_name: "ＴＭ" }),
  change("base_category3", "insert", { id: 61, name: "手机" }),
];
const lines = [...dimensions, ...facts];
const day = baseDb(lines);
const fact = (topic: string) => day.facts.get(topic) ?? [];

describe("bad input", () => {
  it("is routed as computed plainly: unknown tables and changes, updates without their inserts, what comes twice", () => {
    const { written, deadLetters } = played("base-db-app", { ods_table_process: RULES, ods_base_db_m: lines });
    const routed = (written.facts ?? []).filter(({ value }) => value !== null);
    for (const topic of ["dwd_order_info", "dwd_order_info_update", "dwd_order_detail"])
      expectSame(
        routed.filter(({ target }) => target === topic),
        fact(topic),
      );
    expect(new Set(routed.map(({ target }) => target)).size).toBe(3);
    const stored = new Map(
      (written.dimensions ?? [])
        .filter(({ value }) => value !== null)
        .map(({ target, key, value }) => [`${target} ${key}`, canonical(value)]),
    );
    expect(Object.fromEntries(stored)).toEqual(
      Object.fromEntries(
        [...day.dimensions].flatMap(([table, rows]) => [...rows].map(([key, row]) => [`${table} ${key}`, canonical(row)])),
      ),
    );
    // A change that is none, and one without its row. (Rules are there too, whose columns these tables have not.)
    expect(deadLetters.filter((text) => !text.includes('"table_process"'))).toEqual(facts.slice(-2));
  });

  it("is joined and summed as computed plainly: duplicates once, negative prices for what they are; days that there are not are dead letters", () => {
    const sources = { dwd_order_info: fact("dwd_order_info"), dwd_order_detail: fact("dwd_order_detail") };
    const inTime = (rows: readonly Row[]) => rows.filter(({ create_time }) => create_time === AT);
    const wide = orderWide(inTime(sources.dwd_order_info), inTime(sources.dwd_order_detail), day.dimensions);
    expect(wide.map(({ detail_id }) => detail_id)).toEqual([11, 12]);
    const { written, deadLetters } = played("order-wide-app", sources, day.dimensions);
    expectSame(written.dwm_order_wide, wide);
    expect(deadLetters.map((text) => (JSON.parse(text) as Row).id).sort()).toEqual([14, 4]);

    const withoutVersion = (rows: readonly { readonly value: unknown }[] = []) =>
      rows.map(({ value }) => {
        const { ts: _ts, ...row } = value as Row;
        return { value: row };
      });
    const again = [...wide, ...wide];
    expectSame(withoutVersion(played("province-stats-sql-app", { dwm_order_wide: again }).written.province_stats), provinceStats(again));
    expectSame(
      withoutVersion(played("product-stats-app", { dwm_order_wide: again }, day.dimensions).written.product_stats),
      productStats(
        again.map((row) => ({ stream: "order", row }) as const),
        day.dimensions,
      ),
    );
  });
});
