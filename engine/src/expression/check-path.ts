/** Fields, fields of fields, elements of arrays and maps; members of VARIANT. */
import { didYouMean } from "../pipeline/did-you-mean.ts";
import { fieldNamed, type RowShape, type Value, type Values } from "../schema/index.ts";
import type { TextRange } from "./api.ts";
import { convert, refuseVariant } from "./convert.ts";
import { formatType } from "./format-type.ts";
import { failure, shorten } from "./problems.ts";
import { quoteName } from "./quote-name.ts";
import { type Scope, sourceOf } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import { quoteText } from "./tokens.ts";
import { commonType, isInteger, isText } from "./type-rules.ts";
import { apply, type Typed, withNullable } from "./typed-tree.ts";
import { lookUp } from "./values/compare.ts";

type Of<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;
type PathExpression = Of<"field" | "member" | "index">;

/** A typed path, and where in the row it reads; undefined when it starts from a computed value. */
interface Path {
  readonly typed: Typed;
  readonly reads: readonly string[] | undefined;
}

export function checkPath(scope: Scope, expression: PathExpression): Typed {
  const { typed, reads } = walk(scope, expression);
  if (reads) scope.read(reads);
  return typed;
}

function walk(scope: Scope, expression: Expression): Path {
  switch (expression.kind) {
    case "field":
      return rootField(scope, expression);
    case "member":
      if (isRowName(scope, expression.of)) return rootField(scope, { kind: "field", name: expression.name, range: expression.range });
      return member(scope, walk(scope, expression.of), expression);
    case "index":
      return element(scope, walk(scope, expression.of), expression);
    default:
      return { typed: scope.check(expression), reads: undefined };
  }
}

function isRowName({ settings, schema }: Scope, of: Expression): boolean {
  return of.kind === "field" && of.name === settings.rowName && fieldNamed(schema, of.name) === undefined;
}

function rootField(scope: Scope, { name, range }: Of<"field">): Path {
  const field = fieldNamed(scope.schema, name);
  if (!field) throw unknownField(scope.schema, scope.schema, name, range);
  return { typed: { kind: "field", name, dataType: field.dataType, range }, reads: [name] };
}

/** `written` is where the name stands in quotes, for row['name']. */
function member(scope: Scope, of: Path, { name, range }: Of<"member">, written?: TextRange): Path {
  const { dataType } = of.typed;
  const nameRange = written ?? { start: range.end - lastNameLength(scope, range), end: range.end };
  if (dataType.type === "VARIANT")
    return { typed: { kind: "member", of: of.typed, name, variant: true, dataType: { type: "VARIANT" }, range }, reads: of.reads };
  if (dataType.type !== "ROW")
    throw failure(
      "expression.no-member",
      { of: shorten(sourceOf(scope, of.typed.range)), type: formatType(withNullable(dataType, true)), name },
      nameRange,
    );
  const field = fieldNamed(dataType, name);
  if (!field) throw unknownField(scope.schema, dataType, name, nameRange, written ? quoteText : quoteName);
  const nullable = dataType.nullable !== false || field.dataType.nullable !== false;
  const typed: Typed = { kind: "member", of: of.typed, name, variant: false, dataType: withNullable(field.dataType, nullable), range };
  return { typed, reads: of.reads && [...of.reads, name] };
}

/** How long the last name of a path is in the text, backticks and all. */
function lastNameLength(scope: Scope, range: { start: number; end: number }): number {
  const text = sourceOf(scope, range);
  return /(?:`(?:[^`]|``)*`|[^.`\s]+)$/.exec(text)?.[0].length ?? text.length;
}

function element(scope: Scope, of: Path, { index, range }: Of<"index">): Path {
  const { dataType } = of.typed;
  const at = scope.check(index);
  switch (dataType.type) {
    case "ARRAY": {
      refuseVariant(scope, at, { type: "INT" });
      if (!isInteger(at.dataType) && at.dataType.type !== "NULL") throw wrongIndex(scope, of, at, "INT");
      if (at.kind === "constant" && at.value !== null && (at.value as number) < 1)
        throw failure("expression.negative-index", { got: String(at.value) }, at.range, "1");
      const typed = apply([of.typed, at], { make: () => elementAt, mayBeNull: true }, dataType.element, range);
      return { typed, reads: of.reads && [...of.reads, "[]"] };
    }
    case "MAP": {
      refuseVariant(scope, at, dataType.key);
      const key = commonType([dataType.key, at.dataType]);
      if (!key) throw wrongIndex(scope, of, at, formatType(withNullable(dataType.key, true)));
      // A text stays whole: cut to the length of the keys it would find another one's value.
      const isAsItIs = dataType.key.type === "NULL" || (isText(dataType.key) && isText(at.dataType));
      const under = isAsItIs ? at : convert(scope, at, dataType.key);
      const typed = apply([of.typed, under], { make: () => valueUnder, mayBeNull: true }, dataType.value, range);
      return { typed, reads: of.reads };
    }
    case "VARIANT": {
      if (!isInteger(at.dataType) && !isText(at.dataType)) throw wrongIndex(scope, of, at, "INT or STRING");
      return { typed: apply([of.typed, at], { make: () => variantAt, mayBeNull: true }, { type: "VARIANT" }, range), reads: of.reads };
    }
    case "ROW":
      if (index.kind === "string") return member(scope, of, { kind: "member", of: index, name: index.value, range }, index.range);
      break;
    default:
  }
  throw failure(
    "expression.no-element",
    { of: shorten(sourceOf(scope, of.typed.range)), type: formatType(withNullable(dataType, true)) },
    range,
  );
}

function wrongIndex(scope: Scope, of: Path, at: Typed, expected: string) {
  const args = { of: shorten(sourceOf(scope, of.typed.range)), expected, got: formatType(withNullable(at.dataType, true)) };
  return failure("expression.index-type", args, at.range);
}

/** From 1; NULL outside. */
function elementAt(array: readonly Value[], index: number | bigint): Value {
  return array[Number(index) - 1] ?? null;
}

function valueUnder(map: ReadonlyMap<Value, Value>, key: Value): Value {
  return lookUp(map, key) ?? null;
}

function variantAt(value: Value, index: number | bigint | string): Value {
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) return typeof index === "string" ? null : (value[Number(index) - 1] ?? null);
  return typeof index === "string" && Object.hasOwn(value, index) ? ((value as Values)[index] ?? null) : null;
}

/** Depth to which another place with the same name is looked for. */
const SEARCH_DEPTH = 4;

/** The problem, with the field that was probably meant: one of a like name here, or one of this name elsewhere in the row. */
function unknownField(schema: RowShape, row: RowShape, name: string, range: TextRange, quote = quoteName) {
  const known = row.fields.map((field) => field.name);
  const near = didYouMean(name, known);
  const elsewhere = near === undefined ? findPath(schema, name, SEARCH_DEPTH) : undefined;
  const suggestion = near ?? elsewhere?.map(quoteName).join(".");
  const fix = near !== undefined ? quote(near) : row === schema ? suggestion : undefined;
  return failure("expression.unknown-field", { field: name, ...(suggestion && { suggestion }), known: known.slice(0, 20) }, range, fix);
}

function findPath(row: RowShape, name: string, depth: number): string[] | undefined {
  for (const field of row.fields) if (field.name === name) return [name];
  if (depth === 0) return undefined;
  for (const field of row.fields) {
    const inner = field.dataType.type === "ROW" ? findPath(field.dataType, name, depth - 1) : undefined;
    if (inner) return [field.name, ...inner];
  }
  return undefined;
}
