/** What becomes of an order: payment, its end or a refund, reviews. */
import type { Millis } from "@millrace/engine/node";
import { STATUS } from "./codes.ts";
import type { Desk } from "./desk.ts";
import { IDS_AN_ORDER, snowflake } from "./ids.ts";
import type { Then, World } from "./order.ts";
import { setStatus } from "./order-status.ts";
import type { ShopSettings } from "./params.ts";
import { SKUS } from "./seed-rows.ts";
import type { Row } from "./tables.ts";
import { numbers } from "./timeline.ts";
import { weightsOf } from "./weights.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const CALLBACK_MS = 20 * SECOND;
const PAID = [5 * SECOND, 5 * MINUTE] as const;
const PAID_LATE = [31 * MINUTE, 45 * MINUTE] as const;
const DECIDED = [30 * SECOND, 5 * MINUTE] as const;
const REFUNDED_AFTER_FINISH = [30 * SECOND, 5 * MINUTE] as const;
const COMMENTED = [30 * SECOND, 10 * MINUTE] as const;
/** Of the refunds that come when the order was finished already. */
const REFUND_AFTER_FINISH = 1 / 3;
/** From an order on, everything around it has happened after so long. */
export const LONGEST_LIFE_MS = PAID_LATE[1] + CALLBACK_MS + DECIDED[1] + COMMENTED[1] + MINUTE;
/** The same for an order that is not paid late. */
export const USUAL_LIFE_MS = LONGEST_LIFE_MS - PAID_LATE[1] + PAID[1];
const PAYMENT = 32;
const AFTER = 33;
const COMMENTS = 34;

export interface AfterOrder {
  /** Adds everything from the payment on, if there is one. */
  add(order: number, placedAt: Millis, detailCount: number, settings: ShopSettings, then: Then): void;
  isPaidLate(order: number): boolean;
}

