/**
 * The gmall warehouse computed plainly from the raw lines of `ods_base_log` and `ods_base_db_m`, sharing no code with the engine or its nodes: what every topic and table must hold
 * after a day on which nothing came too late. With the settings of the jobs' corrected form; others are arguments of the single jobs.
 */
import { baseDb } from "./base-db.ts";
import { baseLog, jumps, uniqueVisits } from "./logs.ts";
import { keywordStats, productKeywordStats, productStats, provinceStats, visitorStats } from "./stats.ts";
import { tokensOf } from "./tokens.ts";
import type { Row } from "./values.ts";
import { type Dimensions, orderWide, paymentWide } from "./wide.ts";

export interface PlainWarehouse {
  /** Rows by topic: DWD, DWM and dws_product_stats. In no certain order. */
  readonly topics: ReadonlyMap<string, readonly Row[]>;
  readonly dimensions: Dimensions;
  /** Rows by ClickHouse table, without `ts`. */
  readonly tables: ReadonlyMap<"visitor_stats" | "product_stats" | "province_stats" | "keyword_stats", readonly Row[]>;
  /** Lines that no job can use, by the topic that they came from. */
  readonly dirty: Readonly<Record<"ods_base_log" | "ods_base_db_m", readonly string[]>>;
}

/** Lines in the order of their offsets; in that of their times where a topic has several partitions. */
export function plainWarehouse(logLines: readonly string[], changeLines: readonly string[]): PlainWarehouse {
  const { dirty, ...logs } = baseLog(logLines);
  const db = baseDb(changeLines);
  const fact = (topic: string) => db.facts.get(topic) ?? [];
  const pages = logs.dwd_page_log;
  const visits = uniqueVisits(pages);
  const bounces = jumps(pages);
  const orders = orderWide(fact("dwd_order_info"), fact("dwd_order_detail"), db.dimensions);
  const payments = paymentWide(fact("dwd_payment_info"), orders);
  const of = <S extends string>(stream: S, rows: readonly Row[]) => rows.map((row) => ({ stream, row, log: row }));
  const products = productStats(
    [
      ...of("page", pages),
      ...of("favor", fact("dwd_favor_info")),
      ...of("cart", fact("dwd_cart_info")),
      ...of("order", orders),
      ...of("payment", payments),
      ...of("refund", fact("dwd_order_refund_info")),
      ...of("comment", fact("dwd_comment_info")),
    ],
    db.dimensions,
  );
  return {
    topics: new Map<string, readonly Row[]>([
      ...Object.entries(logs),
      ...db.facts,
      ["dwm_unique_visit", visits],
      ["dwm_user_jump_detail", bounces],
      ["dwm_order_wide", orders],
      ["dwm_payment_wide", payments],
      ["dws_product_stats", products],
    ]),
    dimensions: db.dimensions,
    tables: new Map([
      ["visitor_stats", visitorStats([...of("page", pages), ...of("visit", visits), ...of("jump", bounces)])],
      ["product_stats", products],
      ["province_stats", provinceStats(orders)],
      ["keyword_stats", [...keywordStats(pages, tokensOf), ...productKeywordStats(products, tokensOf)]],
    ] as const),
    dirty: { ods_base_log: dirty, ods_base_db_m: db.dirty },
  };
}
