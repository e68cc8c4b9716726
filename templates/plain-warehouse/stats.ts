/** The rows of the four ClickHouse tables, `ts` (the time of computation) left out. */
import { oncePerId } from "./base-db.ts";
import { isEntry } from "./logs.ts";
import { amount, canonical, fromShanghai, hundredths, isRow, type Row, withoutNulls } from "./values.ts";
import { type Dimensions, namesOf } from "./wide.ts";
import { tumble, type WindowRecord, type WindowSettings } from "./windows.ts";

export interface TimedRow {
  readonly stream: "page" | "visit" | "jump";
  readonly log: Row;
}

export interface VisitorSettings extends WindowSettings {
  /** 0820 literal: the bounces of a window are not summed. */
  readonly forgetsJumps?: boolean;
}

/** One row for each window and (ar, ch, vc, is_new). */
export function visitorStats(logs: readonly TimedRow[], settings: VisitorSettings = {}): Row[] {
  const records = logs.map(({ stream, log }) => {
    const { ar, ch, vc, is_new } = log.common as Row;
    const isPage = stream === "page";
    const value = {
      dimensions: { vc, ch, ar, is_new },
      uv_ct: stream === "visit" ? 1 : 0,
      pv_ct: isPage ? 1 : 0,
      sv_ct: isPage && isEntry(log) ? 1 : 0,
      uj_ct: stream === "jump" ? 1 : 0,
      dur_sum: isPage ? Number((log.page as Row).during_time ?? 0) : 0,
    };
    return { time: Number(log.ts), key: canonical(value.dimensions), value };
  });
  return tumble(records, settings).map(({ stt, edt, records: all }) => {
    const sum = (of: (value: (typeof all)[number]) => number) => all.reduce((total, value) => total + of(value), 0);
    return withoutNulls({
      stt,
      edt,
      ...all[0]?.dimensions,
      uv_ct: sum(({ uv_ct }) => uv_ct),
      pv_ct: sum(({ pv_ct }) => pv_ct),
      sv_ct: sum(({ sv_ct }) => sv_ct),
      uj_ct: settings.forgetsJumps ? (all[0]?.uj_ct ?? 0) : sum(({ uj_ct }) => uj_ct),
      dur_sum: sum(({ dur_sum }) => dur_sum),
    });
  });
}

export type ProductStream = "page" | "favor" | "cart" | "order" | "payment" | "refund" | "comment";

export interface ProductSettings extends WindowSettings {
  /** Where a payment's time is: the course takes payment_create_time. */
  readonly paymentTime?: "callback_time" | "payment_create_time";
  /** 0820 literal: a window of one record says 0 orders. */
  readonly countsPairwise?: boolean;
}

interface ProductEvent {
  readonly counts: Readonly<Record<string, number>>;
  readonly amounts: Readonly<Record<string, number>>;
  readonly orders: Readonly<Record<string, string>>;
}

const COUNTS = ["display_ct", "click_ct", "favor_ct", "cart_ct", "order_sku_num", "comment_ct", "good_comment_ct"] as const;
const AMOUNTS = ["order_amount", "payment_amount", "refund_amount"] as const;
const ORDERS = ["order_ct", "paid_order_ct", "refund_order_ct"] as const;

/** One row for each window and SKU; `events` in the order of arrival, facts once per id. */
export function productStats(
  events: readonly { readonly stream: ProductStream; readonly row: Row }[],
  dimensions: Dimensions,
  settings: ProductSettings = {},
): Row[] {
  const records = onceEach(events).flatMap(({ stream, row }) => productEvents(stream, row, settings.paymentTime ?? "callback_time"));
  return tumble(records, settings).map(({ stt, edt, records: all }) => {
    const sum = (of: (event: ProductEvent) => number | undefined) => all.reduce((total, { event }) => total + (of(event) ?? 0), 0);
    const distinct = (name: string) => new Set(all.flatMap(({ event }) => event.orders[name] ?? [])).size;
    return withoutNulls({
      stt,
      edt,
      ...skuColumns(all[0]?.sku as string, dimensions),
      ...Object.fromEntries(COUNTS.map((name) => [name, sum(({ counts }) => counts[name])])),
      ...Object.fromEntries(AMOUNTS.map((name) => [name, amount(sum(({ amounts }) => amounts[name]))])),
      ...Object.fromEntries(ORDERS.map((name) => [name, settings.countsPairwise && all.length === 1 ? 0 : distinct(name)])),
    });
  });
}

const ID_OF: Partial<Record<ProductStream, string>> = { favor: "id", cart: "id", order: "detail_id", refund: "id", comment: "id" };

function onceEach<T extends { readonly stream: ProductStream; readonly row: Row }>(events: readonly T[]): T[] {
  const seen = new Set<string>();
  return events.filter(({ stream, row }) => {
    if (stream === "page") return true;
    const id = stream === "payment" ? `${row.payment_id} ${row.detail_id}` : String(row[ID_OF[stream] as string]);
    // Examples may leave ids out.
    return id.includes("undefined") || (!seen.has(`${stream} ${id}`) && seen.add(`${stream} ${id}`));
  });
}

