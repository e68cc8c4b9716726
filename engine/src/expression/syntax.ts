/** What a text says, before anything is known of its fields: the untyped tree that the parser builds, and that `print` writes back. */
import type { DataType } from "../schema/index.ts";
import type { TextRange } from "./api.ts";

export type Expression = (
  | Literal
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "member"; readonly of: Expression; readonly name: string }
  | { readonly kind: "index"; readonly of: Expression; readonly index: Expression }
  | { readonly kind: "unary"; readonly operator: "+" | "-" | "NOT"; readonly operand: Expression }
  | { readonly kind: "binary"; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  /** Flat, so that a thousand conditions in a row are no deep tree. */
  | { readonly kind: "logic"; readonly operator: "AND" | "OR"; readonly operands: readonly Expression[] }
  | { readonly kind: "is"; readonly operand: Expression; readonly what: IsWhat; readonly not: boolean }
  | { readonly kind: "distinct"; readonly left: Expression; readonly right: Expression; readonly not: boolean }
  | {
      readonly kind: "between";
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly not: boolean;
      readonly symmetric: boolean;
    }
  | { readonly kind: "in"; readonly operand: Expression; readonly list: readonly Expression[]; readonly not: boolean }
  | {
      readonly kind: "like";
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escapedBy: Expression | undefined;
      readonly not: boolean;
      readonly similar: boolean;
    }
  | {
      readonly kind: "case";
      readonly operand: Expression | undefined;
      readonly branches: readonly CaseBranch[];
      readonly otherwise: Expression | undefined;
    }
  | {
      readonly kind: "cast";
      readonly operand: Expression;
      readonly target: DataType;
      readonly tries: boolean;
      /** Of an interval with a single unit, in which a number counts. */
      readonly unit: IntervalUnit | undefined;
    }
  /** Functions with words between their arguments (EXTRACT, FLOOR … TO, TRIM) have those words among `args`. */
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly Expression[];
      readonly json?: JsonClauses;
      readonly over?: AggregateClauses;
    }
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "array" | "map" | "row"; readonly items: readonly Expression[] }
) & { readonly range: TextRange };

export type Literal =
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "bytes"; readonly hex: string }
  /** As written: "12", "1.50", "2e3"; the form decides the type. */
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "datetime"; readonly type: "DATE" | "TIME" | "TIMESTAMP"; readonly text: string }
  | {
      readonly kind: "interval";
      readonly text: string;
      readonly negative: boolean;
      readonly from: IntervalUnit;
      readonly to: IntervalUnit | undefined;
    };

export type BinaryOperator = "=" | "<>" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%" | "||" | "OVERLAPS";
export type IsWhat = "NULL" | "TRUE" | "FALSE" | "UNKNOWN" | "JSON" | "JSON OBJECT" | "JSON ARRAY" | "JSON SCALAR";
export const INTERVAL_UNITS = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "WEEK", "QUARTER"] as const;
export type IntervalUnit = (typeof INTERVAL_UNITS)[number];
export interface CaseBranch {
  /** Several only in the form with an operand: `CASE x WHEN 1, 2 THEN …`. */
  readonly when: readonly Expression[];
  readonly result: Expression;
}

/** What only aggregates have: COUNT(*), SUM(DISTINCT x), … FILTER (WHERE condition). */
export interface AggregateClauses {
  readonly star?: true;
  readonly distinct?: true;
  readonly filter?: Expression;
}

/** What stands behind the path of JSON_VALUE and its like. */
export interface JsonClauses {
  readonly returning?: DataType;
  readonly wrapper?: "WITHOUT" | "CONDITIONAL" | "UNCONDITIONAL";
  readonly onEmpty?: JsonBehaviour;
  readonly onError?: JsonBehaviour;
  /** JSON_OBJECT and JSON_ARRAY: whether NULL members are written. */
  readonly nulls?: "NULL" | "ABSENT";
}
export type JsonBehaviour =
  | { readonly do: "NULL" | "ERROR" | "TRUE" | "FALSE" | "UNKNOWN" | "EMPTY ARRAY" | "EMPTY OBJECT" }
  | { readonly do: "DEFAULT"; readonly value: Expression };

/** Deepest nesting that is read; far below what any stack holds. */
export const MAX_NESTING = 300;
/** Longest text that is read, in UTF-16 units. */
export const MAX_LENGTH = 200_000;

/** Words that begin or continue something, so that as names of fields they need backticks. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  "AND OR NOT IS IN LIKE SIMILAR BETWEEN CASE WHEN THEN ELSE END NULL TRUE FALSE UNKNOWN AS ESCAPE OVERLAPS FROM SELECT WHERE".split(" "),
);
