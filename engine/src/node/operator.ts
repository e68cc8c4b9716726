/**
 * How a node runs. An operator gets rows one at a time and emits rows on named ports. It has no clock, no randomness and no
 * I/O; its state and timers belong to the runtime, which shows them for one key at a time, snapshots, restores and rescales
 * them. Why it is so, and how windows, patterns, joins and lookups fit, is in `docs/decisions/operator-contract.md`.
 */
import type { ChangelogMode, DataType, Schema, Value, Values } from "../schema/index.ts";
import type { Row } from "./row.ts";

/** Milliseconds since the epoch. */
export type Millis = number;

/** Watermark before anything is known, and after the end of input. */
export const MIN_TIME: Millis = Number.NEGATIVE_INFINITY;
export const MAX_TIME: Millis = Number.POSITIVE_INFINITY;

export interface Operator {
  /** One row from the input port named `port`. Throwing a `RowError` sends the row to the `error` port; any other error fails the run. */
  onRow(row: Row, time: Millis, out: Out, port: string): void;
  /** A timer of the current key is due. Event timers fire when the watermark reaches them, in order of time. */
  onTimer?(time: Millis, out: Out, timer: "event" | "processing"): void;
  /**
   * The merged watermark of all inputs rose to `watermark` (after the timers it released have fired). Only operators whose spec says
   * `watermark: "own"` decide here what goes downstream; for the others the runtime forwards it.
   */
  onWatermark?(watermark: Millis, out: Out): void;
  /** All inputs have gone idle, or one is active again. Only for `watermark: "own"` operators; for the others the runtime passes it on. */
  onIdle?(isIdle: boolean, out: Out): void;
  /** Called every watermark interval (200 ms) of processing time, and before each checkpoint. For `watermark: "own"` operators. */
  onPeriodic?(now: Millis, out: Out): void;
  /** All inputs have ended; the watermark has already been raised to `MAX_TIME`. */
  onEnd?(out: Out): void;
  /** What it holds that people want to see ("open windows", "partial matches"), by names for which the spec has words. */
  holdings?(): Record<string, number>;
}

/** Where an operator's rows go. A port that nothing is wired to counts and lets go, except `error`, which goes to the dead letters. */
export interface Out {
  emit(port: string, row: Row, time: Millis): void;
  /** A row that was taken in before (by input `port`, left out: the first) and cannot be processed now, in a timer or beside other rows: it leaves by `error` as one that `onRow` throws for. */
  reject(error: RowError, row: Row, time: Millis, port?: string): void;
  /** A row that was made for `port` cannot be finished: as far as it came it leaves by `error` instead. For results of many rows, where there is no row to blame. */
  fail(port: string, row: Row, time: Millis, error: RowError): void;
  /** The row ends here on purpose; `reason` is one of the spec's `dropReasons` and has a counter. */
  drop(reason: string, row: Row): void;
  /** Only for `watermark: "own"` operators. Lower than before is ignored. */
  watermark(time: Millis): void;
  /** Only for `watermark: "own"` operators: this output holds nobody back until the next row or watermark. */
  idle(): void;
}

/**
 * A row that cannot be processed. The words say what was wrong, the value (shortened) and what would be right, in both
 * languages; `message` is the English. The code is stable: "codec.not-json", "expression.division-by-zero".
 */
export class RowError extends Error {
  readonly code: string;
  readonly words: { readonly en: string; readonly zh: string };
  constructor(code: string, words: { readonly en: string; readonly zh: string }) {
    super(words.en);
    this.name = "RowError";
    this.code = code;
    this.words = words;
  }
}

/** What whatever runs a node is given when it is created. */
export interface NodeContext {
  readonly nodeId: string;
  /** Text to typed, compiled expression over a row of the input port; the planner has checked it already. */
  readonly expressions: Expressions;
  /** The schema that the planner inferred for each input and output port. */
  readonly schemas: {
    readonly inputs: Readonly<Record<string, DataType & { type: "ROW" }>>;
    readonly outputs: Readonly<Record<string, DataType & { type: "ROW" }>>;
  };
  /** What the rows of each input port may do. */
  readonly changelogs: Readonly<Record<string, ChangelogMode>>;
  /** Whether anybody takes the rows of an output port: what nobody takes needs nothing that only a taker would see. */
  readonly isWired: (port: string) => boolean;
  /** A schema that the document declares, by name. */
  readonly declared: (name: string) => Schema | undefined;
  /** IANA name of the pipeline's zone. */
  readonly timeZone: string;
  /** This subtask of how many. What is told of a row that all subtasks get is told by the first. */
  readonly subtask: number;
  readonly parallelism: number;
  /** The injected clock: processing time. */
  now(): Millis;
}

export interface OperatorContext extends NodeContext {
  readonly state: KeyedState;
  readonly timers: Timers;
}

export interface Expressions {
  /** Compiles an expression of the node's params over rows of `port` (default: the first input). The function may throw `RowError`. */
  value(text: string, port?: string): CompiledExpression;
  /** As `value`, for a condition: true only when TRUE (NULL counts as false). */
  condition(text: string, port?: string): (row: Row, time: Millis) => boolean;
  /** A new row of these fields, each with its expression as for `value`; what several have in common is computed once. */
  row(fields: readonly { readonly name: string; readonly value: string }[], port?: string): (row: Row, time: Millis) => Row;
  /** Compiles an expression over matched rows (`over: "matched"`, or "match" where there is no candidate). */
  matched(text: string, over: "matched" | "match", port?: string): MatchedExpression;
  /** Compiles expressions of the node's params over groups of rows of `port`, all of them together. */
  groups(texts: readonly string[], port?: string): GroupExpressions;
}

