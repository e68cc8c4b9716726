/**
 * A function is described once: name, signatures, help, an example with its result, and what computes it. Checker, completion, documentation and tests all read this.
 */
import type { Words } from "../../node/spec.ts";
import type { DataType } from "../../schema/index.ts";
import type { ExpressionSettings } from "../api.ts";
import type { Scope } from "../scope.ts";
import type { Expression, JsonClauses } from "../syntax.ts";
import type { Compute, Typed } from "../typed-tree.ts";

export interface FunctionDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: FunctionGroup;
  readonly help: Words;
  /** An expression without fields and what `formatValue` prints of its value. */
  readonly example: { readonly text: string; readonly result: string };
  readonly signatures: readonly Signature[];
  /** Written without parentheses: CURRENT_DATE. */
  readonly niladic?: true;
}

export type FunctionGroup =
  | "condition"
  | "text"
  | "pattern"
  | "encoding"
  | "number"
  | "time"
  | "json"
  | "collection"
  | "conversion"
  | "aggregate";

export interface Signature {
  readonly params: readonly Param[];
  /** Any number of further arguments. */
  readonly rest?: Param;
  readonly returns: DataType | ((call: TypedCall) => DataType);
  /** What computes it, or (`build`) the tree it stands for. */
  readonly compute?: Compute | ((call: TypedCall) => Compute);
  readonly build?: (call: TypedCall) => Typed;
  /** How it is written where that is not name(a, b): "EXTRACT(unit FROM time)". */
  readonly shape?: string;
}

export interface Param {
  readonly name: string;
  readonly family: Family;
  readonly optional?: true;
  /** One of these words, for family "WORD". */
  readonly words?: readonly string[];
}

/** What an argument may be. Numbers widen to DOUBLE where that is asked; nothing else converts by itself. */
export type Family =
  | "STRING"
  | "BYTES"
  | "STRING or BYTES"
  | "NUMBER"
  | "DOUBLE"
  | "INTEGER"
  /** INT and what widens to it. */
  | "INT"
  | "STRING or NUMBER"
  | "BOOLEAN"
  | "DATE"
  | "TIMESTAMP"
  | "TIME POINT"
  | "INTERVAL"
  | "ARRAY"
  | "ARRAY of STRING"
  | "MAP"
  | "ANY"
  | "WORD";

export interface TypedCall {
  readonly name: string;
  /** Converted as the families ask; words are constants with their text. */
  readonly args: readonly Typed[];
  readonly types: readonly DataType[];
  /** The arguments as they are written. */
  readonly given: readonly Expression[];
  readonly json: JsonClauses | undefined;
  /** Whether the call is a part of JSON_OBJECT or JSON_ARRAY. */
  readonly inJson: boolean;
  readonly range: { readonly start: number; readonly end: number };
  readonly settings: ExpressionSettings;
  readonly scope: Scope;
}

export const STRING: DataType = { type: "STRING" };
export const INT: DataType = { type: "INT" };
export const BIGINT: DataType = { type: "BIGINT" };
export const DOUBLE: DataType = { type: "DOUBLE" };
export const BOOLEAN: DataType = { type: "BOOLEAN" };
export const BYTES: DataType = { type: "BYTES" };
export const DATE: DataType = { type: "DATE" };

export const param = (name: string, family: Family): Param => ({ name, family });
export const optional = (name: string, family: Family): Param => ({ name, family, optional: true });
export const word = (name: string, words: readonly string[]): Param => ({ name, family: "WORD", words });

/** The constant text of an argument; undefined when it comes with the rows. */
export function constantText(typed: Typed | undefined): string | undefined {
  return typed?.kind === "constant" && typeof typed.value === "string" ? typed.value : undefined;
}
export function constantNumber(typed: Typed | undefined): number | undefined {
  return typed?.kind === "constant" && typeof typed.value === "number" ? typed.value : undefined;
}

/** "LPAD(text, length, fill)", optional parameters in brackets. */
export function signatureText(definition: FunctionDefinition, signature: Signature): string {
  if (signature.shape) return signature.shape;
  if (definition.niladic) return definition.name;
  const given = signature.params.map(({ name, optional }) => (optional ? `[${name}]` : name));
  return `${definition.name}(${[...given, ...(signature.rest ? [`${signature.rest.name} …`] : [])].join(", ")})`;
}
