/**
 * The shop's change log as records: what orders bring, in between whole tables (bootstrap) and the emptying of tables (clear). Its position is a few numbers and what was set when;
 * everything else is made again from them.
 */
import type { Millis, Position } from "@millrace/engine/node";
import { CATCH_UP_MS, type PacedRecord, type PacedRecords } from "../paced-records.ts";
import { type Bootstrap, bootstrapDue, createBootstrap, type RunningBootstrap } from "./bootstrap.ts";
import { openDatabase, type ShopDatabase } from "./database.ts";
import { type Change, changeMessage, type MaxwellMessage } from "./maxwell.ts";
import type { ShopParams } from "./params.ts";
import { CLEARED_TABLES, type TableName } from "./tables.ts";
import { afterStop, createTimeline, newTimeline, type TimelineText, withSettings } from "./timeline.ts";
import { type Taken, type Transactions, transactionsAfter } from "./transactions.ts";

/** Before anything that happens in the stream. */
const BEFORE = -1;
const FIRST_XID = 1_000;

/** What a checkpoint keeps, its parts as JSON where they are more than a number. */
export type ShopPosition = {
  readonly timeline: string;
  /** The transaction taken last, and how many rows of the one after it. */
  readonly at: Millis;
  readonly order: number;
  readonly step: number;
  readonly rows: number;
  readonly xid: number;
  readonly taken: number;
  /** Carts that began before were deleted. */
  readonly cleared: Millis;
  /** Tables are to be emptied; when that began, or null. */
  readonly isToClear: boolean;
  readonly clearing: Millis | null;
  /** The switch was on. */
  readonly hasCleared: boolean;
  /** Tables that were sent whole, or are to be. */
  readonly bootstrapped: string;
  readonly bootstrap: string;
};

interface State extends Taken {
  readonly text: TimelineText;
  readonly rows: number;
  readonly xid: number;
  readonly taken: number;
  readonly cleared: Millis;
  readonly isToClear: boolean;
  readonly clearing: Millis | null;
  readonly hasCleared: boolean;
  readonly bootstrapped: readonly TableName[];
  readonly bootstrap: Bootstrap;
}

export function openShop(
  params: ShopParams,
  timeZone: string,
  from: { readonly start: Millis } | { readonly position: Position; readonly now: Millis | undefined },
): PacedRecords {
  const state =
    "start" in from ? firstState(params, timeZone, from.start) : resumed(from.position as ShopPosition, params, timeZone, from.now);
  return createShopStream(params, timeZone, state);
}

function firstState(params: ShopParams, timeZone: string, start: Millis): State {
  const wait = { tables: params.bootstrap, running: null } as const;
  const state: State = {
    text: newTimeline(params, Math.floor(start), params.history, 0),
    at: BEFORE,
    order: 0,
    step: 0,
    rows: 0,
    xid: FIRST_XID,
    taken: 0,
    cleared: Number.MIN_SAFE_INTEGER,
    isToClear: params.clear,
    clearing: null,
    hasCleared: params.clear,
    bootstrapped: params.bootstrap,
    bootstrap: wait,
  };
  // The shop opens when its dimensions have been sent, so that no fact comes before them.
  const database = openDatabase(state.text, timeZone, state.cleared, lastOrderOf(params));
  let records = 0;
  for (const table of params.bootstrap) for (const _ of database.rows(table, BEFORE)) records++;
  // Each table's times are rounded up to milliseconds.
  const opens = Math.ceil(((records + 2 * params.bootstrap.length) * 1_000) / params.bootstrapRate) + params.bootstrap.length;
  return { ...state, text: newTimeline(params, Math.floor(start), params.history, opens) };
}

function lastOrderOf({ count, history }: ShopParams): number {
  return count ? history + count : Number.POSITIVE_INFINITY;
}

/** `now` undefined: in virtual time nothing is ever late. */
function resumed(position: ShopPosition, params: ShopParams, timeZone: string, now: Millis | undefined): State {
  const before: State = {
    ...position,
    text: JSON.parse(position.timeline) as TimelineText,
    bootstrapped: JSON.parse(position.bootstrapped) as TableName[],
    bootstrap: JSON.parse(position.bootstrap) as Bootstrap,
  };
  const added = params.bootstrap.filter((table) => !before.bootstrapped.includes(table));
  return {
    ...before,
    text: withSettings(caughtUp(before, params, timeZone, now), params, before.at),
    isToClear: before.isToClear || (params.clear && !before.hasCleared),
    hasCleared: params.clear,
    bootstrapped: params.bootstrap,
    bootstrap: { ...before.bootstrap, tables: [...before.bootstrap.tables, ...added] },
  };
}

