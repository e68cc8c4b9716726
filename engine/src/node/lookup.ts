/**
 * How a node runs that must wait for an outside system for each row: the fourth way beside operator, source and sink, so that those stay free of waiting. Queue, order, capacity, timeout
 * and retries belong to the runtime; what is under way is kept in the checkpoint and asked for again after a restart. A lookup may do I/O, but only through the connection it is given.
 */
import type { Millis, NodeContext, RowError } from "./operator.ts";
import type { Roles } from "./roles.ts";
import type { Row } from "./row.ts";

export interface Lookup {
  /** Begins to ask for a row of the main input, which must not be kept: its memory may be used for another. `done` is to be called once, at once or later; calls after the runtime has given up are ignored. May be called again for the same row (retry). */
  ask(row: Row, time: Millis, done: (answer: LookupAnswer) => void): void;
  /** A row of another input. */
  onRow?(row: Row, time: Millis, port: string): void;
  /** What leaves for a row that got no answer, where failures are to be passed on. */
  without(row: Row, time: Millis): readonly Emission[];
  /** As for operators. */
  holdings?(): Record<string, number>;
  close(): void;
}

/** `emissions`: what leaves for the row that asked, each by its port with that row's time; a `RowError` that it throws sends the row to `error`. `missed`: nothing was found, which may be retried. A `RowError` as failure is the row's own fault and is not retried; any other failure is. */
export type LookupAnswer =
  | { readonly emissions: (row: Row, time: Millis) => readonly Emission[]; readonly missed?: boolean }
  | { readonly failure: RowError | { readonly en: string; readonly zh: string } };

export interface Emission {
  readonly port: string;
  readonly row: Row;
}

/** What the runtime does around a lookup; said by the spec, as it depends on params. */
export interface LookupSettings {
  /** Input port whose rows ask; rows of others are handed to `onRow` at once. */
  readonly input: string;
  /** Rows leave in the order they came; else as they are answered, though never across a watermark. */
  readonly ordered: boolean;
  /** Rows under way at once, per subtask; when more wait, the source does. */
  readonly capacity: number;
  /** From the first call of a row to its answer, retries included. */
  readonly timeoutMs: number;
  readonly retry: {
    /** Calls of one row at most, the first one counted. */
    readonly attempts: number;
    readonly pauseMs: number;
    /** Each pause is so many times as long as the one before. */
    readonly growth: number;
    /** Also when nothing was found. */
    readonly misses: boolean;
  };
  /** What becomes of a row without an answer: the run fails (and begins again from its checkpoint), the row leaves by `error`, or as `Lookup.without` says. */
  readonly onFailure: "fail" | "error" | "pass";
}

export interface LookupContext extends NodeContext {
  /** The driver behind the node's connection alias; undefined where there is none to ask. */
  readonly connection: Roles[keyof Roles] | undefined;
  /** Calls back once the clock is there; not after `close`. */
  readonly at: (time: Millis, wake: () => void) => void;
}
