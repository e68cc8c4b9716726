/**
 * One order and all that happens around it, as transactions in order: the users who register, the favourites and the cart before it, the order itself, then payment, the end of it or
 * a refund, and reviews. Which and when is drawn from (seed, number); the rows of a transaction are made by doing all before it again.
 */
import type { Millis } from "@millrace/engine/node";
import type { WallText } from "../../wall-text.ts";
import { createAfterOrder } from "./after-order.ts";
import type { CarriedRow, Carts } from "./cart.ts";
import { createDesk, type Desk } from "./desk.ts";
import { couponUseId, IDS_AN_ORDER, snowflake } from "./ids.ts";
import type { Change } from "./maxwell.ts";
import type { ShopSettings } from "./params.ts";
import { createPlacing } from "./place-order.ts";
import { COUPONS, SKUS } from "./seed-rows.ts";
import type { Row, TableName } from "./tables.ts";
import { numbers, type Timeline } from "./timeline.ts";
import type { Users } from "./users.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const FAVOR_CANCELLED = [30 * SECOND, 10 * MINUTE] as const;
/** Orders that are kept as far as they were asked for; others are done again from their beginning. */
const MOST_LIVE = 1_500;
const HAS_COUPON = 0.5;

const FAVORS = 30;
const COUPON_USE = 35;

/** A transaction to come. */
interface Step {
  readonly at: Millis;
  run(desk: Desk): void;
}

export interface Orders {
  /** When its transactions are; in order. */
  times(order: number): readonly Millis[];
  /** What that transaction changes. */
  changes(order: number, index: number): Change[];
  /** The rows that stand after what happened until `time`, and those of an earlier cart that it deals with. */
  rowsAt(order: number, time: Millis): Desk;
  isPaidLate(order: number): boolean;
  /** Of an order whose cart has begun: nothing happens between `time` and what this returns; infinity: nothing does any more. Cheap. */
  nextAfter(order: number, time: Millis): Millis;
  /** Nothing more will be asked of it. */
  forget(order: number): void;
}

/** What the rows of an order are made of. */
export interface World {
  readonly timeline: Timeline;
  readonly text: WallText;
  readonly users: Users;
  readonly carts: Carts;
}

