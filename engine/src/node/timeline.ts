/**
 * The one form of test that the product has: node cases, templates and users' tests are all timelines. Plain JSON; values are as in
 * JSON records, BIGINTs beyond 2^53 and DECIMALs as strings or numbers that the schema then reads.
 */
import type { ChangelogMode, RowKind } from "../schema/index.ts";

export interface TimelineTest {
  readonly name: string;
  readonly description?: { readonly en: string; readonly zh: string };
  /** Params of the pipeline for this test. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
}

/** One thing that happens, and what is expected once everything it caused has happened. Exactly one of the members before `expect` is given. */
export interface Step {
  /** Rows into source nodes, by node id (pipelines), or into input ports, by port (node cases). */
  readonly rows?: Readonly<Record<string, readonly InputRow[]>>;
  /** Inputs whose watermark rises: source node id or port, to epoch ms ("max" at the end). */
  readonly watermark?: Readonly<Record<string, number | "max">>;
  /** Inputs that go idle (true) or active (false). */
  readonly idle?: Readonly<Record<string, boolean>>;
  /** The clock moves to this processing time. */
  readonly clock?: number;
  /** These inputs end; true: all. */
  readonly end?: true | readonly string[];
  /** Snapshot, throw everything away, restore. */
  readonly restart?: true;
  /** The same, and go on with so many subtasks. */
  readonly rescale?: number;
  /** What lookup nodes find from now on, by node id (in node cases: "lookup"), in place of the outside system. */
  readonly answers?: Readonly<Record<string, LookupAnswers>>;
  /** Nothing happens, something is only expected. */
  readonly check?: true;
  readonly expect?: Expectation;
}

/** What stands for an outside system that is looked up in: it answers by the clock of the test. Each member holds until a later step gives another. */
export interface LookupAnswers {
  /** Rows by key (for HTTP: answers by path, as JSON or `{ status, body }`); null: there is none any more. Others stay as they are; who watches is told. */
  readonly rows?: Readonly<Record<string, unknown>>;
  /** Milliseconds until an answer; one number for all, or by key. Default 0: at once. */
  readonly delay?: number | Readonly<Record<string, number>>;
  /** Calls fail: so many of the next ones, or (true) all until `false`. */
  readonly fails?: number | boolean;
}

/** A row as given: a JSON record (object), or text for what may be malformed; with anything beside the value said in long form. */
export type InputRow = RowInput;
export interface RowInput {
  /** The record: an object, or a string that is the raw text of the record. Null: a record without a value (tombstone). */
  readonly value: unknown;
  /** Event time, epoch ms; default: 0 for node cases, the clock for pipelines. */
  readonly time?: number;
  readonly kind?: RowKind;
  readonly key?: string;
  readonly partition?: number;
}

export interface Expectation {
  /** Rows that this step emitted, by "node.port" (in node cases: port), or what a sink wrote, by its node id (in node cases: "written"). Ports not named are not looked at; `[]` expects none. */
  readonly rows?: Readonly<Record<string, readonly ExpectedRow[]>>;
  /** Compare rows in order (default: any order). */
  readonly ordered?: boolean;
  /** Counters after this step, since the start: "node.port", "node.dropped.<reason>", "node.in". */
  readonly counters?: Readonly<Record<string, number>>;
  /** What nodes hold after this step, in the names of `NodeSpec.holdings`: "node.name" (in node cases: name). */
  readonly holdings?: Readonly<Record<string, number>>;
  /** Watermarks after this step, by node id (pipelines) or "out". */
  readonly watermark?: Readonly<Record<string, number | "max" | "none">>;
  /** Expressions that must be TRUE for every row this step emitted there. */
  readonly holds?: Readonly<Record<string, string>>;
}

/** Given members must be equal; with `exact: false` further members are allowed. Errors are `{error: message, value: row or text}`. */
export interface ExpectedRow {
  readonly value: unknown;
  readonly time?: number;
  readonly kind?: RowKind;
  readonly exact?: false;
  /** Only for what a sink wrote (place: the sink's node id): the record's key and, where computed, its target. */
  readonly key?: string;
  readonly target?: string;
}

export interface NodeCase {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Schema of each input port, as `parseSchema` reads it: "mid STRING, ts BIGINT, page ROW<page_id STRING>". Default: inferred from the first rows. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** What the rows of an input may do; left out: nothing but be inserted, as far as anybody knows. */
  readonly changelogs?: Readonly<Record<string, ChangelogMode>>;
  /** Declared schemas that params name, in the same words. */
  readonly schemas?: Readonly<Record<string, string>>;
  readonly timeZone?: string;
  readonly steps?: readonly Step[];
  /** Why a restart between its steps changes what is expected (what is remembered outside of the state, when calls are made): it is then played without. */
  readonly changedByRestart?: string;
  /** Short form: what all steps together emitted, by port. */
  readonly emits?: readonly (readonly [port: string, value: unknown, time?: number])[];
  /** The params are refused with exactly this English message (of one of the problems). */
  readonly invalid?: string;
}

/** Short forms for cases. */
export function row(time: number, value: Readonly<Record<string, unknown>> | string, port = "in"): Step {
  return { rows: { [port]: [{ value, time }] } };
}
export function watermark(time: number | "max", port = "in"): Step {
  return { watermark: { [port]: time } };
}
