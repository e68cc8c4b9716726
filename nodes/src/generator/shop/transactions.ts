/** The transactions of all orders in the order in which they happen: by time, then by order, then by step. The order is total, so the last one that was taken says which are still to come. */
import type { Millis } from "@millrace/engine/node";
import { dueQueue } from "../due-queue.ts";
import { LONGEST_LIFE_MS, USUAL_LIFE_MS } from "./after-order.ts";
import type { ShopDatabase } from "./database.ts";
import type { Change } from "./maxwell.ts";
import { LONGEST_CART_MS } from "./timeline.ts";

/** The transaction taken last, in shop time. */
export interface Taken {
  readonly at: Millis;
  readonly order: number;
  readonly step: number;
}

export interface Transaction extends Taken {
  changes(): readonly Change[];
}

export interface Transactions {
  /** Undefined when the last order is done with. */
  peek(): Transaction | undefined;
  take(): void;
}

const BEGINNING = -1;

/** @param cleared orders whose carts began before are gone */
export function transactionsAfter(taken: Taken, database: ShopDatabase, cleared: Millis, lastOrder: number): Transactions {
  const { orders, timeline } = database;
  const queue = dueQueue<Taken>(isBefore);
  /** Orders below it are in the queue, or are done with. */
  let next = Math.max(1, timeline.slotAt(taken.at - LONGEST_LIFE_MS) - 1);
  const usual = Math.max(1, timeline.slotAt(taken.at - USUAL_LIFE_MS) - 1);

  /** Puts the order in the queue with a moment from which on its steps are to be looked at. */
  function open(order: number): void {
    if (order < usual && !orders.isPaidLate(order)) return;
    const begin = timeline.cartStart(order);
    if (begin < cleared) return;
    const at = begin > taken.at ? begin : orders.nextAfter(order, taken.at);
    if (at < Number.POSITIVE_INFINITY) queue.push({ at, order, step: BEGINNING });
  }

  function goOn({ order, step }: Taken): void {
    const times = orders.times(order);
    let next = step + 1;
    while (next < times.length && !isBefore(taken, { at: times[next] as Millis, order, step: next })) next++;
    if (next < times.length) queue.push({ at: times[next] as Millis, order, step: next });
    else orders.forget(order);
  }

  /** Opens every order that may have something before what is first in the queue. */
  function fill(): void {
    while (next <= lastOrder) {
      const first = queue.peek();
      if (first !== undefined && timeline.slotStart(next) - LONGEST_CART_MS > first.at) return;
      open(next++);
    }
  }

  return {
    peek() {
      for (;;) {
        fill();
        const first = queue.peek();
        if (first === undefined) return undefined;
        if (first.step !== BEGINNING) return { ...first, changes: () => orders.changes(first.order, first.step) };
        queue.pop();
        goOn(first);
      }
    },
    take: () => goOn(queue.pop() as Taken),
  };
}

function isBefore(a: Taken, b: Taken): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.order !== b.order) return a.order < b.order;
  return a.step < b.step;
}
