/** Each job of the warehouse gives, on a mock day, what the plain computation gives. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeAppLogs } from "@millrace/nodes/app-logs";
import { makeShopMessages } from "@millrace/nodes/shop-messages";
import { describe, expect, it } from "vitest";
import { plainWarehouse } from "./index.ts";
import { expectSame, played, template } from "./played.testing.ts";
import { canonical } from "./values.ts";

// Enough for bounces, refunds and payments that are too late; a second day's logs, so that flags are repaired.
const logs = [1_613_959_200_000, 1_614_042_000_000].flatMap((start, seed) =>
  makeAppLogs({ rate: 20, seed, start }, 800).map(({ text }) => text),
);
const changes = makeShopMessages({ rate: 2, count: 120, seed: 4, promotions: true }).map(({ text }) => text);
const day = plainWarehouse(logs, changes);
const topic = (name: string) => day.topics.get(name) ?? [];
const table = (name: Parameters<typeof day.tables.get>[0]) => day.tables.get(name) ?? [];

describe("on a mock day, as computed plainly", { timeout: 60_000 }, () => {
  it("BaseLogApp", () => {
    const { written, deadLetters } = played("base-log-app", { ods_base_log: logs });
    for (const name of ["dwd_page_log", "dwd_start_log", "dwd_display_log"]) expectSame(written[name], topic(name));
    expect(deadLetters.sort()).toEqual([...day.dirty.ods_base_log].sort());
  });

  it("BaseDBApp", () => {
    const rules = readFileSync(join(template("base-db-app").folder, "input", "ods_table_process.jsonl"), "utf8")
      .trim()
      .split("\n");
    const { written } = played("base-db-app", { ods_table_process: rules, ods_base_db_m: changes });
    // Without a value a target is made.
    const facts = Map.groupBy(
      (written.facts ?? []).filter(({ value }) => value !== null),
      ({ target }) => target,
    );
    for (const name of [
      "dwd_order_info",
      "dwd_order_info_update",
      "dwd_order_detail",
      "dwd_payment_info",
      "dwd_favor_info",
      "dwd_cart_info",
    ])
      expectSame(facts.get(name), topic(name));
    for (const name of ["dwd_comment_info", "dwd_order_refund_info", "dwd_refund_payment", "dwd_coupon_use", "dwd_order_detail_activity"])
      expectSame(facts.get(name), topic(name));
    const dimensions = new Map<string, Map<string, string>>();
    for (const { target, key, value } of written.dimensions ?? []) {
      const rows = dimensions.get(String(target)) ?? new Map<string, string>();
      dimensions.set(String(target), rows);
      if (value !== null) rows.set(String(key), canonical(value));
    }
    for (const [name, rows] of day.dimensions)
      expect([...(dimensions.get(name) ?? [])].sort(), name).toEqual([...rows].map(([key, row]) => [key, canonical(row)]).sort());
  });

  it("UniqueVisitApp", () => {
    expectSame(played("unique-visit-app", { dwd_page_log: topic("dwd_page_log") }).written.dwm_unique_visit, topic("dwm_unique_visit"));
  });

  it("UserJumpDetailApp", () => {
    expectSame(
      played("user-jump-detail-app", { dwd_page_log: topic("dwd_page_log") }).written.dwm_user_jump_detail,
      topic("dwm_user_jump_detail"),
    );
  });

  it("OrderWideApp", () => {
    const sources = { dwd_order_info: topic("dwd_order_info"), dwd_order_detail: topic("dwd_order_detail") };
    expectSame(played("order-wide-app", sources, day.dimensions).written.dwm_order_wide, topic("dwm_order_wide"));
  });

  it("PaymentWideApp", () => {
    const sources = { dwd_payment_info: topic("dwd_payment_info"), dwm_order_wide: topic("dwm_order_wide") };
    expectSame(played("payment-wide-app", sources).written.dwm_payment_wide, topic("dwm_payment_wide"));
  });

  it("VisitorStatsApp", () => {
    const { written } = played("visitor-stats-app", {
      dwd_page_log: topic("dwd_page_log"),
      dwm_unique_visit: topic("dwm_unique_visit"),
      dwm_user_jump_detail: topic("dwm_user_jump_detail"),
    });
    expectSame(withoutVersion(written.visitor_stats), table("visitor_stats"));
  });

  it("ProductStatsApp", () => {
    const names = ["dwd_page_log", "dwd_favor_info", "dwd_cart_info", "dwm_order_wide", "dwm_payment_wide"];
    const sources = Object.fromEntries([...names, "dwd_order_refund_info", "dwd_comment_info"].map((name) => [name, topic(name)]));
    const { written } = played("product-stats-app", sources, day.dimensions);
    expectSame(withoutVersion(written.product_stats), table("product_stats"));
    expectSame(withoutVersion(written.dws_product_stats), topic("dws_product_stats"));
  });

  it("ProvinceStatsSqlApp", () => {
    const { written } = played("province-stats-sql-app", { dwm_order_wide: topic("dwm_order_wide") });
    expectSame(withoutVersion(written.province_stats), table("province_stats"));
  });

  it("KeywordStatsApp and KeywordStats4ProductApp, which write one table", () => {
    const searched = played("keyword-stats-app", { dwd_page_log: topic("dwd_page_log") }).written.keyword_stats ?? [];
    const products = played("keyword-stats4-product-app", { dws_product_stats: topic("dws_product_stats") }).written.keyword_stats ?? [];
    expectSame(withoutVersion([...searched, ...products]), table("keyword_stats"));
  });
});

/** The moment of computation stands in `ts`. */
function withoutVersion(written: readonly { readonly value: unknown }[] | undefined) {
  return written?.map(({ value }) => {
    const { ts, ...row } = value as Readonly<Record<string, unknown>>;
    expect(ts).toBe(0);
    return { value: row };
  });
}
