/**
 * Whole tables, as Maxwell sends them: a start, each row as it is at that moment, a complete. The rows take their time, and what happens to the table meanwhile is held
 * and sent before the complete; other tables' changes go on in between.
 */
import type { Millis } from "@millrace/engine/node";
import type { ShopDatabase } from "./database.ts";
import { bootstrapMessage, type MaxwellMessage } from "./maxwell.ts";
import type { ShopParams } from "./params.ts";
import type { Row, TableName } from "./tables.ts";
import type { Taken } from "./transactions.ts";

/** Plain JSON. */
export interface Bootstrap {
  /** Waiting. */
  readonly tables: readonly TableName[];
  readonly running: BootstrapPosition | null;
  /** When the last one ended, in shop time. */
  readonly endedAt?: Millis;
}

export interface BootstrapPosition extends Taken {
  readonly table: TableName;
  /** The rows are those behind the transaction `at`, `order`, `step`; the next one was to have `xid`. */
  readonly xid: number;
  /** When the start was due. */
  readonly begunAt: Millis;
  /** Start and rows sent so far. */
  readonly sent: number;
  /** Held changes sent so far. */
  readonly flushed: number;
}

export interface RunningBootstrap {
  readonly table: TableName;
  readonly dueAt: Millis;
  hold(message: MaxwellMessage): void;
  take(secondsAt: (at: Millis) => number): { readonly at: Millis; readonly message: MaxwellMessage; readonly isLast: boolean };
  position(): BootstrapPosition;
}

/** When its next message is due, in shop time. */
export function bootstrapDue(
  { begunAt, sent }: Pick<BootstrapPosition, "begunAt" | "sent">,
  { bootstrapRate }: Pick<ShopParams, "bootstrapRate">,
) {
  return begunAt + Math.ceil((sent * 1_000) / bootstrapRate);
}

export function createBootstrap(
  from: BootstrapPosition,
  { database: name, bootstrapRate }: ShopParams,
  database: ShopDatabase,
  heldSince: (since: { readonly taken: Taken; readonly xid: number }, table: TableName) => MaxwellMessage[],
): RunningBootstrap {
  const { table, at, order, step, xid, begunAt } = from;
  const rows = database.rows(table, at);
  let { sent, flushed } = from;
  for (let i = 1; i < sent; i++) rows.next();
  let next = rows.next().value as Row | undefined;
  // From the very beginning nothing was held.
  const held = sent === 0 ? [] : heldSince({ taken: { at, order, step }, xid }, table);

  const dueAt = () => bootstrapDue({ begunAt, sent }, { bootstrapRate });

  return {
    table,
    get dueAt() {
      return dueAt();
    },
    hold: (message) => held.push(message),
    take(secondsAt) {
      const due = dueAt();
      const tell = (type: Parameters<typeof bootstrapMessage>[2], row?: Row) =>
        bootstrapMessage(name, table, type, secondsAt(due), row, sent);
      if (sent === 0) {
        const message = tell("bootstrap-start");
        sent++;
        return { at: due, message, isLast: false };
      }
      if (next !== undefined) {
        const message = tell("bootstrap-insert", next);
        sent++;
        next = rows.next().value as Row | undefined;
        return { at: due, message, isLast: false };
      }
      const change = held[flushed];
      if (change === undefined) return { at: due, message: tell("bootstrap-complete"), isLast: true };
      flushed++;
      return { at: due, message: change, isLast: false };
    },
    position: () => ({ table, at, order, step, xid, begunAt, sent, flushed }),
  };
}
