/** The shop's database at a moment: its rows, made again from the numbers of the orders. Nothing of it is stored, and only what is looked at is made. */
import type { Millis } from "@millrace/engine/node";
import { wallText } from "../../wall-text.ts";
import { createCarts } from "./cart.ts";
import { createOrders, type Orders } from "./order.ts";
import { SEED_ROWS } from "./seed-rows.ts";
import { CLEARED_TABLES, type Row, type TableName } from "./tables.ts";
import { createTimeline, LONGEST_CART_MS, type TimelineText } from "./timeline.ts";
import { createUsers } from "./users.ts";

export interface ShopDatabase {
  readonly orders: Orders;
  readonly timeline: ReturnType<typeof createTimeline>;
  /** The rows of a table after what happened until `time`, in the order in which they came. */
  rows(table: TableName, time: Millis): Generator<Row>;
}

/**
 * @param cleared what belongs to a cart that began before was deleted (only `CLEARED_TABLES`)
 * @param lastOrder there are no orders with a higher number
 */
export function openDatabase(text: TimelineText, timeZone: string, cleared: Millis, lastOrder: number): ShopDatabase {
  const timeline = createTimeline(text);
  const wall = wallText(timeZone);
  const users = createUsers(timeline, wall);
  const carts = createCarts(timeline, wall, cleared);
  const orders = createOrders({ timeline, text: wall, users, carts });
  const clears = new Set<TableName>(CLEARED_TABLES);

  /** Orders whose carts have begun by then. Carts may begin in another order than that of their orders. */
  function* begun(time: Millis): Generator<number> {
    const last = Math.min(lastOrder, timeline.slotAt(time + LONGEST_CART_MS) + 1);
    for (let order = 1; order <= last; order++) if (timeline.cartStart(order) <= time) yield order;
  }

  function* userRows(time: Millis): Generator<Row> {
    let last = 0;
    for (const order of begun(time)) last = order;
    for (let user = 1; user <= timeline.users; user++) yield users.row(user, nextOrderOf(user, last, time));
    for (const order of begun(time)) for (const user of timeline.newUsersOf(order)) yield users.row(user, order);
  }

  /** The first of the user's orders whose cart has not begun by then. */
  function nextOrderOf(user: number, last: number, time: Millis): number {
    let next = last + 1;
    for (
      let at = timeline.orderBefore(user, last + 1);
      at !== undefined && timeline.cartStart(at) > time;
      at = timeline.orderBefore(user, at)
    )
      next = at;
    return next;
  }

  function* orderRows(table: TableName, time: Millis): Generator<Row> {
    for (const order of begun(time)) {
      const isCleared = timeline.cartStart(order) < cleared;
      if (isCleared && clears.has(table)) continue;
      // Nothing more became of what was cleared.
      const rows = orders.rowsAt(order, isCleared ? Math.min(time, cleared) : time).rows(table);
      if (table === "cart_info") yield* cartRows(order, rows, time);
      else yield* rows;
    }
  }

  /** Those that this order put in, as the user's later orders have left them. */
  function* cartRows(order: number, rows: Iterable<Row>, time: Millis): Generator<Row> {
    const others = new Set(carts.carried(order).map(({ row }) => row.id));
    for (const row of rows) {
      if (others.has(row.id as number)) continue;
      let now: Row | undefined = row;
      for (let next = order + timeline.users; now !== undefined && now.is_ordered === 0; next += timeline.users) {
        if (next > lastOrder || timeline.cartStart(next) > time) break;
        now = orders.rowsAt(next, time).row("cart_info", row.id as number);
      }
      if (now !== undefined) yield now;
    }
  }

  return {
    orders,
    timeline,
    rows(table, time) {
      const seeded = SEED_ROWS[table];
      if (seeded !== undefined) return each(seeded);
      return table === "user_info" ? userRows(time) : orderRows(table, time);
    },
  };
}

function* each(rows: readonly Row[]): Generator<Row> {
  yield* rows;
}