/**
 * Expressions over groups of rows. What they need of a group's rows is held in an accumulator, a value of a ROW type to be kept in state. It is changed in place: whoever got it from state
 * sets it again before the call returns.
 */
export interface GroupExpressions {
  readonly accumulatorType: DataType;
  /** Of what `values` gives, in the order of the texts. */
  readonly dataTypes: readonly DataType[];
  create(): Values;
  /** Adds a row. Throws `RowError`, and changes nothing, where the row cannot be computed. */
  accumulate(accumulator: Values, row: Row, time: Millis): void;
  /** Takes a row up, for any number of `add`. Throws `RowError`. */
  read(row: Row, time: Millis): void;
  /** Adds the row that was read last. */
  add(accumulator: Values): void;
  /** Adds all that the other holds, as if its rows had come after. */
  merge(accumulator: Values, other: Values): void;
  /** The expressions' values for a group with these fields of its own (`spec.groups`); NULL, and `failed` is told, where one cannot be computed. */
  values(accumulator: Values, group: Values, time: Millis, failed: (error: RowError) => void): Value[];
}

/** A row that was matched, with the name of the step. */
export interface MatchedRow {
  readonly step: string;
  readonly row: Row;
  readonly time: Millis;
}

export interface MatchedExpression {
  /** `matched`: from the first row on. Throws `RowError`. */
  (matched: readonly MatchedRow[], candidate: Row | undefined, time: Millis): Value;
  readonly dataType: DataType;
  /** Whether it looks at matched rows at all. */
  readonly looksBack: boolean;
  /** Fields of rows that it reads, its own and matched ones: ["page", "page_id"]. */
  readonly reads: readonly (readonly string[])[];
}

export interface CompiledExpression {
  (row: Row, time: Millis): Value;
  readonly dataType: DataType;
}

/**
 * State of the current key: the key of the row (or timer) being processed. Without a declared key there is one key for the whole
 * subtask. Names are unique within the operator and, with the schema, part of a savepoint's format.
 */
export interface KeyedState {
  /** The current key's values, as the key expressions gave them. */
  readonly key: readonly Value[];
  value(name: string, dataType: DataType, options?: StateOptions): ValueState;
  map(name: string, types: { key: DataType; value: DataType }, options?: StateOptions): MapState;
  list(name: string, dataType: DataType, options: StateOptions & { readonly compact: true }): CompactListState;
  list(name: string, dataType: DataType, options?: StateOptions): ListState;
  /** A number for each key, and its sum over all keys of the subtask, after a restart too: for `holdings`. */
  counter(name: string): CounterState;
  /**
   * Shows a part of the current key (undefined: the whole key again), until the next row or timer: as a key of its own, written, spilled and read by itself, that goes wherever its key goes. For what would be long
   * under one key and is used bit by bit. A timer that is set meanwhile comes up with the part shown.
   */
  part(value: Value | undefined): void;
  /** What the broadcast inputs wrote (`spec.broadcast`). */
  readonly shared: SharedState;
}

/**
 * The state of no key, read-only. Rows of an input without a key write it by the state that was declared, of the same name; as every subtask gets all rows of a broadcast input, all
 * of them read the same. A name that is not declared (yet) is a bug.
 */
export interface SharedState {
  value(name: string): SharedValue;
  map(name: string): SharedMap;
  list(name: string): SharedList;
}

export interface SharedValue {
  get(): Value;
}

export interface SharedMap {
  get(key: Value): Value | undefined;
  entries(): Iterable<[Value, Value]>;
  readonly size: number;
}

export interface SharedList {
  get(): readonly Value[];
}

export interface StateOptions {
  /** Milliseconds of processing time after the last write (or read, if asked) until the entry is gone: at or before now is over. Each map entry and list element has its own. */
  readonly ttlMs?: number;
  readonly ttlUpdate?: "onWrite" | "onReadAndWrite";
  /** Lists without a TTL: kept as the bytes that a snapshot has. Adding is cheap, memory is what the bytes take, and each `get` decodes: for rows that wait long and are looked at once or twice. */
  readonly compact?: boolean;
  /** False: rows of an open schema are kept without their records' texts, with the fields that were decoded alone. The form stays the same, so it may change with what is wired; what was kept without stays so. */
  readonly texts?: boolean;
}

export interface ValueState {
  get(): Value;
  set(value: Value): void;
  clear(): void;
}

export interface CounterState {
  /** Adds to the current key's number. */
  add(count: number): void;
  readonly total: number;
}

export interface MapState {
  get(key: Value): Value | undefined;
  set(key: Value, value: Value): void;
  delete(key: Value): void;
  take(key: Value): Value | undefined;
  entries(): Iterable<[Value, Value]>;
  readonly size: number;
  clear(): void;
}

export interface ListState {
  add(value: Value): void;
  get(): readonly Value[];
  /** Sets a field of one of the rows that `get` gave last, since when nothing else was done with the list. For lists without a TTL. */
  setField(index: number, name: string, value: Value): void;
  set(values: readonly Value[]): void;
  clear(): void;
}

/** A list without a TTL that is kept as bytes. */
export interface CompactListState extends ListState {
  /** Elements under all keys of the subtask, after a restart too: for `holdings`. */
  readonly total: number;
}

export interface Timers {
  /** The operator's merged input watermark. */
  readonly watermark: Millis;
  /** Timers of all keys that are set, and cancelled ones that did not come up yet. */
  readonly pending: { readonly event: number; readonly processing: number };
  /** A timer for the current key; one per time. A time at or before the watermark fires at the next watermark. */
  atEventTime(time: Millis): void;
  atProcessingTime(time: Millis): void;
  cancelEventTime(time: Millis): void;
  cancelProcessingTime(time: Millis): void;
}
