/**
 * Schemas of outputs, made from those of inputs: finding, setting and removing a field along a path, and whether two types hold their values alike.
 */
import { formatType } from "@millrace/engine/expression";
import type { InferContext } from "@millrace/engine/node";
import { didYouMean, type Problem, problem } from "@millrace/engine/pipeline";
import type { DataType, Field, RowShape, Schema, Value, Values } from "@millrace/engine/schema";

type Path = readonly (string | number)[];
type Raise = (found: Omit<Problem, "nodeId">) => void;

/** Type of the field at `path` ("page.page_id"); undefined when there is none. */
export function fieldType(schema: DataType, path: string): DataType | undefined {
  return path
    .split(".")
    .reduce<DataType | undefined>(
      (type, name) => (type?.type === "ROW" ? type.fields.find((field) => field.name === name)?.dataType : undefined),
      schema,
    );
}

/** As `fieldType`, for a param at `at`; a field that is not there is a problem. */
export function requireField(schema: Schema, path: string, at: Path, raise: Raise): DataType | undefined {
  const dataType = fieldType(schema, path);
  if (dataType === undefined) raise(unknownField(schema, path, at));
  return dataType;
}

function unknownField(schema: Schema, path: string, at: Path): Problem {
  const known = fieldPaths(schema);
  const suggestion = didYouMean(path, known);
  return problem("schema.unknown-field", { field: path, known: known.slice(0, 20), ...(suggestion && { suggestion }) }, { path: at });
}

function fieldPaths(dataType: DataType, prefix = ""): string[] {
  if (dataType.type !== "ROW") return [];
  return dataType.fields.flatMap((field) => [prefix + field.name, ...fieldPaths(field.dataType, `${prefix}${field.name}.`)]);
}

/** The schema with the field at `path` of the given type: replaced where it was, else last. Rows on the way are made; undefined when something else is in the way. */
export function withField(schema: RowShape, path: readonly string[], dataType: DataType): RowShape | undefined {
  const [name, ...rest] = path as [string, ...string[]];
  const index = schema.fields.findIndex((field) => field.name === name);
  const old = schema.fields[index];
  let next = dataType;
  if (rest.length > 0) {
    const inner = old?.dataType ?? { type: "ROW", fields: [] };
    const made = inner.type === "ROW" ? withField(inner, rest, dataType) : undefined;
    if (!made) return undefined;
    next = { ...inner, ...made };
  }
  const field: Field = old ? { ...old, dataType: next } : { name, dataType: next };
  return { ...schema, fields: old ? schema.fields.with(index, field) : [...schema.fields, field] };
}

/** As `withField` for a name with dots; where it goes through what is no row that is a problem at `at`, and the schema stays as it is. */
export function addField<S extends RowShape>(schema: S, name: string, dataType: DataType, at: Path, raise: Raise): S {
  const next = withField(schema, name.split("."), dataType);
  if (next) return next as S;
  raise(
    words(
      at,
      `${quote(name)} goes through a field that is not a row. Choose another name.`,
      `${quote(name)} 经过的字段不是行类型。请换一个名称。`,
    ),
  );
  return schema;
}

/** The schema without the field at `path`; the same where there is none. */
export function withoutField(schema: RowShape, path: readonly string[]): RowShape {
  const [name, ...rest] = path;
  const index = schema.fields.findIndex((field) => field.name === name);
  const field = schema.fields[index];
  if (!field) return schema;
  if (rest.length === 0) return { ...schema, fields: schema.fields.toSpliced(index, 1) };
  if (field.dataType.type !== "ROW") return schema;
  const dataType = { ...field.dataType, ...withoutField(field.dataType, rest) };
  return { ...schema, fields: schema.fields.with(index, { ...field, dataType }) };
}

/** The type without NOT NULL. */
export function nullable(dataType: DataType): DataType {
  if (dataType.nullable !== false) return dataType;
  const { nullable: _, ...rest } = dataType;
  return rest as DataType;
}

/** Adds the named expressions of a param `fields` over the rows of one port to a schema; what cannot be is a problem at its place. */
export function withExpressions(
  schema: Schema,
  fields: readonly { readonly name: string; readonly value: string }[],
  context: Pick<InferContext<never>, "typeOf" | "problem">,
  port: string,
): Schema {
  return fieldsOfExpressions(schema, fields, {
    typeOf: ({ value }) => context.typeOf(value, port),
    problem: context.problem,
    at: ["fields"],
  });
}