export function createOrders(world: World): Orders {
  const { timeline, text, users, carts } = world;
  const placing = createPlacing(world);
  const afterOrder = createAfterOrder(world);
  const { seed } = timeline;
  const time = (at: Millis) => text.time(timeline.wall(at));

  function stepsOf(order: number): { readonly steps: readonly Step[]; readonly carried: readonly CarriedRow[] } {
    const settings = timeline.settingsOf(order);
    const carried = carts.carried(order);
    const steps: Step[] = [];
    const then = (at: Millis, run: (desk: Desk) => void) => steps.push({ at, run });
    addUsers(order, then);
    addFavors(order, settings, then);
    const coupons = settings.promotions ? addCoupons(order, then) : [];
    addCart(order, carried, then);
    const placedAt = timeline.orderTime(order);
    then(placedAt, (desk) => placing.place(desk, order, carried, coupons, placedAt));
    afterOrder.add(order, placedAt, placing.details(order, carried), settings, then);
    // Stable: what is drawn for the same moment keeps its order.
    return { steps: steps.sort((a, b) => a.at - b.at), carried };
  }

  function addUsers(order: number, then: Then): void {
    const at = timeline.cartStart(order);
    for (const id of timeline.newUsersOf(order)) then(at, (desk) => desk.insert("user_info", { ...users.row(id, order), id }));
    const user = timeline.userOf(order);
    const changed = users.changeAt(user, order);
    if (changed) {
      then(at, (desk) => desk.update("user_info", user, changed));
    }
  }

  function addFavors(order: number, settings: ShopSettings, then: Then): void {
    const draws = numbers(seed, order, FAVORS);
    const begin = timeline.cartStart(order);
    const spanMs = timeline.orderTime(order) - begin;
    const count = Math.floor(settings.favors) + (draws.chance(settings.favors % 1) ? 1 : 0);
    for (let index = 0; index < count; index++) {
      const at = begin + Math.floor(spanMs * draws.next());
      const [user, sku] = [draws.between(1, timeline.users), draws.of(SKUS).id];
      const id = () => snowflake(timeline.wall(at), 1, order * 32 + index);
      const cancelled = draws.chance(settings.cancelledFavors) ? at + draws.between(...FAVOR_CANCELLED) : undefined;
      const isCancelled = settings.original && cancelled !== undefined;
      then(at, (desk) => {
        const [is_cancel, cancel_time] = isCancelled ? ["1", time(at)] : ["0", null];
        desk.insert("favor_info", { id: id(), user_id: user, sku_id: sku, spu_id: null, is_cancel, create_time: time(at), cancel_time });
      });
      if (cancelled === undefined || isCancelled) continue;
      then(cancelled, (desk) => desk.update("favor_info", id(), { is_cancel: "1", cancel_time: time(cancelled) }));
    }
  }

  /** Ids of the coupons that the user takes before the order. */
  function addCoupons(order: number, then: Then): number[] {
    const draws = numbers(seed, order, COUPON_USE);
    const at = timeline.cartStart(order);
    const taken = COUPONS.map(({ id }) => id).filter(() => draws.chance(HAS_COUPON));
    for (const id of taken)
      then(at, (desk) =>
        desk.insert("coupon_use", {
          id: couponUseId(order, id),
          coupon_id: id,
          user_id: timeline.userOf(order),
          order_id: null,
          coupon_status: "1401",
          get_type: null,
          create_time: time(at),
          get_time: time(at),
          using_time: null,
          used_time: null,
          expire_time: null,
        }),
      );
    return taken;
  }

  function addCart(order: number, carried: readonly CarriedRow[], then: Then): void {
    for (const line of carts.lines(order)) {
      const old = carried.find(({ row }) => row.sku_id === line.sku.id)?.row.id;
      const more = (pieces: number, at: Millis) => (desk: Desk) => {
        const id = old ?? line.id;
        desk.update("cart_info", id, carts.moreOf(desk.row("cart_info", id) as Row, pieces, at));
      };
      then(line.at, old === undefined ? (desk) => desk.insert("cart_info", carts.newRow(order, line)) : more(line.pieces, line.at));
      if (line.again) then(line.again.at, more(line.again.pieces, line.again.at));
    }
  }

  /** An order as far as it was asked for, since most is asked step by step. */
  interface Live {
    readonly steps: readonly Step[];
    readonly times: readonly Millis[];
    readonly desk: Desk;
    done: number;
  }
  const live = new Map<number, Live>();

  function begin(order: number): Live {
    const { steps, carried } = stepsOf(order);
    return { steps, times: steps.map(({ at }) => at), desk: deskOf(order, carried), done: 0 };
  }

  function liveUntil(order: number, index: number): Live {
    let found = live.get(order);
    live.delete(order);
    if (found === undefined || found.done > index) found = begin(order);
    for (; found.done < index; found.done++) found.steps[found.done]?.run(found.desk);
    found.desk.takeChanges();
    return found;
  }

  /** As the one that was asked for last. */
  function keep(order: number, found: Live): void {
    live.delete(order);
    live.set(order, found);
    if (live.size > MOST_LIVE) live.delete(live.keys().next().value as number);
  }

  function deskOf(order: number, carried: readonly CarriedRow[]): Desk {
    const user = timeline.userOf(order);
    return createDesk([
      ...carried.map(({ row }) => ["cart_info", row] as [TableName, Row]),
      // Only where the user changes something: to say what was before is to go through the user's orders.
      ...(users.changeAt(user, order) ? [["user_info", users.row(user, order)] as [TableName, Row]] : []),
    ]);
  }

  return {
    times(order) {
      const found = live.get(order) ?? begin(order);
      keep(order, found);
      return found.times;
    },
    changes(order, index) {
      const found = liveUntil(order, index);
      found.steps[index]?.run(found.desk);
      found.done = index + 1;
      keep(order, found);
      return found.desk.takeChanges();
    },
    rowsAt(order, until) {
      const { steps, desk } = begin(order);
      for (const { at, run } of steps) if (at <= until) run(desk);
      return desk;
    },
    forget: (order) => void live.delete(order),
    isPaidLate: afterOrder.isPaidLate,
    nextAfter(order, since) {
      const placedAt = timeline.orderTime(order);
      if (placedAt >= since) return since;
      const settings = timeline.settingsOf(order);
      let next = Number.POSITIVE_INFINITY;
      const then = (at: Millis) => {
        if (at >= since && at < next) next = at;
      };
      addFavors(order, settings, then);
      // Of reviews there may be fewer.
      afterOrder.add(order, placedAt, IDS_AN_ORDER, settings, then);
      return next;
    },
  };
}

export type Then = (at: Millis, run: (desk: Desk) => void) => void;
