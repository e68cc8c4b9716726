/** An expression laid out for reading: words in capitals, spaces as everybody sets them, long conditions, branches and arguments on lines of their own. */

import { parse } from "./check.ts";
import { operandOfLogic, print } from "./print.ts";
import { ExpressionFailure } from "./problems.ts";
import type { Expression } from "./syntax.ts";
import { tokenize } from "./tokens.ts";

/** Lines up to this many characters where the expression can be parted. */
const WIDTH = 100;

/** It means the same. Undefined where the text does not parse, and where it has comments, which would be lost. */
export function formatExpression(text: string, width = WIDTH): string | undefined {
  try {
    const expression = parse(text);
    return hasComments(text) ? undefined : laidOut(expression, width, "");
  } catch (error) {
    if (error instanceof ExpressionFailure) return undefined;
    throw error;
  }
}

function hasComments(text: string): boolean {
  let at = 0;
  return tokenize(text).some(({ start, end }) => {
    const between = text.slice(at, start);
    at = end;
    return between.trim() !== "";
  });
}

const INDENT = "  ";

/** `indent` stands before every line but the first. */
function laidOut(expression: Expression, width: number, indent: string): string {
  const flat = print(expression);
  if (indent.length + flat.length <= width) return flat;
  const inner = indent + INDENT;
  const line = (one: Expression, at = inner) => laidOut(one, width, at);
  switch (expression.kind) {
    case "logic": {
      const operands = expression.operands.map((one) => (one.kind === "logic" ? grouped(one, width, indent) : line(one, indent)));
      return operands.join(`\n${indent}${expression.operator} `);
    }
    case "case": {
      const { operand, branches, otherwise } = expression;
      const lines = branches.map(
        ({ when, result }) => `WHEN ${when.map((one) => line(one, inner + INDENT)).join(", ")} THEN ${line(result, inner + INDENT)}`,
      );
      if (otherwise) lines.push(`ELSE ${line(otherwise, inner + INDENT)}`);
      return `CASE${operand ? ` ${print(operand)}` : ""}\n${lines.map((one) => `${inner}${one}\n`).join("")}${indent}END`;
    }
    case "in": {
      const head = print({ ...expression, list: [] }).slice(0, -1);
      return block(
        head,
        expression.list.map((one) => line(one)),
        ")",
        indent,
      );
    }
    case "array":
    case "map":
      return block(
        `${expression.kind.toUpperCase()}[`,
        expression.items.map((one) => line(one)),
        "]",
        indent,
      );
    case "row":
      return block(
        "ROW(",
        expression.items.map((one) => line(one)),
        ")",
        indent,
      );
    case "call":
      return isPlain(expression, flat)
        ? block(
            `${expression.name}(`,
            expression.args.map((one) => line(one)),
            ")",
            indent,
          )
        : flat;
    default:
      return flat;
  }
}

/** The other of AND and OR, in parentheses. */
function grouped(expression: Expression, width: number, indent: string): string {
  const flat = operandOfLogic(expression);
  return indent.length + flat.length <= width ? flat : block("(", [laidOut(expression, width, indent + INDENT)], ")", indent);
}

function block(open: string, lines: readonly string[], close: string, indent: string): string {
  return `${open}\n${lines.map((line) => `${indent}${INDENT}${line}`).join(",\n")}\n${indent}${close}`;
}

/** Written as name(a, b), without words between the arguments. */
function isPlain(call: Expression & { readonly kind: "call" }, flat: string): boolean {
  return call.args.length > 0 && flat === `${call.name}(${call.args.map(print).join(", ")})`;
}