/** As `withExpressions`, for a list at `at` whose values each have a type of their own finding. */
export function fieldsOfExpressions<F extends { readonly name: string; readonly value: string }>(
  schema: Schema,
  fields: readonly F[],
  { typeOf, problem: raise, at }: { typeOf(field: F): DataType | undefined; problem: Raise; at: Path },
): Schema {
  const seen = new Set<string>();
  let result = schema;
  for (const [i, field] of fields.entries()) {
    const { name, value } = field;
    const dataType = typeOf(field);
    if (!dataType) continue;
    if (seen.has(name)) raise(duplicateField(name, [...at, i, "name"]));
    seen.add(name);
    if (dataType.type === "NULL") {
      raise(
        words(
          [...at, i, "value"],
          `${quote(value)} is NULL of no type. Say which: CAST(NULL AS STRING).`,
          `${quote(value)} 是没有类型的 NULL。请写明类型：CAST(NULL AS STRING)。`,
        ),
      );
      continue;
    }
    result = addField(result, name, dataType, [...at, i, "name"], raise);
  }
  return result;
}

/** A problem in words of the node's own: whole sentences with value and remedy. */
export function words(path: Path, en: string, zh: string): Problem {
  return problem("node.words", { en, zh }, { path });
}

/** Values of one type are values of the other: the same but for NOT NULL, open rows and the length of text. */
export function sameType(a: DataType, b: DataType): boolean {
  if (isText(a) && isText(b)) return true;
  if (a.type !== b.type) return false;
  if (a.type === "ROW" && b.type === "ROW")
    return (
      a.fields.length === b.fields.length &&
      a.fields.every((field) => b.fields.some((other) => other.name === field.name && sameType(field.dataType, other.dataType)))
    );
  if (a.type === "ARRAY" && b.type === "ARRAY") return sameType(a.element, b.element);
  if (a.type === "MAP" && b.type === "MAP") return sameType(a.key, b.key) && sameType(a.value, b.value);
  if (a.type === "DECIMAL" && b.type === "DECIMAL") return a.precision === b.precision && a.scale === b.scale;
  if ("precision" in a && "precision" in b) return a.precision === b.precision;
  return true;
}

/** A value of type `from` can be put where type `to` is declared: the same type, or a narrower number that is held alike. */
export function fits(from: DataType, to: DataType): boolean {
  if (from.type === "NULL" || sameType(from, to)) return true;
  const [narrow, wide] = [INTEGERS.indexOf(from.type), INTEGERS.indexOf(to.type)];
  return narrow !== -1 && narrow < wide;
}

const INTEGERS: readonly string[] = ["TINYINT", "SMALLINT", "INT", "BIGINT"];

export function isText(dataType: DataType): boolean {
  return dataType.type === "STRING" || dataType.type === "VARCHAR" || dataType.type === "CHAR";
}

/** Values that have an order: numbers, text, times. */
export function isOrdered(dataType: DataType): boolean {
  return !["ARRAY", "MAP", "ROW", "VARIANT", "NULL", "BYTES", "BINARY", "VARBINARY"].includes(dataType.type);
}

export function duplicateField(field: string, path: Path): Problem {
  return problem("schema.duplicate-field", { field }, { path });
}

export function wrongType(field: string, expected: string, got: DataType, path: Path): Problem {
  return problem("schema.wrong-type", { field, expected, got: formatType(got) }, { path });
}

/** The value at a path of a row; null where anything on the way is missing. */
export function valueAt(row: Values, path: readonly string[]): Value {
  let value: Value = row;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Values)[name] ?? null;
  }
  return value;
}

/** Sets the value at a path of a row that is being made. */
export function putAt(row: Record<string, Value>, path: readonly string[], value: Value): void {
  let inner = row;
  for (const name of path.slice(0, -1)) {
    // Only what stands in the row itself: a field may well be named "constructor".
    if (!Object.hasOwn(inner, name)) inner[name] = {};
    inner = inner[name] as Record<string, Value>;
  }
  inner[path.at(-1) as string] = value;
}

/** A text or value as people write it, for messages; at most 80 characters. */
export function quote(value: string): string {
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
