/** Filters of JSON paths: `@.price < 10 && (@.name == 'x' || !@.sold)`, `=~`, `in`, `nin`. */
import { type Json, JsonNumber, writeJson } from "./json-document.ts";
import { follow, type Step, stepsOf } from "./json-path.ts";
import type { PathReader } from "./json-path-reader.ts";
import { compilePattern } from "./pattern.ts";

export type Condition = (item: Json, root: Json) => boolean;
type Operand = (item: Json, root: Json) => Json | undefined;

/** Undefined where the text is no filter. */
export function parseCondition(reader: PathReader): Condition | undefined {
  const first = parseAnd(reader);
  if (!first) return undefined;
  const options = [first];
  for (reader.skipSpace(); reader.take("||"); reader.skipSpace()) {
    const next = parseAnd(reader);
    if (!next) return undefined;
    options.push(next);
  }
  return (item, root) => options.some((option) => option(item, root));
}

function parseAnd(reader: PathReader): Condition | undefined {
  const first = parseNot(reader);
  if (!first) return undefined;
  const all = [first];
  for (reader.skipSpace(); reader.take("&&"); reader.skipSpace()) {
    const next = parseNot(reader);
    if (!next) return undefined;
    all.push(next);
  }
  return (item, root) => all.every((one) => one(item, root));
}

function parseNot(reader: PathReader): Condition | undefined {
  reader.skipSpace();
  if (reader.take("!")) {
    const inner = parseNot(reader);
    return inner && ((item, root) => !inner(item, root));
  }
  if (reader.take("(")) {
    const inner = parseCondition(reader);
    reader.skipSpace();
    return inner && reader.take(")") ? inner : undefined;
  }
  return parseComparison(reader);
}

function parseComparison(reader: PathReader): Condition | undefined {
  const left = parseOperand(reader);
  if (!left) return undefined;
  reader.skipSpace();
  const operator = reader.match(/===|!==|==|!=|<=|>=|=~|<|>|nin\b|in\b/iy)?.toLowerCase();
  // A path alone asks whether there is something.
  if (operator === undefined) return (item, root) => left(item, root) !== undefined;
  reader.skipSpace();
  if (operator === "=~") return parsePattern(reader, left);
  const right = parseOperand(reader);
  return right && ((item, root) => compared(operator, left(item, root), right(item, root)));
}

function parsePattern(reader: PathReader, left: Operand): Condition | undefined {
  const written = reader.match(/\/(?:[^/\\]|\\[\s\S])*\/i?/y);
  if (written === undefined) return undefined;
  const end = written.lastIndexOf("/");
  const source = written.slice(1, end);
  const pattern = compilePattern(`^(?:${written.endsWith("i") ? "(?i)" : ""}${source})$`);
  if ("fault" in pattern) return undefined;
  return (item, root) => {
    const value = left(item, root);
    return typeof value === "string" && pattern.exec(value, 0) !== undefined;
  };
}

function parseOperand(reader: PathReader): Operand | undefined {
  reader.skipSpace();
  const path = reader.match(
    /[@$](?:\.\.?(?:\*|[^.[\](){}\s,'"?*@=!<>&|]+(?:\(\))?)|\[\s*(?:\*|-?\d+|'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*")\s*\])*/y,
  );
  if (path !== undefined) {
    const steps = stepsOf(path) as readonly Step[] | undefined;
    return steps && ((item, root) => follow(path.startsWith("@") ? item : root, root, steps));
  }
  const text = reader.quoted();
  if (text !== undefined) return () => text;
  const word = reader.match(/true|false|null/y);
  if (word !== undefined) return () => (word === "null" ? null : word === "true");
  const number = reader.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (number !== undefined) return () => new JsonNumber(number);
  return reader.take("[") ? parseList(reader) : undefined;
}

function parseList(reader: PathReader): Operand | undefined {
  reader.skipSpace();
  if (reader.take("]")) return () => [];
  const items = reader.list(() => parseOperand(reader));
  return items && reader.take("]") ? (item, root) => items.map((one) => one(item, root) ?? null) : undefined;
}

function compared(operator: string, left: Json | undefined, right: Json | undefined): boolean {
  switch (operator) {
    case "==":
    case "===":
      return isSame(left, right);
    case "!=":
    case "!==":
      return !isSame(left, right);
    case "in":
      return left !== undefined && Array.isArray(right) && right.some((one) => isSame(left, one as Json));
    case "nin":
      return left !== undefined && Array.isArray(right) && !right.some((one) => isSame(left, one as Json));
    default: {
      const order = orderOf(left, right);
      if (order === undefined) return false;
      return operator === "<" ? order < 0 : operator === "<=" ? order <= 0 : operator === ">" ? order > 0 : order >= 0;
    }
  }
}

function numberOf(json: Json | undefined): number | undefined {
  if (typeof json === "number") return json;
  return json instanceof JsonNumber ? Number(json.text) : undefined;
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [x, y] = [numberOf(a), numberOf(b)];
  return x !== undefined && y !== undefined ? x === y : writeJson(a) === writeJson(b);
}

/** Numbers with numbers, texts with texts; anything else has no order. */
function orderOf(a: Json | undefined, b: Json | undefined): number | undefined {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  return typeof a === "string" && typeof b === "string" ? (a < b ? -1 : a > b ? 1 : 0) : undefined;
}
