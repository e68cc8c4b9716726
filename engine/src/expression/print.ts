/**
 * An expression as text again: reserved names quoted, words in capitals, parentheses where they are needed and where people are unsure (an AND within an OR, two
 * comparisons). Parsing the text gives the same expression.
 */
import { formatType } from "./format-type.ts";
import { POWER } from "./power.ts";
import { quoteName } from "./quote-name.ts";
import type { Expression, JsonBehaviour, JsonClauses } from "./syntax.ts";
import { quoteText } from "./tokens.ts";

type Of<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;

export function print(expression: Expression): string {
  switch (expression.kind) {
    case "null":
      return "NULL";
    case "boolean":
      return expression.value ? "TRUE" : "FALSE";
    case "number":
      return expression.text;
    case "string":
      return quoteText(expression.value);
    case "bytes":
      return `x'${expression.hex}'`;
    case "datetime":
      return `${expression.type} ${quoteText(expression.text)}`;
    case "interval":
      return `INTERVAL ${expression.negative ? "-" : ""}${quoteText(expression.text)} ${expression.from}${expression.to ? ` TO ${expression.to}` : ""}`;
    case "field":
      return quoteName(expression.name);
    case "member":
      return `${operand(expression.of)}.${quoteName(expression.name)}`;
    case "index":
      return `${operand(expression.of)}[${print(expression.index)}]`;
    case "unary":
      return expression.operator === "NOT"
        ? `NOT ${operand(expression.operand, POWER.NOT)}`
        : `${expression.operator}${operand(expression.operand, POWER.SIGN)}`;
    case "binary":
      return printBinary(expression);
    case "logic":
      return expression.operands.map((one) => operandOfLogic(one)).join(` ${expression.operator} `);
    case "cast":
      return `${expression.tries ? "TRY_CAST" : "CAST"}(${print(expression.operand)} AS ${expression.unit ? `INTERVAL ${expression.unit}` : formatType(expression.target)})`;
    case "call":
      return printCall(expression);
    case "word":
      return expression.word;
    case "array":
    case "map":
      return `${expression.kind.toUpperCase()}[${expression.items.map(print).join(", ")}]`;
    case "row":
      return `ROW(${expression.items.map(print).join(", ")})`;
    case "case":
      return printCase(expression);
    default:
      return printPredicate(expression);
  }
}

const ATOMS: ReadonlySet<Expression["kind"]> = new Set([
  "null",
  "boolean",
  "number",
  "string",
  "bytes",
  "field",
  "member",
  "index",
  "cast",
  "call",
  "array",
  "map",
  "row",
  "case",
]);

/** In parentheses unless it binds more than `power`: by default always, but for what nothing can tear apart. */
function operand(expression: Expression, power: number = POWER.SIGN): string {
  return powerOf(expression) > power ? print(expression) : `(${print(expression)})`;
}

/** Conditions stand bare beside AND and OR; the other of the two does not. */
export function operandOfLogic(expression: Expression): string {
  return expression.kind === "logic" ? `(${print(expression)})` : print(expression);
}

function powerOf(expression: Expression): number {
  if (ATOMS.has(expression.kind)) return Number.POSITIVE_INFINITY;
  switch (expression.kind) {
    case "binary":
      return powerOfBinary(expression.operator);
    case "is":
    case "distinct":
      return POWER.IS;
    case "between":
    case "in":
    case "like":
      return POWER.BETWEEN;
    case "unary":
      return expression.operator === "NOT" ? POWER.NOT : POWER.SIGN;
    case "datetime":
    case "interval":
      return Number.POSITIVE_INFINITY;
    default:
      return 0;
  }
}

function powerOfBinary(operator: Of<"binary">["operator"]): number {
  if (operator === "+" || operator === "-") return POWER.ADD;
  return operator === "*" || operator === "/" || operator === "%" || operator === "||" ? POWER.MULTIPLY : POWER.COMPARE;
}

/** Chains of sums and of products need no parentheses on the left; `||` beside others, and comparisons of comparisons, get them. */
function printBinary({ operator, left, right }: Of<"binary">): string {
  const power = powerOfBinary(operator);
  const isChain = left.kind === "binary" && power !== POWER.COMPARE && (left.operator === "||") === (operator === "||");
  const first = isChain ? operand(left, power - 1) : operand(left, power);
  return operator === "OVERLAPS" ? `${period(left)} OVERLAPS ${period(right)}` : `${first} ${operator} ${operand(right, power)}`;
}

function period(expression: Expression): string {
  return expression.kind === "row" && expression.items.length > 1 ? `(${expression.items.map(print).join(", ")})` : operand(expression);
}

