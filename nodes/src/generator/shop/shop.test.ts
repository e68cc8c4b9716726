import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Message, type Sent, START, sentBy } from "./shop.testing.ts";
import { DIMENSION_TABLES, TABLES } from "./tables.ts";

type Data = Readonly<Record<string, unknown>>;

const MINUTE = 60_000;
/** Wall time in Shanghai. */
const ms = (text: unknown) => Date.parse(`${String(text).replace(" ", "T")}+08:00`);
const cents = (amount: unknown) => Math.round(Number(amount) * 100);
const shareOf = <T>(list: readonly T[], isOne: (item: T) => boolean) => list.filter(isOne).length / list.length;

/** Rows by table and key, as one gets them who follows the change log. Fails where a change does not fit what was before. */
function followed(all: readonly Sent[]): Map<string, Map<unknown, Data>> {
  const tables = new Map<string, Map<unknown, Data>>();
  for (const { message } of all) {
    const { table, type, data, old } = message;
    const rows = tables.get(table) ?? new Map<unknown, Data>();
    tables.set(table, rows);
    const id = data.id ?? data.dic_code;
    const before = rows.get(id);
    switch (type) {
      case "insert":
        expect(before, `${table} ${id} is new`).toBeUndefined();
        rows.set(id, data);
        break;
      case "bootstrap-insert":
        rows.set(id, data);
        break;
      case "update":
        expect({ ...data, ...old }, `${table} ${id}`).toEqual(before);
        expect(Object.entries(old ?? {}).filter(([name, value]) => data[name] === value)).toEqual([]);
        rows.set(id, data);
        break;
      case "delete":
        expect(data).toEqual(before);
        rows.delete(id);
    }
  }
  return tables;
}

const day = sentBy({ rate: 2, count: 3_000, promotions: true });
const changes = day.filter(({ message }) => !message.type.startsWith("bootstrap"));
const of = (table: string, type?: string) =>
  changes.filter(({ message }) => message.table === table && (type === undefined || message.type === type)).map(({ message }) => message);
const rows = (table: string, type = "insert") => of(table, type).map(({ data }) => data);

