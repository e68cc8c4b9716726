import { makeAppLogs } from "@millrace/nodes/app-logs";
import { makeShopMessages } from "@millrace/nodes/shop-messages";
import { describe, expect, it } from "vitest";
import { baseDb } from "./base-db.ts";
import { plainWarehouse } from "./index.ts";
import { baseLog, jumps, uniqueVisits } from "./logs.ts";
import { TABLE_PROCESS } from "./rules.ts";
import {
  keywordStats,
  type ProductStream,
  productKeywordStats,
  productStats,
  provinceStats,
  type TimedRow,
  visitorStats,
} from "./stats.ts";
import { tokensOf } from "./tokens.ts";
import { canonical, fromShanghai, hundredths, type Row, shanghaiText } from "./values.ts";
import { type Dimensions, orderWide, paymentWide } from "./wide.ts";

const T0 = 1_613_959_200_000; // 2021-02-22 10:00:00 in Shanghai
const at = (seconds: number) => shanghaiText(T0 + seconds * 1_000);
const WINDOW = { stt: at(0), edt: at(10) };

const DIMENSIONS: Dimensions = new Map(
  Object.entries({
    dim_user_info: [{ id: 5, birthday: "1990-05-20", gender: "F" }],
    dim_base_province: [{ id: 1, name: "北京", area_code: "110000", iso_code: "CN-11", iso_3166_2: "CN-BJ" }],
    dim_sku_info: [
      { id: 1, sku_name: "小米10", price: 5999, spu_id: 1, tm_id: 1, category3_id: 61 },
      { id: 26, sku_name: "索芙特 Y01 复古红", price: 129, spu_id: 9, tm_id: 8, category3_id: 477 },
      { id: 30, sku_name: "CAREMiLLE M02 干玫瑰", price: 69, spu_id: 10, tm_id: 9, category3_id: 477 },
    ],
    dim_spu_info: [
      { id: 1, spu_name: "小米10" },
      { id: 9, spu_name: "索芙特i-Softto 口红不掉色唇膏保湿滋润 璀璨金钻哑光唇膏" },
      { id: 10, spu_name: "CAREMiLLE珂曼奶油小方口红 雾面滋润保湿持久丝缎唇膏" },
    ],
    dim_base_trademark: [
      { id: 1, tm_name: "三星" },
      { id: 8, tm_name: "索芙特" },
      { id: 9, tm_name: "CAREMiLLE" },
    ],
    dim_base_category3: [
      { id: 61, name: "手机" },
      { id: 477, name: "唇部" },
    ],
  }).map(([table, rows]) => [table, new Map((rows as Row[]).map((row) => [String(row.id), row]))]),
);

