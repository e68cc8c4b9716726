/** What stands at a place of an expression: the innermost part there, its type, its value where it is constant, what it means. What a hover shows. */
import type { DataType, Schema } from "../schema/index.ts";
import type { ExpressionSettings, TextRange } from "./api.ts";
import { checkPart, parse } from "./check.ts";
import { childrenOf } from "./children.ts";
import { pathBefore } from "./complete.ts";
import { functionNamed } from "./functions/table.ts";
import { functionHelp, type Help, helpOfExpression } from "./help.ts";
import { ExpressionFailure } from "./problems.ts";
import type { Expression } from "./syntax.ts";
import type { Typed } from "./typed-tree.ts";
import { formatValue } from "./values/format-value.ts";

/** What an expression is written over. */
export interface ExpressionPlace {
  /** Of the rows. */
  readonly schema: Schema;
  readonly settings: ExpressionSettings;
  /** For an expression over groups of rows: the fields that a group has beside its aggregates. Without it no aggregate may stand. */
  readonly groups?: Schema;
}

export interface PartDescription {
  /** Of the innermost part of the text around the place. */
  readonly range: TextRange;
  /** Undefined where the part cannot be typed: `check` says why. */
  readonly dataType: DataType | undefined;
  /** As CAST to STRING prints it, where no row can change it. */
  readonly constant: string | undefined;
  /** The field of the row that it is: ["page", "page_id"]. */
  readonly path: readonly string[] | undefined;
  /** Of a function, an operator or a form. */
  readonly help: Help | undefined;
}

/** Undefined where nothing stands, and within comments. A text that does not parse is read up to the end of the name at the place. */
export function describeAt(text: string, offset: number, place: ExpressionPlace): PartDescription | undefined {
  let tree: Expression;
  try {
    tree = parse(text);
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    return describeName(text, offset, place);
  }
  const { part, isInAggregate } = innermost(tree, offset);
  if (!contains(part.range, offset)) return undefined;
  const typed = checkPart(text, tree, part, place, isInAggregate);
  return {
    range: part.range,
    dataType: typed?.dataType,
    constant: typed && constantOf(typed, place.settings),
    path: pathOf(part, place, isInAggregate),
    help: helpOf(part, typed === undefined || typed.kind === "field"),
  };
}

/** Words between arguments (units, BOTH) belong to their call. */
function innermost(tree: Expression, offset: number): { readonly part: Expression; readonly isInAggregate: boolean } {
  let part = tree;
  let isInAggregate = false;
  for (;;) {
    const around = childrenOf(part).filter((child) => child.kind !== "word" && contains(child.range, offset));
    const inside = around.find(({ range }) => offset < range.end) ?? around[0];
    if (!inside) return { part, isInAggregate };
    isInAggregate ||= part.kind === "call" && functionNamed(part.name)?.group === "aggregate";
    part = inside;
  }
}

function contains({ start, end }: TextRange, offset: number): boolean {
  return offset >= start && offset <= end;
}

function constantOf(typed: Typed, settings: ExpressionSettings): string | undefined {
  return typed.kind === "constant" ? formatValue(typed.value, typed.dataType, settings) : undefined;
}

function pathOf(part: Expression, { schema, settings, groups }: ExpressionPlace, isInAggregate: boolean): readonly string[] | undefined {
  const steps = stepsOf(part);
  const row = groups && !isInAggregate ? groups : schema;
  if (!steps) return undefined;
  const [first = "", ...rest] = steps;
  const has = (name: string | undefined) => row.fields.some((field) => field.name === name);
  if (has(first)) return steps;
  return first === settings.rowName && has(rest[0]) ? rest : undefined;
}

function stepsOf(part: Expression): readonly string[] | undefined {
  if (part.kind === "field") return [part.name];
  if (part.kind !== "member" && part.kind !== "index") return undefined;
  const of = stepsOf(part.of);
  return of && [...of, part.kind === "member" ? part.name : "[]"];
}

/** `isName`: a name without parentheses is a function only if it is no field. */
function helpOf(part: Expression, isName: boolean): Help | undefined {
  if (part.kind === "call") return functionHelp(part.name);
  if (part.kind === "field") return isName ? undefined : functionHelp(part.name);
  return helpOfExpression(part);
}

function describeName(text: string, offset: number, { schema }: ExpressionPlace): PartDescription | undefined {
  const rest = /^[\p{L}\p{Nd}_$`]*/u.exec(text.slice(offset))?.[0].length ?? 0;
  const end = offset + rest;
  const found = pathBefore(text, end, schema);
  if (!found) return undefined;
  const { range, path, dataType, name } = found;
  const isCall = /^\s*\(/.test(text.slice(end));
  const help = isCall || dataType === undefined ? functionHelp(name) : undefined;
  if (!help && !dataType) return undefined;
  return { range, dataType: help ? undefined : dataType, constant: undefined, path: help ? undefined : path, help };
}
