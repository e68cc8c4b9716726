import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { open, type Sent, sent, sentBy, take } from "./shop.testing.ts";
import { CLEARED_TABLES, DIMENSION_TABLES, TABLE_NAMES, type TableName } from "./tables.ts";

const HOUR = 3_600_000;

const restarted = (options: object, pieces: readonly number[], later: object = options) => {
  let position = open(options).position();
  const records = pieces.flatMap((piece) => {
    const shop = open(later, position);
    const taken = take(shop, piece);
    position = shop.position();
    return taken;
  });
  return { records, position };
};

/** The latest row of each key, as one has them who follows the log. */
function followed(all: readonly Sent[], table: string): Map<unknown, unknown> {
  const rows = new Map<unknown, unknown>();
  for (const { message } of all) {
    if (message.table !== table || message.type === "bootstrap-start" || message.type === "bootstrap-complete") continue;
    const id = message.data.id ?? message.data.dic_code;
    if (message.type === "delete") rows.delete(id);
    else rows.set(id, message.data);
  }
  return rows;
}

describe("the shop's change log", { timeout: 30_000 }, () => {
  it("goes on after a restart as if there had been none, whatever was under way", () => {
    const settings = fc.record({
      seed: fc.nat(),
      rate: fc.constantFrom(0.01, 1, 30),
      users: fc.constantFrom(1, 3, 40),
      promotions: fc.boolean(),
      original: fc.boolean(),
      history: fc.constantFrom(0, 20),
      clear: fc.boolean(),
      newUsers: fc.constantFrom(0, 0.4),
      bootstrapRate: fc.constantFrom(5, 1_000),
      bootstrap: fc.subarray(["user_info", "order_info", "cart_info", "base_region", "comment_info"]),
    });
    fc.assert(
      fc.property(settings, fc.array(fc.nat(150), { minLength: 1, maxLength: 4 }), (options, pieces) => {
        const total = pieces.reduce((sum, piece) => sum + piece, 0);
        const { records, position } = restarted(options, pieces);
        expect(records).toEqual(take(open(options), total));
        expect(position.taken).toBe(total);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it.each([
    { rate: 3, users: 40, promotions: true },
    { rate: 0.05, users: 5, original: true },
  ])("goes on so to the last review, with late payments and refunds under way: %j", (given) => {
    const options = { ...given, count: 150, paidLate: 0.2 };
    const all = take(open(options));
    for (let at = 1_500; at < all.length; at += 397) {
      const shop = open(options);
      take(shop, at);
      const rest = take(open(options, shop.position()));
      expect(rest.length, `restarted after ${at}`).toBe(all.length - at);
      expect(rest).toEqual(all.slice(at));
    }
  });

  it("has a position of a few numbers, however long it ran", () => {
    const shop = open({ rate: 50 });
    take(shop, 20_000);
    expect(JSON.stringify(shop.position()).length).toBeLessThan(900);
  });

  it("ends with what becomes of the last order, in virtual time as by the clock", () => {
    const all = sentBy({ count: 40 });
    expect(all.filter(({ message }) => message.table === "order_info" && message.type === "insert")).toHaveLength(40);
    expect(sentBy({ count: 40, pace: "virtual" })).toEqual(all);
  });

  it("has the same rows in its database as one who follows the log", () => {
    const options = { rate: 3, count: 120, users: 20, promotions: true, newUsers: 0.2, bootstrap: [...DIMENSION_TABLES] };
    const shop = open(options);
    const all: Sent[] = [];
    for (const count of [1_500, 1_500, Number.POSITIVE_INFINITY]) {
      all.push(...take(shop, count).map(sent));
      // To the end of the transaction, so that there is one moment.
      while (all.at(-1)?.message.commit !== true) all.push(sent(shop.take()));
      const whole = open({ ...options, bootstrap: [], bootstrapRate: 1_000_000 }, shop.position());
      const again = open({ ...options, bootstrap: [...TABLE_NAMES], bootstrapRate: 1_000_000 }, whole.position());
      const rows = take(again, 100_000)
        .map(sent)
        .filter(({ message }) => message.type === "bootstrap-insert");
      for (const table of TABLE_NAMES.filter((name) => name !== "base_region" && name !== "base_province"))
        expect([...followed(rows, table).values()].sort(byId), table).toEqual([...followed(all, table).values()].sort(byId));
    }
  });
});

const byId = (a: unknown, b: unknown) => idOf(a) - idOf(b);
const idOf = (row: unknown) => Number((row as { id?: unknown; dic_code?: unknown }).id ?? (row as { dic_code?: unknown }).dic_code);

describe("a whole table", () => {
  const options = { rate: 20, users: 50, original: true, bootstrap: [] as TableName[], bootstrapRate: 100 };

  function withTable(table: TableName) {
    const shop = open(options);
    const before = take(shop, 6_000).map(sent);
    const after = take(open({ ...options, bootstrap: [table] }, shop.position()), 4_000).map(sent);
    return { before, after };
  }

  it("is sent when it is added: start, its rows, what happened to it meanwhile, complete; other tables go on", () => {
    const { before, after } = withTable("order_info");
    const own = after.filter(({ message }) => message.table === "order_info");
    const types = own.map(({ message }) => message.type);
    const complete = types.indexOf("bootstrap-complete");
    const rows = types.lastIndexOf("bootstrap-insert");
    expect(types[0]).toBe("bootstrap-start");
    expect(types.slice(1, rows + 1)).toEqual(types.slice(1, rows + 1).map(() => "bootstrap-insert"));
    expect(new Set(types.slice(rows + 1, complete))).toEqual(new Set(["insert", "update"]));
    expect(followed(own.slice(0, rows + 1), "order_info")).toEqual(followed(before, "order_info"));
    const place = after.findIndex(({ message }) => message.type === "bootstrap-complete");
    expect(after.slice(0, place).some(({ message }) => message.table === "cart_info" && message.type === "insert")).toBe(true);
  });

  it("loses and doubles no change that was held", () => {
    const { before, after } = withTable("order_info");
    const undisturbed = take(open(options), before.length + after.length).map(sent);
    const changesOf = (all: readonly Sent[]) =>
      all.filter(({ message }) => message.table === "order_info" && message.xid !== undefined).map(({ text }) => text);
    const seen = changesOf([...before, ...after]);
    expect(seen).toEqual(changesOf(undisturbed).slice(0, seen.length));
  });

  it("has neither transaction nor place", () => {
    const { after } = withTable("cart_info");
    for (const { message } of after.filter(({ message }) => message.type.startsWith("bootstrap")))
      expect(Object.keys(message)).toEqual(["database", "table", "type", "ts", "data"]);
  });

  it("is sent again when it was taken out and added again", () => {
    const once = restarted({ ...options, bootstrap: ["base_region"] }, [100]);
    const out = open({ ...options, bootstrap: [] }, once.position);
    const again = take(open({ ...options, bootstrap: ["base_region"] }, out.position()), 400).map(sent);
    expect(again.filter(({ message }) => message.table === "base_region").map(({ message }) => message.type)).toEqual([
      "bootstrap-start",
      ...Array.from({ length: 7 }, () => "bootstrap-insert"),
      "bootstrap-complete",
    ]);
  });

  it("shows the orders of the day before, and what became of them", () => {
    const all = sentBy({ history: 30, bootstrap: ["order_info", "payment_info"], count: 5 });
    const history = all.filter(({ message }) => message.type === "bootstrap-insert" && message.table === "order_info");
    expect(history.map(({ message }) => message.data.id)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(history.every(({ message }) => String(message.data.create_time) < "2021-02-22 10:00:00")).toBe(true);
    expect(new Set(history.map(({ message }) => message.data.order_status))).toContain("1004");
    const placed = all.filter(({ message }) => message.type === "insert" && message.table === "order_info");
    expect(placed.map(({ message }) => message.data.id)).toEqual([31, 32, 33, 34, 35]);
  });
});

describe("the clear switch", () => {
  it("deletes what is there, in one transaction, and nothing becomes of it any more", () => {
    const shop = open({ rate: 5 });
    const before = take(shop, 4_000).map(sent);
    const cleared = open({ rate: 5, clear: true }, shop.position());
    const after = take(cleared, 6_000).map(sent);
    const gone = after.filter(({ message }) => message.type === "delete" && message.xid === gone0(after));
    for (const table of CLEARED_TABLES) {
      const ids = gone.filter(({ message }) => message.table === table).map(({ message }) => message.data.id);
      expect(new Set(ids), table).toEqual(new Set(followedUntil(before, after, table, gone0(after)).keys()));
    }
    const orders = new Set(gone.filter(({ message }) => message.table === "order_info").map(({ message }) => message.data.id));
    const last = after.lastIndexOf(gone.at(-1) as Sent);
    expect(after.slice(last + 1).some(({ message }) => message.table === "order_info" && orders.has(message.data.id))).toBe(false);
    // Once: a restart with the switch on does not do it again.
    const again = take(open({ rate: 5, clear: true }, cleared.position()), 2_000).map(sent);
    expect(again.filter(({ message }) => message.type === "delete" && message.table === "order_info")).toEqual([]);
  });

  it("deletes history at the beginning", () => {
    const all = sentBy({ history: 10, clear: true, count: 3 });
    const deleted = all.filter(({ message }) => message.type === "delete" && message.table === "order_info");
    expect(deleted.map(({ message }) => message.data.id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

const gone0 = (all: readonly Sent[]) => all.find(({ message }) => message.type === "delete" && message.table === "favor_info")?.message.xid;

/** Rows of the table before the transaction in which it was emptied. */
function followedUntil(before: readonly Sent[], after: readonly Sent[], table: string, xid: number | undefined) {
  return followed([...before, ...after.filter(({ message }) => (message.xid ?? 0) < (xid as number))], table);
}

describe("a shop that stands still", () => {
  it("lets happen later what would have happened during a long stop, with the times at which it happens then", () => {
    const shop = open({ rate: 2 });
    const before = take(shop, 3_000).map(sent);
    const stopped = before.at(-1)?.time as number;
    const later = open({ rate: 2 }, shop.position(), stopped + 5 * HOUR);
    expect(later.nextDue()).toBeLessThanOrEqual(stopped + 5 * HOUR);
    const after = take(later, 3_000).map(sent);
    const whole = after.slice(after.findIndex(({ message }) => message.commit) + 1);
    for (const { time } of whole) expect(time).toBeGreaterThanOrEqual(stopped + 5 * HOUR);
    const placed = whole.find(({ message }) => message.table === "order_info" && message.type === "insert");
    expect(String(placed?.message.data.create_time) > "2021-02-22 15:00:00").toBe(true);
    const known = new Map(
      before.filter(({ message }) => message.table === "order_info").map(({ message }) => [message.data.id, message.data]),
    );
    const paid = whole.find(
      ({ message }) => message.table === "payment_info" && message.type === "insert" && known.has(message.data.order_id),
    );
    expect(paid?.message.data.total_amount).toBe(known.get(paid?.message.data.order_id)?.total_amount);
  });

  it("catches up after a short one", () => {
    const shop = open({ rate: 2 });
    take(shop, 3_000);
    const due = shop.nextDue();
    expect(open({ rate: 2 }, shop.position(), due + 60_000).nextDue()).toBe(due);
  });
});

describe("other settings", () => {
  it("hold for carts that begin later; what was begun goes on as it was", () => {
    const shop = open({ rate: 10, users: 100 });
    const before = take(shop, 5_000).map(sent);
    const later = { rate: 40, users: 700, seed: 9, promotions: true, paid: 0, favors: 0 };
    const after = take(open(later, shop.position()), 12_000).map(sent);
    const all = [...before, ...after];
    const placed = all.filter(({ message }) => message.table === "order_info" && message.type === "insert");
    expect(placed.map(({ message }) => message.data.id)).toEqual(placed.map((_, i) => i + 1));
    expect(placed.every(({ message }) => Number(message.data.user_id) <= 100)).toBe(true);
    const begun = new Map<unknown, unknown>();
    for (const { message } of all) {
      if (message.table !== "cart_info" && message.table !== "order_info") continue;
      const id = `${message.table} ${message.data.id}`;
      if (message.type === "update") expect({ ...message.data, ...message.old }).toEqual(begun.get(id));
      begun.set(id, message.data);
    }
    const [first, last] = [placed.at(-301), placed.at(-1)].map((one) => one?.time as number);
    expect(300_000 / ((last as number) - (first as number))).toBeCloseTo(40, -1);
    expect(after.at(-1)?.message.table).not.toBe("favor_info");
  });
});
