/**
 * What the checker makes of an expression: every node has a type, every operator and function is resolved to what computes it, every implicit conversion is
 * a node of its own. The compiler needs to know nothing but these few kinds.
 */
import type { DataType, Value } from "../schema/index.ts";
import type { ExpressionSettings, TextRange } from "./api.ts";

export type Typed = {
  readonly dataType: DataType;
  readonly range: TextRange;
  /** Flink declares the value NOT NULL, though it may be NULL; so it is nullable here, and only here. */
  readonly undeclaredNull?: true;
  /** What the node was made of; nodes of the same text have the same value for a row. */
  readonly text?: string;
} & (
  | { readonly kind: "constant"; readonly value: Value }
  /** A field of the row, or of a row inside it; of a VARIANT when `variant`, where it may be anything. */
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "member"; readonly of: Typed; readonly name: string; readonly variant: boolean }
  | { readonly kind: "logic"; readonly operator: "AND" | "OR"; readonly operands: readonly Typed[] }
  /** The first branch whose condition is TRUE. */
  | { readonly kind: "case"; readonly branches: readonly { readonly when: Typed; readonly result: Typed }[]; readonly otherwise: Typed }
  /** Computes `value` once; `slot` nodes with the same name in `body` stand for it. */
  | { readonly kind: "let"; readonly slot: symbol; readonly value: Typed; readonly body: Typed }
  | { readonly kind: "slot"; readonly slot: symbol }
  | ApplyNode
  /** Gives NULL where computing the operand is a row error. */
  | { readonly kind: "try"; readonly operand: Typed }
);

export interface ApplyNode {
  readonly kind: "apply";
  readonly args: readonly Typed[];
  readonly compute: Compute;
}

/** How a value is computed from the values of the arguments. */
export interface Compute {
  /** "strict" (default): NULL if any argument is; the implementation never sees one. "passed": it gets them. */
  readonly nulls?: "strict" | "passed";
  /** JavaScript over the arguments' variables, made of nothing but those and literals of ours. */
  readonly inline?: (...variables: string[]) => string;
  /** What the result is for arguments that are numbers, if it stays below the limit in size; `make` does the rest. JavaScript as for `inline`. */
  readonly quick?: { readonly code: (...variables: string[]) => string; readonly limit: number } | undefined;
  /** Made once per compiled expression. With `usesContext` the context is its last argument. */
  readonly make?: (settings: ExpressionSettings) => (...values: never[]) => Value;
  readonly usesContext?: boolean;
  /** May give NULL though no argument is; "undeclared" where Flink declares the result NOT NULL all the same. */
  readonly mayBeNull?: boolean | "undeclared";
  /** Gives something else each time, so that it is not computed ahead of the rows. */
  readonly volatile?: true;
}

export function constant(value: Value, dataType: DataType, range: TextRange): Typed {
  return { kind: "constant", value, dataType, range };
}

export function apply(args: readonly Typed[], compute: Compute, dataType: DataType, range: TextRange): Typed {
  const { nulls, mayBeNull } = compute;
  const nullArgs = nulls === "passed" ? [] : args.filter((arg) => arg.dataType.nullable !== false);
  const nullable = Boolean(mayBeNull) || nullArgs.length > 0;
  const undeclared = nullable && mayBeNull !== true && nullArgs.every((arg) => arg.undeclaredNull);
  return { kind: "apply", args, compute, dataType: withNullable(dataType, nullable), range, ...(undeclared && { undeclaredNull: true }) };
}

/** For a value that is one of the others: nullable if one of them is, and undeclared only if all that are nullable are. */
export function nullabilityOf(dataType: DataType, parts: readonly Typed[]): Pick<Typed, "dataType" | "undeclaredNull"> {
  const nullParts = parts.filter((part) => part.dataType.nullable !== false);
  const undeclared = nullParts.length > 0 && nullParts.every((part) => part.undeclaredNull);
  return { dataType: withNullable(dataType, nullParts.length > 0), ...(undeclared && { undeclaredNull: true }) };
}

/** A bare NULL, which is of every type; a NULL that was cast has its own. */
export function isNullConstant(typed: Typed): boolean {
  return typed.dataType.type === "NULL";
}

export function withNullable(dataType: DataType, nullable: boolean): DataType {
  if (nullable === (dataType.nullable !== false)) return dataType;
  if (!nullable) return { ...dataType, nullable: false };
  const { nullable: _, ...rest } = dataType;
  return rest as DataType;
}