export function createAfterOrder({ timeline, text }: World): AfterOrder {
  const { seed } = timeline;
  const time = (at: Millis) => text.time(timeline.wall(at));

  function isPaidLate(order: number): boolean {
    const settings = timeline.settingsOf(order);
    const draws = numbers(seed, order, PAYMENT);
    return draws.chance(settings.paid) && draws.chance(settings.paidLate);
  }

  function addPayment(order: number, placedAt: Millis, detailCount: number, settings: ShopSettings, then: Then): void {
    const draws = numbers(seed, order, PAYMENT);
    if (!draws.chance(settings.paid)) return;
    const startedAt = placedAt + draws.between(...(draws.chance(settings.paidLate) ? PAID_LATE : PAID));
    const type = weightsOf(settings).paymentTypes.pick(draws);
    const tradeNo = String(draws.between(10 ** 14, 10 ** 15 - 1));
    const confirmedAt = startedAt + CALLBACK_MS;
    const isConfirmedLater = !settings.original;
    then(startedAt, (desk) => {
      const { out_trade_no, user_id, total_amount, trade_body } = desk.row("order_info", order) as Row;
      if (!isConfirmedLater) setStatus(desk, order, STATUS.paid, time(startedAt));
      desk.insert("payment_info", {
        id: order,
        out_trade_no: out_trade_no ?? null,
        order_id: order,
        user_id: user_id ?? null,
        payment_type: type,
        trade_no: tradeNo,
        total_amount: total_amount ?? null,
        subject: trade_body ?? null,
        payment_status: null,
        create_time: time(startedAt),
        callback_time: isConfirmedLater ? null : time(confirmedAt),
        callback_content: null,
      });
      if (!isConfirmedLater) useCoupon(desk, startedAt);
    });
    if (isConfirmedLater)
      then(confirmedAt, (desk) => {
        setStatus(desk, order, STATUS.paid, time(confirmedAt));
        desk.update("payment_info", order, { callback_time: time(confirmedAt), callback_content: "SUCCESS" });
        useCoupon(desk, confirmedAt);
      });
    addEnd(order, isConfirmedLater ? confirmedAt : startedAt, detailCount, settings, then);
  }

  function useCoupon(desk: Desk, at: Millis): void {
    for (const { id, coupon_status } of desk.rows("coupon_use"))
      if (coupon_status === "1402") desk.update("coupon_use", id as number, { coupon_status: "1403", used_time: time(at) });
  }

  function addEnd(order: number, paidAt: Millis, detailCount: number, settings: ShopSettings, then: Then): void {
    const draws = numbers(seed, order, AFTER);
    const isRefunded = draws.chance(settings.refunded);
    const decidedAt = paidAt + draws.between(...DECIDED);
    const refundedAt = draws.chance(REFUND_AFTER_FINISH) ? decidedAt + draws.between(...REFUNDED_AFTER_FINISH) : decidedAt;
    if (!isRefunded || refundedAt > decidedAt) then(decidedAt, (desk) => setStatus(desk, order, STATUS.finished, time(decidedAt)));
    if (!isRefunded) return addComments(order, decidedAt, detailCount, settings, then);
    const type = weightsOf(settings).refundTypes.pick(draws);
    const reason = weightsOf(settings).refundReasons.pick(draws);
    const tradeNo = String(draws.between(10 ** 14, 10 ** 15 - 1));
    then(refundedAt, (desk) => refund(desk, order, refundedAt, { type, reason, tradeNo, isConfirmedLater: !settings.original }));
    const confirmedAt = refundedAt + CALLBACK_MS;
    if (!settings.original)
      then(confirmedAt, (desk) => desk.update("refund_payment", order, { callback_time: time(confirmedAt), callback_content: "SUCCESS" }));
  }

  function refund(
    desk: Desk,
    order: number,
    at: Millis,
    { type, reason, tradeNo, isConfirmedLater }: { type: string; reason: string; tradeNo: string; isConfirmedLater: boolean },
  ): void {
    const placed = desk.row("order_info", order) as Row;
    const first = desk.row("order_detail", order * IDS_AN_ORDER) as Row;
    const amount = Number(first.order_price) * Number(first.sku_num);
    const now = time(at);
    setStatus(desk, order, STATUS.refunding, now);
    desk.insert("order_refund_info", {
      id: order,
      user_id: placed.user_id ?? null,
      order_id: order,
      sku_id: first.sku_id ?? null,
      refund_type: type,
      refund_num: first.sku_num ?? null,
      refund_amount: amount,
      refund_reason_type: reason,
      refund_reason_txt: null,
      refund_status: null,
      create_time: now,
    });
    desk.insert("refund_payment", {
      id: order,
      out_trade_no: placed.out_trade_no ?? null,
      order_id: order,
      sku_id: first.sku_id ?? null,
      payment_type: "1101",
      trade_no: tradeNo,
      total_amount: amount,
      subject: "退款",
      refund_status: "0702",
      create_time: now,
      callback_time: isConfirmedLater ? null : time(at + CALLBACK_MS),
      callback_content: null,
    });
  }

  function addComments(order: number, finishedAt: Millis, detailCount: number, settings: ShopSettings, then: Then): void {
    for (let index = 0; index < detailCount; index++) {
      const draws = numbers(seed, order * IDS_AN_ORDER + index, COMMENTS);
      const at = finishedAt + draws.between(...COMMENTED);
      if (!draws.chance(settings.commented)) continue;
      then(at, (desk) => {
        const detail = desk.row("order_detail", order * IDS_AN_ORDER + index) as Row;
        desk.insert("comment_info", {
          id: snowflake(timeline.wall(at), 2, order * IDS_AN_ORDER + index),
          user_id: draws.between(1, timeline.users),
          nick_name: null,
          head_img: null,
          sku_id: detail.sku_id ?? null,
          spu_id: SKUS[Number(detail.sku_id) - 1]?.spu ?? null,
          order_id: order,
          appraise: weightsOf(settings).appraisals.pick(draws),
          comment_txt: `评论内容：${draws.between(10 ** 14, 10 ** 15 - 1)}`,
          create_time: time(at),
          operate_time: null,
        });
      });
    }
  }

  return { add: addPayment, isPaidLate };
}
