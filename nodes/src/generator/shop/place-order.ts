/** The order itself: what goes into it, what it costs, and its rows. */
import type { Millis } from "@millrace/engine/node";
import type { CarriedRow } from "./cart.ts";
import { STATUS } from "./codes.ts";
import type { Desk } from "./desk.ts";
import { couponUseId, IDS_AN_ORDER } from "./ids.ts";
import type { World } from "./order.ts";
import { logStatus } from "./order-status.ts";
import { type Reduction, reductionsOf } from "./reductions.ts";
import { PROVINCES, SKUS } from "./seed-rows.ts";
import type { Row } from "./tables.ts";
import { numbers } from "./timeline.ts";

const EXPIRES_MS = 15 * 60_000;
const PLACED = 31;

export interface Placing {
  /** How many details the order will have. */
  details(order: number, carried: readonly CarriedRow[]): number;
  /** `coupons`: ids of those that the user has. */
  place(desk: Desk, order: number, carried: readonly CarriedRow[], coupons: readonly number[], at: Millis): void;
}

export function createPlacing({ timeline, text, users, carts }: World): Placing {
  const time = (at: Millis) => text.time(timeline.wall(at));

  function details(order: number, carried: readonly CarriedRow[]): number {
    const lines = carts.lines(order);
    const others = carried.filter(({ row, isOrdered }) => isOrdered && !lines.some(({ sku }) => sku.id === row.sku_id));
    return lines.filter(({ isOrdered }) => isOrdered).length + others.length;
  }

  /** The rows of the cart that go into the order, in the order of their ids. */
  function chosenRows(desk: Desk, order: number, carried: readonly CarriedRow[]): CarriedRow["row"][] {
    const lines = carts.lines(order);
    const isOrdered = (row: Row) => {
      const line = lines.find(({ sku }) => sku.id === row.sku_id);
      return line === undefined ? carried.some(({ row: { id }, isOrdered: chosen }) => id === row.id && chosen) : line.isOrdered;
    };
    const rows = [...desk.rows("cart_info")] as CarriedRow["row"][];
    return rows.filter(isOrdered).sort((a, b) => a.id - b.id);
  }

  function place(desk: Desk, order: number, carried: readonly CarriedRow[], coupons: readonly number[], at: Millis): void {
    const now = time(at);
    const draws = numbers(timeline.seed, order, PLACED);
    const rows = chosenRows(desk, order, carried);
    const skus = rows.map(({ sku_id }) => SKUS[sku_id - 1] as (typeof SKUS)[number]);
    const lines = rows.map((row, i) => ({
      sku: row.sku_id,
      category3: skus[i]?.category3 as number,
      pieces: Number(row.sku_num),
      amount: Number(row.cart_price) * Number(row.sku_num),
    }));
    const promotions = timeline.settingsOf(order).promotions;
    const reductions = promotions ? reductionsOf(lines, coupons) : lines.map((): Reduction => ({}));
    const sum = (amount: (i: number) => number) => lines.reduce((total, _, i) => total + amount(i), 0);
    const original = sum((i) => lines[i]?.amount as number);
    const activityAmount = sum((i) => reductions[i]?.activity?.amount ?? 0);
    const couponAmount = sum((i) => reductions[i]?.coupon?.amount ?? 0);
    const freight = draws.between(5, 20) * 100;
    const user = timeline.userOf(order);
    const person = users.person(user);

    for (const { id } of rows) desk.update("cart_info", id, { is_ordered: 1, order_time: now });
    const lineSkus = new Set(carts.lines(order).map(({ sku }) => sku.id));
    for (const { row, isOrdered } of carried) if (!isOrdered && !lineSkus.has(row.sku_id)) desk.remove("cart_info", row.id);
    desk.insert("order_info", {
      id: order,
      consignee: person.name,
      consignee_tel: person.phone,
      total_amount: original - activityAmount - couponAmount + freight,
      order_status: STATUS.unpaid,
      user_id: user,
      payment_way: null,
      delivery_address: `第${draws.between(1, 20)}大街第${draws.between(1, 40)}号楼${draws.between(1, 9)}单元${draws.between(100, 999)}门`,
      order_comment: `描述${draws.between(100_000, 999_999)}`,
      out_trade_no: String(draws.between(100_000_000_000_000, 999_999_999_999_999)),
      trade_body: `${skus[0]?.name}等${rows.length}件商品`,
      create_time: now,
      operate_time: null,
      expire_time: time(at + EXPIRES_MS),
      process_status: null,
      tracking_no: null,
      parent_order_id: null,
      img_url: skus[0]?.image ?? null,
      province_id: draws.between(1, PROVINCES),
      activity_reduce_amount: activityAmount,
      coupon_reduce_amount: couponAmount,
      original_total_amount: original,
      feight_fee: freight,
      feight_fee_reduce: null,
      refundable_time: null,
    });
    for (const [i, row] of rows.entries()) {
      const { activity, coupon } = reductions[i] ?? {};
      const id = order * IDS_AN_ORDER + i;
      const ids = { order_id: order, sku_id: row.sku_id };
      desk.insert("order_detail", {
        ...ids,
        id,
        sku_name: row.sku_name ?? null,
        img_url: row.img_url ?? null,
        order_price: row.cart_price ?? null,
        sku_num: row.sku_num ?? null,
        create_time: now,
        source_type: row.source_type ?? null,
        source_id: row.source_id ?? null,
        split_total_amount: (lines[i]?.amount as number) - (activity?.amount ?? 0) - (coupon?.amount ?? 0),
        split_activity_amount: activity?.amount ?? null,
        split_coupon_amount: coupon?.amount ?? null,
      });
      if (activity) {
        const { activity: activityId, id: rule } = activity.rule;
        desk.insert("order_detail_activity", {
          ...ids,
          id,
          order_detail_id: id,
          activity_id: activityId,
          activity_rule_id: rule,
          create_time: now,
        });
      }
      if (coupon) {
        const use = couponUseId(order, coupon.id);
        desk.insert("order_detail_coupon", { ...ids, id, order_detail_id: id, coupon_id: coupon.id, coupon_use_id: use, create_time: now });
        desk.update("coupon_use", use, { order_id: order, coupon_status: "1402", using_time: now });
      }
    }
    logStatus(desk, order, now);
  }

  return { details, place };
}