describe("the shop's day", { timeout: 30_000 }, () => {
  let tables: ReturnType<typeof followed>;
  beforeAll(() => {
    tables = followed(day);
  });
  const final = (table: string) => [...(tables.get(table)?.values() ?? [])];

  it("is the same for the same seed, and another for another", () => {
    expect(sentBy({ seed: 5 }, 1_000)).toEqual(sentBy({ seed: 5 }, 1_000));
    expect(sentBy({ seed: 5 }, 2_000)).not.toEqual(sentBy({ seed: 6 }, 2_000));
  });

  it("takes the orders that were asked for, at the rate", () => {
    const placed = rows("order_info");
    expect(placed.map(({ id }) => id)).toEqual(placed.map((_, i) => 1 + i));
    expect(placed).toHaveLength(3_000);
    const seconds = (ms(placed.at(-1)?.create_time) - START) / 1_000;
    expect(3_000 / seconds).toBeCloseTo(2, 1);
  });

  it("tells every change so that a follower has the same rows", () => {
    expect(final("order_info")).toHaveLength(3_000);
    expect(final("sku_info")).toHaveLength(35);
    expect(final("base_province")).toHaveLength(34);
    expect(final("user_info")).toHaveLength(500);
  });

  it("sends records in the order of their times", () => {
    const times = day.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(day.filter(({ message, time }) => message.ts !== Math.floor(time / 1_000))).toEqual([]);
  });

  it("puts into an order what was in the cart, at its price", () => {
    const details = Map.groupBy(rows("order_detail"), ({ order_id }) => order_id);
    for (const { id, create_time } of rows("order_info")) {
      const own = details.get(id) as Data[];
      expect(own.length).toBeGreaterThan(0);
      expect(new Set(own.map(({ sku_id }) => sku_id)).size).toBe(own.length);
      for (const detail of own) expect(detail.create_time).toBe(create_time);
    }
    const ordered = of("cart_info", "update").filter(({ data }) => data.is_ordered === 1);
    expect(ordered).toHaveLength(rows("order_detail").length);
    const prices = new Map(final("sku_info").map(({ id, price }) => [id, price]));
    for (const { data } of ordered) expect(data.cart_price).toBe(prices.get(data.sku_id));
  });

  it("has each product once in a user's cart, and takes more of it as more of it", () => {
    const open = new Set<string>();
    for (const { type, data } of of("cart_info")) {
      const place = `${data.user_id} ${data.sku_id}`;
      if (type === "insert") expect(open.has(place), place).toBe(false);
      if (type === "insert") open.add(place);
      if (type === "delete" || data.is_ordered === 1) open.delete(place);
      expect(typeof data.user_id).toBe("string");
    }
    const more = of("cart_info", "update").filter(({ old }) => old?.sku_num !== undefined);
    expect(more.length).toBeGreaterThan(300);
    for (const { data, old } of more) expect(Number(data.sku_num)).toBeGreaterThan(Number(old?.sku_num));
    expect(of("cart_info", "delete").length).toBeGreaterThan(100);
  });

  it("has exact amounts: what one pays is the sum of its parts", () => {
    const details = Map.groupBy(rows("order_detail"), ({ order_id }) => order_id);
    for (const placed of rows("order_info")) {
      const own = details.get(placed.id) as Data[];
      const sum = (amount: (detail: Data) => number) => own.reduce((total, detail) => total + amount(detail), 0);
      expect(cents(placed.original_total_amount)).toBe(sum(({ order_price, sku_num }) => cents(order_price) * Number(sku_num)));
      expect(cents(placed.activity_reduce_amount)).toBe(sum(({ split_activity_amount }) => cents(split_activity_amount ?? 0)));
      expect(cents(placed.coupon_reduce_amount)).toBe(sum(({ split_coupon_amount }) => cents(split_coupon_amount ?? 0)));
      expect(cents(placed.total_amount)).toBe(sum(({ split_total_amount }) => cents(split_total_amount)) + cents(placed.feight_fee));
      expect(cents(placed.feight_fee)).toSatisfy((freight: number) => freight >= 500 && freight <= 2_000);
      expect(ms(placed.expire_time) - ms(placed.create_time)).toBe(15 * MINUTE);
    }
    expect(rows("order_info").some(({ activity_reduce_amount }) => cents(activity_reduce_amount) > 0)).toBe(true);
    expect(rows("order_info").some(({ coupon_reduce_amount }) => cents(coupon_reduce_amount) > 0)).toBe(true);
  });

  it("says which activity and which coupon took something off", () => {
    const details = new Map(final("order_detail").map((detail) => [detail.id, detail]));
    for (const { order_detail_id } of rows("order_detail_activity"))
      expect(cents(details.get(order_detail_id)?.split_activity_amount)).toBeGreaterThan(0);
    expect(rows("order_detail_activity")).toHaveLength(
      final("order_detail").filter(({ split_activity_amount }) => split_activity_amount !== null).length,
    );
    expect(rows("order_detail_coupon")).toHaveLength(
      final("order_detail").filter(({ split_coupon_amount }) => split_coupon_amount !== null).length,
    );
    const used = new Set(rows("order_detail_coupon").map(({ coupon_use_id }) => coupon_use_id));
    for (const { id, coupon_status, order_id } of final("coupon_use")) {
      expect(used.has(id)).toBe(coupon_status !== "1401");
      expect(order_id !== null).toBe(used.has(id));
    }
    expect(final("coupon_use").some(({ coupon_status }) => coupon_status === "1403")).toBe(true);
  });

  it("is paid within 5 minutes, by some after more than 30, by some never; confirmed 20 s later by an update", () => {
    const placed = new Map(rows("order_info").map((one) => [one.id, one]));
    const paid = rows("payment_info").filter(({ order_id }) => placed.has(order_id));
    expect(paid.length / 3_000).toBeCloseTo(0.7, 1);
    const delays = paid.map(({ order_id, create_time }) => ms(create_time) - ms(placed.get(order_id)?.create_time));
    const late = delays.filter((delay) => delay > 30 * MINUTE);
    expect(late.length / delays.length).toBeGreaterThan(0.01);
    expect(late.length / delays.length).toBeLessThan(0.03);
    for (const delay of delays) if (delay <= 30 * MINUTE) expect(delay >= 4_000 && delay <= 301_000, `${delay}`).toBe(true);
    for (const { callback_time, total_amount, order_id } of paid) {
      expect(callback_time).toBeNull();
      expect(total_amount).toBe(placed.get(order_id)?.total_amount);
    }
    for (const { data, old } of of("payment_info", "update")) {
      expect(old).toMatchObject({ callback_time: null });
      expect(ms(data.callback_time) - ms(data.create_time)).toBe(20_000);
    }
    expect(shareOf(paid, ({ payment_type }) => payment_type === "1102")).toBeCloseTo(0.6, 1);
  });

  it("goes through the states of an order, and logs each", () => {
    const log = Map.groupBy(rows("order_status_log"), ({ order_id }) => order_id);
    const paths = new Map<string, number>();
    for (const { id, order_status } of final("order_info")) {
      const states = (log.get(id) as Data[]).map((one) => one.order_status);
      expect(states.at(-1)).toBe(order_status);
      paths.set(states.join(), (paths.get(states.join()) ?? 0) + 1);
    }
    expect([...paths.keys()].sort()).toEqual(["1001", "1001,1002,1004", "1001,1002,1004,1005", "1001,1002,1005"]);
    expect(new Set(rows("order_status_log").map(({ id }) => id)).size).toBe(rows("order_status_log").length);
  });

  it("takes the first detail back in three of ten paid orders, and reviews every detail of finished ones", () => {
    const details = Map.groupBy(final("order_detail"), ({ order_id }) => order_id);
    const ended = final("order_info").filter(({ order_status }) => order_status !== "1001");
    const refunds = rows("order_refund_info").filter(({ order_id }) => details.has(order_id));
    expect(refunds.length / ended.length).toBeCloseTo(0.3, 1);
    for (const { order_id, sku_id, refund_num, refund_amount } of refunds) {
      const [first] = details.get(order_id) as Data[];
      expect([sku_id, refund_num]).toEqual([first?.sku_id, first?.sku_num]);
      expect(cents(refund_amount)).toBe(cents(first?.order_price) * Number(first?.sku_num));
    }
    const finished = final("order_info").filter(({ order_status }) => order_status === "1004");
    const reviewed = rows("comment_info").filter(({ order_id }) => details.has(order_id));
    expect(reviewed).toHaveLength(finished.reduce((sum, { id }) => sum + (details.get(id)?.length as number), 0));
    expect(shareOf(reviewed, ({ appraise }) => appraise === "1201")).toBeCloseTo(0.3, 1);
  });

  it("cancels some favourites by an update, under ids beyond what a double holds", () => {
    expect(rows("favor_info").length / 3_000).toBeCloseTo(2, 0);
    expect(rows("favor_info").every(({ is_cancel, cancel_time }) => is_cancel === "0" && cancel_time === null)).toBe(true);
    expect(of("favor_info", "update").length / rows("favor_info").length).toBeCloseTo(0.1, 1);
    const ids = rows("favor_info").map(({ id }) => String(id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(BigInt(id)).toBeGreaterThan(2n ** 53n);
  });

  it("changes what users draw: an even number the nick name, a multiple of 3 the level, of 5 the e-mail, of 7 the telephone", () => {
    const sets = new Set(
      of("user_info", "update").map(({ old }) =>
        Object.keys(old ?? {})
          .filter((name) => name !== "operate_time")
          .join(),
      ),
    );
    for (const set of sets) expect(["nick_name", "user_level", "nick_name,user_level", "email", "phone_num", ""]).toContain(set);
    expect(sets.size).toBeGreaterThan(4);
    const users = final("user_info");
    expect(shareOf(users, ({ gender }) => gender === "M")).toBeCloseTo(0.2, 1);
    expect(shareOf(users, ({ user_level }) => user_level === "1")).toBeCloseTo(0.7, 1);
    for (const { birthday } of users)
      expect(Number(String(birthday).slice(0, 4))).toSatisfy((year: number) => year >= 1966 && year <= 2006);
  });

  it("sends the dimensions first, and opens when they are there", () => {
    const first = changes[0] as Sent;
    const whole = day.slice(0, day.indexOf(first));
    expect(whole.map(({ message }) => message.type).filter((type) => type === "bootstrap-complete")).toHaveLength(DIMENSION_TABLES.length);
    expect([...new Set(whole.map(({ message }) => message.table))]).toEqual([...DIMENSION_TABLES]);
  });
});

describe("as the course's mock writes", () => {
  const original = sentBy({ rate: 2, count: 300, original: true }).map(({ message }) => message);

  it("a payment is one insert that carries its callback", () => {
    const payments = original.filter(({ table }) => table === "payment_info");
    expect(payments.length).toBeGreaterThan(150);
    for (const { type, data } of payments) {
      expect(type).toBe("insert");
      expect(ms(data.callback_time) - ms(data.create_time)).toBe(20_000);
    }
  });

  it("a cancelled favourite is inserted so", () => {
    const favors = original.filter(({ table }) => table === "favor_info");
    expect(favors.every(({ type }) => type === "insert")).toBe(true);
    expect(favors.some(({ data }) => data.is_cancel === "1" && data.cancel_time !== null)).toBe(true);
  });

  it("nothing is taken off without promotions", () => {
    for (const { table, data } of original) {
      if (table === "order_info") expect([data.activity_reduce_amount, data.coupon_reduce_amount]).toEqual([0, 0]);
      if (table === "order_detail") expect([data.split_activity_amount, data.split_coupon_amount]).toEqual([null, null]);
      expect(["coupon_use", "order_detail_activity", "order_detail_coupon"].includes(table) && data.id !== undefined).toBe(false);
    }
  });
});

describe("Maxwell's form", { timeout: 30_000 }, () => {
  it("has its members in Maxwell's order, the place in the transaction on each row and the commit on the last", () => {
    const transactions = Map.groupBy(changes, ({ message }) => message.xid);
    const xids = [...transactions.keys()];
    expect(xids).toEqual(xids.map((_, i) => Number(xids[0]) + i));
    for (const all of transactions.values()) {
      expect(all.map(({ message }) => message.commit ?? message.xoffset)).toEqual(
        [...all.keys()].map((i) => (i === all.length - 1 ? true : i)),
      );
    }
    const kinds = new Map(changes.map(({ message }) => [`${kindOf(message)}: ${Object.keys(message)}`, message]));
    for (const { type, commit, ...message } of kinds.values()) {
      const members = ["database", "table", "ts", "xid", commit ? "commit" : "xoffset", "data", ...(type === "update" ? ["old"] : [])];
      expect(Object.keys({ ...message, ...(commit && { commit }) }).sort()).toEqual(members.sort());
    }
  });

  it("has rows with all columns in order, decimals with their zeros", () => {
    const empty = (type: string) => type === "bootstrap-start" || type === "bootstrap-complete";
    const columnsOf = (table: string) => TABLES[table as keyof typeof TABLES].columns.map(([name]) => name);
    const told = new Map(
      day.filter(({ message }) => !empty(message.type)).map(({ message: { table, data } }) => [`${table}: ${Object.keys(data)}`, table]),
    );
    for (const [shape, table] of told) expect(shape).toBe(`${table}: ${columnsOf(table)}`);
    for (const { message } of day) if (empty(message.type)) expect(message.data).toEqual({});
    const olds = new Map(
      changes.flatMap(({ message: { table, old } }) => Object.keys(old ?? {}).map((name) => [`${table} ${name}`, { table, name }])),
    );
    for (const { table, name } of olds.values()) expect(columnsOf(table)).toContain(name);
    const placed = changes.find(({ message }) => message.table === "order_info") as Sent;
    expect(placed.text).toMatch(/"total_amount":\d+\.\d\d,"order_status":"1001","user_id":\d+,"payment_way":null,/);
  });

  it("has the key under which Maxwell sends it", () => {
    const keyOf = (table: string) => (day.find(({ message }) => message.table === table && message.type !== "bootstrap-start") as Sent).key;
    expect(keyOf("order_info")).toBe('{"database":"gmall0820","table":"order_info","pk.id":1}');
    expect(keyOf("base_dic")).toBe('{"database":"gmall0820","table":"base_dic","pk.dic_code":"10"}');
    expect(keyOf("base_region")).toMatch(
      /^\{"database":"gmall0820","table":"base_region","_uuid":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"\}$/,
    );
    expect(day[0]?.key).toBe('{"database":"gmall0820","table":"user_info","pk.id":null}');
  });

  it("is that of what the real Maxwell said", () => {
    const real = new Map(realMaxwell().map(({ kind, text }) => [kind, Object.keys(JSON.parse(text) as Message)]));
    const ours = new Map(day.map(({ message }) => [kindOf(message), Object.keys(message)]));
    const both = [...real.keys()].filter((kind) => ours.has(kind));
    expect(both).toHaveLength(7);
    for (const kind of both) expect(ours.get(kind), kind).toEqual(real.get(kind));
  });
});

/** Recorded from Maxwell 1.45 on MariaDB 10.11: one of each kind. */
function realMaxwell(): { kind: string; text: string }[] {
  return readFileSync(`${import.meta.dirname}/maxwell-messages.jsonl`, "utf8")
    .trim()
    .split("\n")
    .map((text) => ({ kind: kindOf(JSON.parse(text) as Message), text }));
}

function kindOf({ type, commit }: Message): string {
  return `${type}${commit ? ", last" : ""}`;
}