describe("the worked examples", () => {
  it("BaseLogApp repairs the flag, splits, and keeps what it cannot use", () => {
    const log = (mid: string, isNew: string, ts: number, content: Row) =>
      JSON.stringify({ common: { mid, is_new: isNew }, ...content, ts });
    const home = { page: { page_id: "home" } };
    const displays = [
      { display_type: "activity", item: "1", item_type: "activity_id", order: 1, pos_id: 2 },
      { display_type: "query", item: "6", item_type: "sku_id", order: 2, pos_id: 4 },
    ];
    const result = baseLog(
      [
        log("mid_1", "1", T0, { start: { entry: "icon" } }),
        log("mid_1", "1", T0 + 1_000, { ...home, displays }),
        log("mid_1", "1", 1_614_042_000_000, home),
        log("mid_2", "0", T0 + 5_000, home),
        log("mid_2", "1", T0 + 6_000, home),
        '{"common":',
      ],
      { displaysWithContext: false },
    );
    expect(result.dwd_start_log).toHaveLength(1);
    expect(result.dwd_page_log.map(({ common }) => (common as Row).is_new)).toEqual(["1", "0", "0", "1"]);
    expect(result.dwd_display_log).toEqual(displays.map((display) => ({ ...display, page_id: "home" })));
    expect(result.dirty).toEqual(['{"common":']);
  });

  it("BaseDBApp sends facts to topics and dimensions to tables, and drops what has no rule", () => {
    const message = (table: string, type: string, data: Row, old?: Row) =>
      JSON.stringify({ database: "gmall0820", table, type, data, old });
    const detail =
      '{"database":"gmall0820","table":"order_detail","type":"insert","ts":1613959200,"xid":1,"commit":true,"data":{"id":5001,"order_id":1001,"sku_id":1,"sku_name":"小米10","img_url":"/x.jpg","order_price":5999.00,"sku_num":1,"create_time":"2021-02-22 10:00:00","source_type":"2401","source_id":null,"split_total_amount":5999.00,"split_activity_amount":null,"split_coupon_amount":null}}';
    const lines = [
      message("base_trademark", "bootstrap-start", {}),
      message("base_trademark", "bootstrap-insert", { id: 12, tm_name: "atguigu", logo_url: "/a.jpg" }),
      message("base_trademark", "update", { id: 12, tm_name: "尚硅谷", logo_url: "/a.jpg" }, { tm_name: "atguigu" }),
      detail,
      message("order_info", "update", { id: 1001, order_status: "1002" }, { order_status: "1001" }),
      message("cart_info", "delete", { id: 77 }),
      message("sku_image", "insert", { id: 1 }),
      message("base_trademark", "bootstrap-complete", {}),
      "no json",
    ];
    const { facts, dimensions, dirty, unruled } = baseDb(lines);
    expect(dimensions.get("dim_base_trademark")).toEqual(new Map([["12", { id: 12, tm_name: "尚硅谷" }]]));
    expect(facts.get("dwd_order_detail")).toEqual([
      {
        id: 5001,
        order_id: 1001,
        sku_id: 1,
        sku_name: "小米10",
        order_price: 5999,
        sku_num: 1,
        create_time: "2021-02-22 10:00:00",
        source_type: "2401",
        split_total_amount: 5999,
      },
    ]);
    expect(facts.get("dwd_order_info_update")).toEqual([{ id: 1001, order_status: "1002" }]);
    expect([...unruled.keys()]).toEqual(["cart_info:delete", "sku_image:insert"]);
    expect(dirty).toEqual(["no json"]);
    expect(TABLE_PROCESS).toHaveLength(47);
  });

  it("UniqueVisitApp keeps the first entry of a device on a day", () => {
    const log = (mid: string, last: string | undefined, ts: number): Row => ({
      common: { mid },
      page: { page_id: "home", last_page_id: last },
      ts,
    });
    const logs = [
      log("mid_1", undefined, T0),
      log("mid_1", "home", T0 + 5_000),
      log("mid_1", undefined, T0 + 300_000),
      log("mid_2", undefined, 1_614_009_599_000),
      log("mid_2", undefined, 1_614_009_601_000),
      log("mid_1", "", T0 + 3_600_000),
    ];
    expect(uniqueVisits(logs)).toEqual([logs[0], logs[3], logs[4]]);
    // Yesterday's log, too late (P26).
    const late = [...logs, log("mid_2", undefined, 1_614_009_599_500), log("mid_2", undefined, 1_614_009_602_000)];
    expect(uniqueVisits(late)).toHaveLength(3);
    expect(uniqueVisits(late, { compareDay: "different" })).toHaveLength(5);
  });

  it("UserJumpDetailApp finds entries that nothing followed in time", () => {
    const log = (mid: string, page: string, last: string | undefined, ts: number): Row => ({
      common: { mid },
      page: { page_id: page, last_page_id: last },
      ts,
    });
    const logs = [
      log("101", "home", undefined, 10_000),
      log("102", "home", undefined, 12_000),
      log("102", "good_list", "home", 15_000),
      log("103", "home", undefined, 20_000),
      log("103", "home", undefined, 24_000),
      log("102", "good_list", "detail", 30_000),
      log("104", "home", undefined, 60_000),
    ];
    const found = (settings: Parameters<typeof jumps>[1]) => jumps(logs, settings).map(({ common, ts }) => `${(common as Row).mid}@${ts}`);
    expect(found({ next: "any", watermark: 59_999 })).toEqual(["101@10000", "103@24000"]);
    expect(found({ watermark: 59_999 })).toEqual(["101@10000", "103@20000", "103@24000"]);
    expect(found({})).toEqual(["101@10000", "103@20000", "103@24000", "104@60000"]);
    const pair = (gap: number) => jumps([log("1", "home", undefined, 0), log("1", "good_list", "home", gap)]).length;
    expect([pair(9_999), pair(10_000)]).toEqual([0, 1]);
  });

  const ORDER: Row = {
    id: 1001,
    user_id: 5,
    province_id: 1,
    order_status: "1001",
    total_amount: 6267,
    original_total_amount: 6257,
    feight_fee: 10,
    create_time: at(0),
  };
  const details: Row[] = [
    { id: 5001, order_id: 1001, sku_id: 1, order_price: 5999, sku_num: 1, split_total_amount: 5999, create_time: at(0) },
    { id: 5002, order_id: 1001, sku_id: 26, order_price: 129, sku_num: 2, split_total_amount: 258, create_time: at(0) },
    { id: 5003, order_id: 1002, sku_id: 2, create_time: at(0) },
  ];
  const wide = orderWide([ORDER], details, DIMENSIONS);

  it("OrderWideApp joins orders with their details and six dimensions", () => {
    expect(wide).toHaveLength(2);
    expect(canonical(wide[1])).toBe(
      canonical({
        detail_id: 5002,
        order_id: 1001,
        sku_id: 26,
        order_price: 129,
        sku_num: 2,
        sku_name: "索芙特 Y01 复古红",
        province_id: 1,
        order_status: "1001",
        user_id: 5,
        total_amount: 6267,
        original_total_amount: 6257,
        feight_fee: 10,
        split_total_amount: 258,
        create_time: "2021-02-22 10:00:00",
        create_date: "2021-02-22",
        create_hour: "10",
        province_name: "北京",
        province_area_code: "110000",
        province_iso_code: "CN-11",
        province_3166_2_code: "CN-BJ",
        user_age: 30,
        user_gender: "F",
        spu_id: 9,
        spu_name: "索芙特i-Softto 口红不掉色唇膏保湿滋润 璀璨金钻哑光唇膏",
        tm_id: 8,
        tm_name: "索芙特",
        category3_id: 477,
        category3_name: "唇部",
      }),
    );
    const literal = orderWide([ORDER], details, DIMENSIONS, { boundMs: 5, age: { at: T0 }, withDate: false });
    expect(literal.map(({ user_age, create_date }) => [user_age, create_date])).toEqual([
      [30, undefined],
      [30, undefined],
    ]);
    const missing = orderWide([{ ...ORDER, user_id: 6 }], [{ ...(details[0] as Row), sku_id: 99, sku_name: "?" }], DIMENSIONS);
    expect(missing[0]).toMatchObject({ sku_name: "?", province_name: "北京" });
    expect(Object.keys(missing[0] as Row)).not.toContain("spu_name");
    const apart = (seconds: number) => orderWide([ORDER], [{ ...(details[0] as Row), create_time: at(seconds) }], DIMENSIONS).length;
    expect([apart(-5), apart(5), apart(6)]).toEqual([1, 1, 0]);
  });

  it("PaymentWideApp takes payments within half an hour of the order", () => {
    const row = (order: number, createTime: string): Row => ({ detail_id: order, order_id: order, create_time: createTime });
    const payment = (id: number, order: number): Row => ({
      id,
      order_id: order,
      total_amount: 6267,
      user_id: 5,
      subject: "…",
      payment_type: "1102",
      create_time: at(30),
      callback_time: at(50),
    });
    const rows = [...wide, row(1003, "2021-02-22 09:20:00"), row(1005, "2021-02-22 09:40:00")];
    const payments = [payment(9001, 1001), payment(9002, 1003), payment(9003, 1005)];
    const paid = paymentWide(payments, rows);
    expect(paid.map(({ payment_id, detail_id }) => [payment_id, detail_id])).toEqual([
      [9001, 5001],
      [9001, 5002],
      [9003, 1005],
    ]);
    expect(paid[0]).toMatchObject({
      order_create_time: at(0),
      payment_create_time: at(30),
      callback_time: at(50),
      split_total_amount: 5999,
      total_amount: 6267,
    });
    expect(Object.keys(paid[0] as Row)).not.toContain("create_date");
    expect(paymentWide(payments, rows, { boundMs: 900_000 })).toHaveLength(2);
    // Begun without confirmation, then confirmed, then delivered once more (P10).
    const { callback_time: _later, ...begun } = payment(9001, 1001);
    expect(paymentWide([begun, payment(9001, 1001), payment(9001, 1001)], rows)).toHaveLength(2);
  });

  it("VisitorStatsApp counts visits by window and dimensions", () => {
    const A = { ar: "110000", ch: "xiaomi", vc: "v2.1.134", is_new: "1" };
    const B = { ar: "310000", ch: "Appstore", vc: "v2.1.132", is_new: "0" };
    const C = { ar: "440000", ch: "oppo", vc: "v2.1.134", is_new: "0" };
    const log = (stream: TimedRow["stream"], common: Row, seconds: number, during = 0, last?: string): TimedRow => ({
      stream,
      log: { common, page: { page_id: "home", during_time: during, last_page_id: last }, ts: T0 + seconds * 1_000 },
    });
    const logs = [
      log("page", A, 1, 5_000),
      log("page", A, 2, 8_000, "home"),
      log("page", B, 4, 3_000),
      log("visit", A, 1),
      log("visit", B, 4),
      log("page", A, 14, 2_000),
      log("jump", B, 4),
      log("page", C, 26, 1_000),
    ];
    const first = [
      { ...WINDOW, ...A, uv_ct: 1, pv_ct: 2, sv_ct: 1, uj_ct: 0, dur_sum: 13_000 },
      { ...WINDOW, ...B, uv_ct: 1, pv_ct: 1, sv_ct: 1, uj_ct: 1, dur_sum: 3_000 },
    ];
    expect(visitorStats(logs, { delayMs: 13_000, hasEnded: false })).toEqual(first);
    expect(visitorStats(logs, { delayMs: 3_000, hasEnded: false, forgetsJumps: true })).toEqual([
      first[0],
      { ...first[1], uj_ct: 0 },
      { stt: at(10), edt: at(20), ...A, uv_ct: 0, pv_ct: 1, sv_ct: 1, uj_ct: 0, dur_sum: 2_000 },
    ]);
    expect(visitorStats(logs)).toHaveLength(4);
  });

  const products: { stream: ProductStream; row: Row }[] = [
    {
      stream: "page",
      row: {
        page: { page_id: "good_detail", item: "1" },
        displays: [
          { item: "26", item_type: "sku_id" },
          { item: "1", item_type: "sku_id" },
          { item: "2", item_type: "activity_id" },
        ],
        ts: T0 + 1_000,
      },
    },
    { stream: "favor", row: { sku_id: 1, create_time: at(2) } },
    { stream: "cart", row: { sku_id: 1, create_time: at(3) } },
    { stream: "order", row: { order_id: 1001, sku_id: 1, sku_num: 1, split_total_amount: 5999, create_time: at(4) } },
    { stream: "order", row: { order_id: 1001, sku_id: 26, sku_num: 2, split_total_amount: 258, create_time: at(4) } },
    { stream: "order", row: { order_id: 1002, sku_id: 1, sku_num: 2, split_total_amount: 11_998, create_time: at(5) } },
    { stream: "payment", row: { order_id: 1001, sku_id: 1, split_total_amount: 5999, payment_create_time: at(8) } },
    { stream: "refund", row: { order_id: 1001, sku_id: 26, refund_amount: 258, create_time: at(9) } },
    { stream: "comment", row: { sku_id: 1, appraise: "1201", create_time: at(9) } },
    { stream: "order", row: { order_id: 1003, sku_id: 30, sku_num: 1, split_total_amount: 69, create_time: at(11) } },
    { stream: "page", row: { page: { page_id: "good_detail", item: "35" }, ts: T0 + 25_000 } },
  ];

  it("ProductStatsApp counts everything of a SKU by window", () => {
    const settings = { delayMs: 0, hasEnded: false, paymentTime: "payment_create_time" } as const;
    const rows = productStats(products, DIMENSIONS, settings);
    const none = {
      display_ct: 0,
      click_ct: 0,
      favor_ct: 0,
      cart_ct: 0,
      order_sku_num: 0,
      order_amount: 0,
      order_ct: 0,
      payment_amount: 0,
      paid_order_ct: 0,
      refund_order_ct: 0,
      refund_amount: 0,
      comment_ct: 0,
      good_comment_ct: 0,
    };
    expect(rows).toHaveLength(3);
    const of = (sku: number) => rows.find(({ sku_id }) => sku_id === sku);
    expect(of(1)).toEqual({
      ...WINDOW,
      sku_id: 1,
      sku_name: "小米10",
      sku_price: 5999,
      spu_id: 1,
      spu_name: "小米10",
      tm_id: 1,
      tm_name: "三星",
      category3_id: 61,
      category3_name: "手机",
      ...none,
      display_ct: 1,
      click_ct: 1,
      favor_ct: 1,
      cart_ct: 1,
      order_sku_num: 3,
      order_amount: 17_997,
      order_ct: 2,
      payment_amount: 5999,
      paid_order_ct: 1,
      comment_ct: 1,
      good_comment_ct: 1,
    });
    expect(of(26)).toMatchObject({
      ...none,
      display_ct: 1,
      order_sku_num: 2,
      order_amount: 258,
      order_ct: 1,
      refund_order_ct: 1,
      refund_amount: 258,
    });
    expect(of(30)).toMatchObject({ stt: at(10), ...none, order_sku_num: 1, order_amount: 69, order_ct: 1 });
    const literal = productStats(products, DIMENSIONS, { ...settings, countsPairwise: true });
    expect(literal.find(({ sku_id }) => sku_id === 30)).toMatchObject({ order_ct: 0 });
    // 8.12: the day's sales so far.
    expect(rows.reduce((sum, { order_amount }) => sum + Number(order_amount), 0)).toBe(18_324);
  });

  it("ProvinceStatsSqlApp counts orders once and adds up what details cost", () => {
    const row = (detail: number, province: number, order: number, amount: number, seconds: number): Row => ({
      detail_id: detail,
      province_id: province,
      province_name: province === 1 ? "北京" : "广东",
      order_id: order,
      split_total_amount: amount,
      create_time: at(seconds),
    });
    const rows = [
      row(1, 1, 1001, 5999, 4),
      row(2, 1, 1001, 258, 4),
      row(3, 1, 1002, 11_998, 5),
      row(4, 26, 1003, 39, 9),
      row(5, 1, 1004, 40, 12),
    ];
    expect(provinceStats(rows, { delayMs: 0, hasEnded: false })).toEqual([
      { ...WINDOW, province_id: 1, province_name: "北京", order_amount: 18_255, order_count: 2 },
      { ...WINDOW, province_id: 26, province_name: "广东", order_amount: 39, order_count: 1 },
    ]);
    expect(provinceStats(rows, { delayMs: 3_000, hasEnded: false })).toEqual([]);
  });

  it("KeywordStatsApp counts the words of searches", () => {
    const log = (page: string, item: string | undefined, ms: number): Row => ({ page: { page_id: page, item }, ts: T0 + ms });
    const logs = [
      log("good_list", "小米盒子", 1_000),
      log("good_list", "小米", 3_000),
      log("good_list", "口红", 4_000),
      log("home", undefined, 5_000),
      log("good_list", undefined, 6_000),
      log("good_list", "苹果手机", 10_500),
      log("good_list", "ps5", 12_000),
    ];
    const row = (keyword: string, ct: number) => ({ ...WINDOW, keyword, source: "SEARCH", ct });
    // Closed when the watermark, 2 s behind, reaches the window's last millisecond.
    expect(keywordStats(logs, tokensOf, { inSeconds: true, delayMs: 2_000, hasEnded: false })).toEqual([
      row("小米", 2),
      row("盒子", 1),
      row("口红", 1),
    ]);
    expect(keywordStats(logs, tokensOf)).toHaveLength(6);
  });

  it("KeywordStats4ProductApp adds up what one word has from several products", () => {
    const rows = [
      { ...WINDOW, spu_name: "小米10", click_ct: 3, cart_ct: 1, order_ct: 0 },
      { ...WINDOW, spu_name: "小米10", click_ct: 2, cart_ct: 0, order_ct: 1 },
    ];
    const counts = productKeywordStats(rows, tokensOf).map(({ keyword, source, ct }) => `${keyword} ${source} ${ct}`);
    expect(counts.sort()).toEqual(["10 CART 1", "10 CLICK 5", "10 ORDER 1", "小米 CART 1", "小米 CLICK 5", "小米 ORDER 1"]);
    expect(productKeywordStats(rows, tokensOf, { isLiteral: true })).toHaveLength(8);
  });
});