/** After a long stop what would have happened meanwhile happens from now on. */
function caughtUp(state: State, params: ShopParams, timeZone: string, now: Millis | undefined): TimelineText {
  // What is next comes behind what was last: mostly there is no need to look for it.
  if (now === undefined || now - createTimeline(state.text).wall(state.at) <= CATCH_UP_MS) return state.text;
  const lastOrder = lastOrderOf(params);
  const database = openDatabase(state.text, timeZone, state.cleared, lastOrder);
  const next = transactionsAfter(state, database, state.cleared, lastOrder).peek()?.at ?? Number.POSITIVE_INFINITY;
  const { running } = state.bootstrap;
  const due = Math.min(next, running === null ? next : bootstrapDue(running, params));
  if (due === Number.POSITIVE_INFINITY || now - database.timeline.wall(due) <= CATCH_UP_MS) return state.text;
  // The rest of a transaction belongs to its beginning.
  return afterStop(state.text, state.rows > 0 || due === state.at ? due + 1 : due, Math.floor(now));
}

interface Row {
  readonly change: Change;
  readonly message: MaxwellMessage;
}

function createShopStream(params: ShopParams, timeZone: string, from: State): PacedRecords {
  const lastOrder = lastOrderOf(params);
  let state = from;
  let database: ShopDatabase;
  let transactions: Transactions;
  let running: RunningBootstrap | undefined;
  /** What is left of a transaction that was begun, in shop time. */
  let current: { readonly at: Millis; readonly rows: Iterator<Row>; next: Row | undefined; readonly end: () => void } | undefined;

  function open(): void {
    database = openDatabase(state.text, timeZone, state.cleared, lastOrder);
    transactions = transactionsAfter(state, database, state.cleared, lastOrder);
    running = state.bootstrap.running === null ? undefined : createBootstrap(state.bootstrap.running, params, database, heldSince);
  }

  const secondsAt = (at: Millis) => Math.floor(database.timeline.wall(at) / 1_000);

  /** Changes of a table that happened behind `since`, up to where the stream is: those that a bootstrap that goes on after a restart has held. */
  function heldSince(since: { readonly taken: Taken; readonly xid: number }, table: TableName): MaxwellMessage[] {
    const again = transactionsAfter(since.taken, database, state.cleared, lastOrder);
    const held: MaxwellMessage[] = [];
    let xid = since.xid;
    for (let next = again.peek(); next !== undefined; next = again.peek()) {
      const isPartly = isBehind(next, state);
      const changes = next.changes();
      const rows = [...messagesOf(changes, next.at, xid)].slice(0, isPartly ? state.rows : undefined);
      for (const row of rows) if (row.change.table === table) held.push(row.message);
      if (isPartly) break;
      if (changes.length > 0) xid++;
      again.take();
    }
    return held;
  }

  function* messagesOf(changes: Iterable<Change>, at: Millis, xid: number): Generator<Row> {
    const seconds = secondsAt(at);
    const iterator = changes[Symbol.iterator]();
    let next = iterator.next();
    for (let xoffset = 0; !next.done; xoffset++) {
      const change = next.value;
      next = iterator.next();
      yield { change, message: changeMessage(params.database, change, seconds, { xid, xoffset, isLast: next.done === true }) };
    }
  }

  function* deletions(at: Millis): Generator<Change> {
    for (const table of CLEARED_TABLES) for (const row of database.rows(table, at)) yield { table, type: "delete", row };
  }

  /** Makes the next transaction the current one; false when there is none. */
  function begin(): boolean {
    const { clearing } = state;
    if (clearing !== null) {
      enter(clearing, messagesOf(deletions(clearing), clearing, state.xid), () => {
        const xid = state.xid + (state.rows > 0 ? 1 : 0);
        state = { ...state, rows: 0, xid, cleared: clearing + 1, isToClear: false, clearing: null };
        open();
      });
      return true;
    }
    const next = transactions.peek();
    if (next === undefined) return false;
    const changes = next.changes();
    enter(next.at, messagesOf(changes, next.at, state.xid), () => {
      transactions.take();
      const { at, order, step } = next;
      state = { ...state, at, order, step, rows: 0, xid: state.xid + (changes.length > 0 ? 1 : 0) };
    });
    return true;
  }

  /** Rows that were taken before a restart are passed over. */
  function enter(at: Millis, rows: Generator<Row>, end: () => void): void {
    for (let i = 0; i < state.rows; i++) rows.next();
    current = { at, rows, next: rows.next().value as Row | undefined, end };
  }

  /** Goes on to where a record can be taken, or to the end. Rows of a table that is being sent whole are held. */
  function settle(): void {
    for (;;) {
      beginOther();
      if (current === undefined && !begin()) return;
      const at = (current as NonNullable<typeof current>).at;
      if (running !== undefined && running.dueAt <= at && state.rows === 0) return;
      const open = current as NonNullable<typeof current>;
      if (open.next === undefined) {
        current = undefined;
        open.end();
      } else if (running?.table === open.next.change.table) {
        running.hold(open.next.message);
        passRow(open);
      } else return;
    }
  }

  function passRow(open: NonNullable<typeof current>): void {
    state = { ...state, rows: state.rows + 1 };
    open.next = open.rows.next().value as Row | undefined;
  }

  /** Between two moments it begins to empty the tables, or to send one whole. */
  function beginOther(): void {
    const [table, ...tables] = state.bootstrap.tables;
    if (table === undefined && !state.isToClear) return;
    if (running !== undefined || state.rows > 0 || state.clearing !== null || transactions.peek()?.at === state.at) return;
    const { at, order, step, xid } = state;
    if (state.isToClear) {
      state = { ...state, clearing: at };
      current = undefined;
    } else if (table !== undefined) {
      const begunAt = Math.max(at, state.bootstrap.endedAt ?? 0, 0);
      const begun = { table, at, order, step, xid, begunAt, sent: 0, flushed: 0 };
      state = { ...state, bootstrap: { ...state.bootstrap, tables, running: begun } };
      running = createBootstrap(begun, params, database, heldSince);
    }
  }

  function takeBootstrapped(): PacedRecord {
    const now = running as RunningBootstrap;
    const { at, message, isLast } = now.take(secondsAt);
    state = {
      ...state,
      taken: state.taken + 1,
      bootstrap: isLast ? { tables: state.bootstrap.tables, running: null, endedAt: at } : { ...state.bootstrap, running: now.position() },
    };
    if (isLast) running = undefined;
    return record(message, at);
  }

  function record({ key, text }: MaxwellMessage, at: Millis): PacedRecord {
    return { text: `{"text":${JSON.stringify(text)},"key":${JSON.stringify(key)}}`, time: database.timeline.wall(at) };
  }

  open();
  const isBootstrapNext = () => running !== undefined && (current === undefined || (running.dueAt <= current.at && state.rows === 0));

  return {
    nextDue() {
      settle();
      if (isBootstrapNext()) return database.timeline.wall((running as RunningBootstrap).dueAt);
      return current === undefined ? Number.POSITIVE_INFINITY : database.timeline.wall(current.at);
    },
    take() {
      settle();
      if (isBootstrapNext()) return takeBootstrapped();
      if (current === undefined) throw new Error("there is a record to take");
      const { message } = current.next as Row;
      const { at } = current;
      passRow(current);
      state = { ...state, taken: state.taken + 1 };
      return record(message, at);
    },
    get taken() {
      return state.taken;
    },
    position() {
      const { text, bootstrapped, bootstrap, ...numbers } = state;
      return {
        ...numbers,
        timeline: JSON.stringify(text),
        bootstrapped: JSON.stringify(bootstrapped),
        bootstrap: JSON.stringify(bootstrap),
      };
    },
  };
}

/** `next` is not among what was taken up to `taken`. */
function isBehind(next: Taken, taken: Taken): boolean {
  if (next.at !== taken.at) return next.at > taken.at;
  if (next.order !== taken.order) return next.order > taken.order;
  return next.step > taken.step;
}
