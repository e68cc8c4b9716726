/** Ids that follow from an order's number. */
import type { Millis } from "@millrace/engine/node";

/** Room for what one order brings: its carts, details, reviews. */
export const IDS_AN_ORDER = 16;

export function couponUseId(order: number, coupon: number): number {
  return order * 4 + coupon;
}

/** An id as Twitter's snowflake makes them: beyond what a double holds. `worker` and the lowest bits of `number` tell those of one millisecond apart. */
export function snowflake(wall: Millis, worker: number, number: number): bigint {
  return (BigInt(Math.floor(wall) - 1_288_834_974_657) << 22n) | BigInt(worker << 12) | BigInt(number % 4096);
}
