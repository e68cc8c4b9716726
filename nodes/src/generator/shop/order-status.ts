import type { Desk } from "./desk.ts";
import type { Row } from "./tables.ts";

/** A state that is other than before, with its line in the log. */
export function setStatus(desk: Desk, order: number, status: string, now: string): void {
  desk.update("order_info", order, { order_status: status, operate_time: now });
  logStatus(desk, order, now);
}

/** The present state, once more in the log. */
export function logStatus(desk: Desk, order: number, now: string): void {
  const { order_status } = desk.row("order_info", order) as Row;
  const number = [...desk.rows("order_status_log")].length;
  desk.insert("order_status_log", {
    id: order * 4 + number,
    order_id: order,
    order_status: order_status ?? null,
    operate_time: now,
  });
}
