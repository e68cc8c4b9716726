/**
 * The language's front door: one grammar, one checker, one compiler for the server, the command line and the browser.
 */
import type { Problem } from "../pipeline/problem.ts";
import type { DataType, Schema, Value, Values } from "../schema/index.ts";

/** Settings of the pipeline that expressions depend on. */
export interface ExpressionSettings {
  /** IANA name; never the host's zone. */
  readonly timeZone: string;
  /** What the row as a whole is called, so that `orders.amount` is its field `amount`; a field of that name comes first. */
  readonly rowName?: string;
}

/** Position in the expression's text, from 0, end exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A problem in an expression: code and arguments as everywhere; the caller adds node and path. Codes start with "expression.". */
export type ExpressionProblem = Omit<Problem, "nodeId" | "path"> & { readonly range: TextRange };

/** The typed tree is opaque to other rooms; `compile` takes it. */
export interface CheckedExpression {
  readonly text: string;
  readonly dataType: DataType;
  /** As Flink declares it: NOT NULL also where Flink gives NULL all the same (a DECIMAL beyond 38 digits, a pattern that is none). */
  readonly declaredType: DataType;
  /** Paths of the fields it reads: ["page", "page_id"]; an array's element is "[]". */
  readonly reads: readonly (readonly string[])[];
  /** A row gives the same value whenever it is computed; false with CURRENT_TIMESTAMP, CURRENT_WATERMARK, RAND and their like. */
  readonly isRepeatable: boolean;
  readonly tree: unknown;
  /** Of an expression over matched rows: what it asks of them. */
  readonly lookups?: readonly CheckedLookup[];
}

export interface CheckResult {
  /** Undefined when there are errors. */
  readonly checked: CheckedExpression | undefined;
  readonly problems: readonly ExpressionProblem[];
}

/** One aggregate of an expression over a group of rows. */
export interface CheckedAggregate {
  readonly text: string;
  /** The field under which the expression reads the aggregate's value. */
  readonly field: string;
  /** In capitals: "COUNT"; without arguments it counts rows. */
  readonly name: string;
  readonly distinct: boolean;
  /** Over the rows of the group. */
  readonly args: readonly CheckedExpression[];
  /** Rows that do not fulfil it do not count. */
  readonly filter: CheckedExpression | undefined;
  readonly dataType: DataType;
}

export interface AggregateCheckResult extends CheckResult {
  /** In the order in which they stand; equal ones are one. */
  readonly aggregates: readonly CheckedAggregate[];
}

/** What an expression over matched rows asks of them; the expression reads the answer under the field's name. */
export type CheckedLookup = {
  readonly field: string;
  /** Of the rows of this step; undefined: of all. */
  readonly step: string | undefined;
  /** Nullable: there may be no such row. */
  readonly dataType: DataType;
} & (
  | { readonly kind: "value"; readonly place: LookupPlace; readonly value: CheckedExpression }
  | { readonly kind: "aggregate"; readonly aggregate: CheckedAggregate }
);

/** So many rows after the first, or before the last. */
export interface LookupPlace {
  readonly from: "first" | "last";
  readonly offset: number;
}

/** What a compiled expression may ask of its surroundings while it runs. */
export interface EvalContext {
  /** Event time of the row, epoch ms. */
  readonly time: number;
  /** Injected clock, epoch ms. */
  now(): number;
  /** Numbers from 0 up to 1 for RAND and its like, from a seed when a run must be repeatable; the host's without it. */
  random?(): number;
  /** Epoch ms; undefined before the first watermark. */
  readonly watermark?: number | undefined;
}

/** Throws `RowError` (code "expression.…", message with the value) where the row cannot be computed. */
export type Compiled = (row: Values, context: EvalContext) => Value;

/** Signatures that `index.ts` exports. */
export interface ExpressionApi {
  check(text: string, schema: Schema, settings: ExpressionSettings): CheckResult;
  compile(checked: CheckedExpression, settings: ExpressionSettings): Compiled;
  /** A type in SQL's words ("ROW<mid STRING NOT NULL, ts BIGINT>"), or problems. */
  parseType(text: string): { dataType: DataType } | { problem: ExpressionProblem };
  /** "mid STRING, ts BIGINT" as a schema. */
  parseSchema(text: string): { schema: Schema } | { problem: ExpressionProblem };
  formatType(dataType: DataType): string;
  /** As Flink's CAST to STRING prints a value. */
  formatValue(value: Value, dataType: DataType, settings: ExpressionSettings): string;
}