function productEvents(stream: ProductStream, row: Row, paymentTime: string) {
  const event = (sku: Row[string], time: number, part: Partial<ProductEvent>) => {
    const whole = { counts: {}, amounts: {}, orders: {}, ...part };
    return { time, key: String(sku), value: { sku: String(sku), event: whole } };
  };
  const at = fromShanghai(stream === "payment" ? row[paymentTime] : row.create_time);
  const order = String(row.order_id);
  switch (stream) {
    case "page":
      return pageEvents(row).map(({ sku, name }) => event(sku, Number(row.ts), { counts: { [name]: 1 } }));
    case "favor":
      return [event(row.sku_id, at, { counts: { favor_ct: 1 } })];
    case "cart":
      return [event(row.sku_id, at, { counts: { cart_ct: 1 } })];
    case "order":
      return [
        event(row.sku_id, at, {
          counts: { order_sku_num: Number(row.sku_num) },
          amounts: { order_amount: hundredths(row.split_total_amount) },
          orders: { order_ct: order },
        }),
      ];
    case "payment":
      return [event(row.sku_id, at, { amounts: { payment_amount: hundredths(row.split_total_amount) }, orders: { paid_order_ct: order } })];
    case "refund":
      return [event(row.sku_id, at, { amounts: { refund_amount: hundredths(row.refund_amount) }, orders: { refund_order_ct: order } })];
    case "comment":
      return [event(row.sku_id, at, { counts: { comment_ct: 1, good_comment_ct: row.appraise === "1201" ? 1 : 0 } })];
  }
}

function pageEvents(log: Row): { sku: Row[string]; name: "click_ct" | "display_ct" }[] {
  const page = isRow(log.page) ? log.page : {};
  const displays = (Array.isArray(log.displays) ? log.displays : []) as Row[];
  return [
    ...(page.page_id === "good_detail" && page.item !== undefined && page.item !== null
      ? [{ sku: page.item, name: "click_ct" as const }]
      : []),
    ...displays.filter(({ item_type }) => item_type === "sku_id").map(({ item }) => ({ sku: item, name: "display_ct" as const })),
  ];
}

function skuColumns(sku: string, dimensions: Dimensions): Row {
  const find = (table: string, key: Row[string]): Row =>
    key === undefined || key === null ? {} : (dimensions.get(table)?.get(String(key)) ?? {});
  const row = find("dim_sku_info", sku);
  return {
    sku_id: Number(sku),
    sku_name: row.sku_name,
    sku_price: row.price,
    spu_id: row.spu_id,
    tm_id: row.tm_id,
    category3_id: row.category3_id,
    ...namesOf(row, find),
  };
}

/** One row for each window and province, with the latest names. */
export function provinceStats(wide: readonly Row[], settings: WindowSettings = {}): Row[] {
  const records = oncePerId(wide, "detail_id").map((row) => ({
    time: fromShanghai(row.create_time),
    key: String(row.province_id),
    value: row,
  }));
  return tumble(records, { isSql: true, ...settings }).map(({ stt, edt, records: all }) => {
    const { province_id, province_name, province_area_code, province_iso_code, province_3166_2_code } = all.at(-1) as Row;
    return withoutNulls({
      stt,
      edt,
      province_id,
      province_name,
      area_code: province_area_code,
      iso_code: province_iso_code,
      iso_3166_2: province_3166_2_code,
      order_amount: amount(all.reduce((sum, row) => sum + hundredths(row.split_total_amount), 0)),
      order_count: new Set(all.map(({ order_id }) => String(order_id))).size,
    });
  });
}

export type Tokenize = (text: string) => readonly string[];

export interface KeywordSettings extends WindowSettings {
  /** 0820 literal: the row's time is cut to whole seconds. */
  readonly inSeconds?: boolean;
}

/** Searches: one row for each window and word. */
export function keywordStats(pages: readonly Row[], tokenize: Tokenize, { inSeconds = false, ...settings }: KeywordSettings = {}): Row[] {
  const records = pages.flatMap((log) => {
    const page = isRow(log.page) ? log.page : {};
    const time = inSeconds ? Math.floor(Number(log.ts) / 1_000) * 1_000 : Number(log.ts);
    const words = page.page_id === "good_list" && typeof page.item === "string" ? tokenize(page.item) : [];
    // The watermark advances with every page log, not only with searches.
    return [
      ...words.map((word): WindowRecord<string> => ({ time, key: word, value: word, isPart: true })),
      { time, key: "", value: undefined },
    ];
  });
  return tumble(records, { isSql: true, ...settings }).map(({ stt, edt, records: all }) => ({
    stt,
    edt,
    keyword: all[0] as string,
    source: "SEARCH",
    ct: all.length,
  }));
}

const PRODUCT_SOURCES = { click_ct: "CLICK", cart_ct: "CART", order_ct: "ORDER" } as const;

/** Products: one row for each window, word and source. `isLiteral`: one for each product too, as the course writes them. */
export function productKeywordStats(products: readonly Row[], tokenize: Tokenize, { isLiteral = false } = {}): Row[] {
  const rows = products.flatMap((product) =>
    tokenize(String(product.spu_name ?? "")).flatMap((keyword) =>
      Object.entries(PRODUCT_SOURCES)
        .filter(([measure]) => Number(product[measure]) > 0)
        .map(([measure, source]) => ({ stt: product.stt, edt: product.edt, keyword, source, ct: Number(product[measure]) })),
    ),
  );
  if (isLiteral) return rows;
  const groups = Map.groupBy(rows, ({ ct: _ct, ...key }) => canonical(key));
  return [...groups.values()].map((all) => ({ ...(all[0] as Row), ct: all.reduce((sum, { ct }) => sum + ct, 0) }));
}