describe("a mock day", () => {
  const logs = makeAppLogs({ rate: 20, seed: 3, users: 500 }, 4_000).map(({ text }) => text);
  const changes = makeShopMessages({ rate: 2, count: 300, seed: 3, promotions: true }).map(({ text }) => text);
  const day = plainWarehouse(logs, changes);
  const topic = (name: string) => day.topics.get(name) ?? [];
  const table = (name: "visitor_stats" | "product_stats" | "province_stats" | "keyword_stats") => day.tables.get(name) ?? [];
  const sum = (rows: readonly Row[], name: string) => rows.reduce((total, row) => total + hundredths(row[name]), 0);

  it("counts every log once", () => {
    expect(topic("dwd_page_log").length + topic("dwd_start_log").length + day.dirty.ods_base_log.length).toBe(4_000);
    expect(day.dirty.ods_base_log.length).toBeGreaterThan(10);
    expect(day.dirty.ods_base_db_m).toEqual([]);
    expect(sum(table("visitor_stats"), "pv_ct") / 100).toBe(topic("dwd_page_log").length);
    expect(sum(table("visitor_stats"), "uv_ct") / 100).toBe(topic("dwm_unique_visit").length);
    expect(sum(table("visitor_stats"), "uj_ct") / 100).toBe(topic("dwm_user_jump_detail").length);
    expect(topic("dwm_user_jump_detail").length).toBeGreaterThan(30);
  });

  it("sells in every table for the same amount", () => {
    const sold = sum(topic("dwd_order_detail"), "split_total_amount");
    expect(topic("dwd_order_info")).toHaveLength(300);
    expect(topic("dwm_order_wide")).toHaveLength(topic("dwd_order_detail").length);
    expect(sum(topic("dwm_order_wide"), "split_total_amount")).toBe(sold);
    expect(sum(table("product_stats"), "order_amount")).toBe(sold);
    expect(sum(table("province_stats"), "order_amount")).toBe(sold);
    expect(sum(table("province_stats"), "order_count") / 100).toBe(300);
    expect(
      topic("dwm_order_wide").every(({ province_name, spu_name, tm_name, category3_name, user_age }) =>
        [province_name, spu_name, tm_name, category3_name, user_age].every((value) => value !== undefined),
      ),
    ).toBe(true);
  });

  it("is paid by each confirmed payment once, but for those that came too late", () => {
    const confirmed = new Map(topic("dwd_payment_info").flatMap((row) => (row.callback_time === undefined ? [] : [[row.id, row]])));
    const orders = new Map(topic("dwd_order_info").map((order) => [order.id, order]));
    const inTime = [...confirmed.values()].filter(
      ({ order_id, callback_time }) => fromShanghai(callback_time) - fromShanghai(orders.get(order_id as number)?.create_time) <= 1_800_000,
    );
    expect(inTime.length).toBeLessThan(confirmed.size);
    expect(new Set(topic("dwm_payment_wide").map(({ payment_id }) => payment_id)).size).toBe(inTime.length);
    expect(sum(table("product_stats"), "payment_amount")).toBe(sum(topic("dwm_payment_wide"), "split_total_amount"));
    expect(sum(table("product_stats"), "refund_amount")).toBe(sum(topic("dwd_order_refund_info"), "refund_amount"));
  });

  it("has each sort key once in each table", () => {
    const keys = {
      visitor_stats: ["stt", "is_new", "vc", "ch", "ar"],
      product_stats: ["stt", "sku_id"],
      province_stats: ["stt", "province_id"],
      keyword_stats: ["stt", "keyword", "source"],
    } as const;
    for (const [name, columns] of Object.entries(keys) as [keyof typeof keys, readonly string[]][]) {
      const rows = table(name);
      expect(rows.length).toBeGreaterThan(50);
      expect(new Set(rows.map((row) => columns.map((column) => row[column]).join())).size, name).toBe(rows.length);
    }
  });
});