function printPredicate(expression: Of<"is" | "distinct" | "between" | "in" | "like">): string {
  const not = expression.not ? "NOT " : "";
  switch (expression.kind) {
    case "is":
      return `${operand(expression.operand, POWER.IS)} IS ${not}${expression.what}`;
    case "distinct":
      return `${operand(expression.left, POWER.IS)} IS ${not}DISTINCT FROM ${operand(expression.right, POWER.COMPARE)}`;
    case "between": {
      const kind = expression.symmetric ? "BETWEEN SYMMETRIC" : "BETWEEN";
      return `${tight(expression.operand)} ${not}${kind} ${tight(expression.low)} AND ${tight(expression.high)}`;
    }
    case "in":
      return `${tight(expression.operand)} ${not}IN (${expression.list.map(print).join(", ")})`;
    case "like": {
      const like = `${tight(expression.operand)} ${not}${expression.similar ? "SIMILAR TO" : "LIKE"} ${tight(expression.pattern)}`;
      return expression.escapedBy ? `${like} ESCAPE ${tight(expression.escapedBy)}` : like;
    }
  }
}

/** What may stand beside BETWEEN, IN and LIKE. */
function tight(expression: Expression): string {
  return operand(expression, POWER.BETWEEN);
}

function printCase({ operand: value, branches, otherwise }: Of<"case">): string {
  const parts = ["CASE", ...(value ? [operand(value)] : [])];
  for (const { when, result } of branches) parts.push("WHEN", when.map(print).join(", "), "THEN", print(result));
  if (otherwise) parts.push("ELSE", print(otherwise));
  return [...parts, "END"].join(" ");
}

/** Words between the arguments, by the function's name. */
const SEPARATORS: Readonly<Record<string, readonly string[]>> = {
  SUBSTRING: ["FROM", "FOR"],
  POSITION: ["IN"],
  OVERLAY: ["PLACING", "FROM", "FOR"],
};

function printCall({ name, args, json, over }: Of<"call">): string {
  if (over) {
    const inside = over.star ? "*" : `${over.distinct ? "DISTINCT " : ""}${args.map(print).join(", ")}`;
    return `${name}(${inside})${over.filter ? ` FILTER (WHERE ${print(over.filter)})` : ""}`;
  }
  const clauses = json ? printClauses(json) : "";
  const separators = Object.hasOwn(SEPARATORS, name) ? SEPARATORS[name] : undefined;
  // POSITION(a IN b) reads its first argument tighter than IN binds.
  if (separators) return `${name}(${args.map((arg, i) => `${i ? ` ${separators[i - 1] ?? ","} ` : ""}${operand(arg)}`).join("")})`;
  const [first, ...rest] = args;
  if (name === "EXTRACT") return `EXTRACT(${args.map(print).join(" FROM ")})`;
  if (name === "TRIM" && first?.kind === "word")
    return `TRIM(${print(first)} ${rest.length > 1 ? `${print(rest[0] as Expression)} ` : ""}FROM ${print(rest.at(-1) as Expression)})`;
  if (name === "JSON_OBJECT") return `JSON_OBJECT(${pairs(args)}${clauses})`;
  const isRounding = args[1]?.kind === "word" && (name === "FLOOR" || name === "CEIL");
  return `${name}(${args.map(print).join(isRounding ? " TO " : ", ")}${clauses})`;
}

function pairs(args: readonly Expression[]): string {
  const printed: string[] = [];
  for (let i = 0; i < args.length; i += 2) printed.push(`KEY ${operand(args[i] as Expression)} VALUE ${print(args[i + 1] as Expression)}`);
  return printed.join(", ");
}

function printClauses({ returning, wrapper, onEmpty, onError, nulls }: JsonClauses): string {
  const parts: string[] = [];
  if (returning) parts.push(`RETURNING ${formatType(returning)}`);
  if (wrapper) parts.push(wrapper === "WITHOUT" ? "WITHOUT WRAPPER" : `WITH ${wrapper} WRAPPER`);
  if (onEmpty) parts.push(`${printBehaviour(onEmpty)} ON EMPTY`);
  if (onError) parts.push(`${printBehaviour(onError)} ON ERROR`);
  if (nulls) parts.push(`${nulls} ON NULL`);
  return parts.length > 0 ? ` ${parts.join(" ")}` : "";
}

function printBehaviour(behaviour: JsonBehaviour): string {
  return behaviour.do === "DEFAULT" ? `DEFAULT ${print(behaviour.value)}` : behaviour.do;
}
