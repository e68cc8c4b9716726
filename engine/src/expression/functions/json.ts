/** Functions that read JSON texts. Source of the modes and defaults: Flink's `SqlJsonUtils`. */
import { RowError } from "../../node/operator.ts";
import type { DataType, Value } from "../../schema/index.ts";
import { conversionOf } from "../casts/cast.ts";
import { convert } from "../convert.ts";
import { formatType } from "../format-type.ts";
import { expressionProblem, failure, shorten } from "../problems.ts";
import type { JsonBehaviour } from "../syntax.ts";
import { isText } from "../type-rules.ts";
import { apply, type Typed, withNullable } from "../typed-tree.ts";
import { exactJson, isScalar, type Json, JsonNumber, quickJson, scalarText, writeJson } from "../values/json-document.ts";
import { type JsonPath, jsonPath } from "../values/json-path.ts";
import { BOOLEAN, constantText, type FunctionDefinition, param, STRING, type TypedCall } from "./define.ts";

type Outcome = { readonly is: "value"; readonly json: Json } | { readonly is: "empty" } | { readonly is: "error" };

/** What reads paths, constant ones once; a constant that is none is an error of every row, which deserves a warning. */
function pathReader({ args, scope }: TypedCall): (text: string) => JsonPath | undefined {
  const constant = constantText(args[1]);
  const known = constant === undefined ? undefined : jsonPath(constant);
  if (constant !== undefined && !known && args[1])
    scope.warn(expressionProblem("expression.bad-json-path", { got: shorten(constant) }, args[1].range, undefined, "warning"));
  return (text) => (text === constant ? known : jsonPath(text));
}

/** Numbers keep their digits only in an exact reading, which is made when a number was found. */
function found(text: string, path: JsonPath | undefined): Outcome {
  const quick = quickJson(text);
  if (quick === undefined) return { is: path?.strict === false ? "empty" : "error" };
  // The text null is no document to the library that Flink asks.
  if (!path || quick === null) return { is: "error" };
  const json = path.find(quick);
  if (json === undefined || json === null) return { is: path.strict ? "error" : "empty" };
  if (typeof json === "string" || typeof json === "boolean") return { is: "value", json };
  // A whole number needs no second look unless one may be written with a point or an exponent.
  if (typeof json === "number" && Number.isSafeInteger(json) && !/\d(?:\.0+(?!\d)|[eE])/.test(text)) return { is: "value", json };
  return { is: "value", json: path.find(exactJson(text) as Json) as Json };
}

const RETURNING: ReadonlySet<DataType["type"]> = new Set([
  "STRING",
  "CHAR",
  "VARCHAR",
  "BOOLEAN",
  "TINYINT",
  "SMALLINT",
  "INT",
  "BIGINT",
  "DOUBLE",
  "FLOAT",
  "DECIMAL",
]);

/** A scalar as a value of the type; undefined where it is none. Texts are not read as numbers, nor numbers as truth values. */
function scalarAs(returning: DataType, call: TypedCall): (json: Json) => Value | undefined {
  if (returning.type === "STRING") return (json) => (typeof json === "string" ? json : scalarText(json));
  const fromText = conversionOf(STRING, returning, call.settings);
  return (json) => {
    const isNumber = typeof json === "number" || json instanceof JsonNumber;
    if (returning.type === "BOOLEAN") return typeof json === "boolean" ? json : undefined;
    if (!isText(returning) && !isNumber) return undefined;
    const digits = scalarText(json);
    if (isNumber && !isText(returning) && /^(?:TINY|SMALL|BIG)?INT$/.test(returning.type) && !/^-?\d+$/.test(digits)) return undefined;
    try {
      return fromText?.(digits) ?? undefined;
    } catch (error) {
      // A value that is no value of the type is an error of the function, which has its own way out.
      if (error instanceof RowError) return undefined;
      throw error;
    }
  };
}

/** JSON_VALUE's tree: the arguments, then what stands in for an empty result and for an error. */
function jsonValue(call: TypedCall): Typed {
  const { scope, args, json = {}, range } = call;
  const returning = json.returning ?? STRING;
  if (!RETURNING.has(returning.type)) throw failure("expression.json-returning", { function: call.name }, range);
  const read = pathReader(call);
  const defaults = [json.onEmpty, json.onError].map((behaviour) =>
    behaviour?.do === "DEFAULT" ? defaultOf(scope, scope.check(behaviour.value), returning) : undefined,
  );
  const given = defaults.filter((typed) => typed !== undefined);
  const toReturned = scalarAs(returning, call);
  const make =
    () =>
    (text: Value, path: Value, ...rest: Value[]) => {
      if (text === null || path === null) return null;
      const outcome = found(text as string, read(path as string));
      if (outcome.is === "value" && isScalar(outcome.json)) {
        const value = toReturned(outcome.json);
        if (value !== undefined) return value;
      } else if (outcome.is === "empty" || (outcome.is === "value" && read(path as string)?.strict === false)) {
        return fallback(json.onEmpty, defaults[0] ? (rest[0] as Value) : null, call.name, text as string, path as string);
      }
      return fallback(json.onError, defaults[1] ? (rest.at(-1) as Value) : null, call.name, text as string, path as string);
    };
  return apply([...args, ...given], { nulls: "passed", mayBeNull: true, make }, returning, range);
}

/** A truth value as a text is Java's, in small letters. */
function defaultOf(scope: TypedCall["scope"], typed: Typed, returning: DataType): Typed {
  const { dataType, range } = typed;
  if (dataType.type === "BOOLEAN" && isText(returning))
    return apply([typed], { make: () => (value: Value) => String(value) }, returning, range);
  if (dataType.type !== "NULL" && !conversionOf(dataType, returning, scope.settings))
    throw failure("expression.different-types", { expected: formatType(returning), got: formatType(withNullable(dataType, true)) }, range);
  return convert(scope, typed, returning);
}

function fallback(behaviour: JsonBehaviour | undefined, otherwise: Value, name: string, text: string, path: string): Value {
  if (behaviour?.do === "DEFAULT") return otherwise;
  if (behaviour?.do !== "ERROR") return null;
  const [shownText, shownPath] = [JSON.stringify(shorten(text)), shorten(path)];
  throw new RowError("expression.json", {
    en: `${name} finds no value that it can give at ${shownPath} in ${shownText}. Correct the path, or use NULL ON ERROR.`,
    zh: `${name} 在 ${shownText} 的 ${shownPath} 处没有找到可用的值。请更正路径，或使用 NULL ON ERROR。`,
  });
}

const TEXT_ARRAY: DataType = { type: "ARRAY", element: STRING };

function jsonQuery(call: TypedCall): Typed {
  const { args, json = {}, range } = call;
  const returning = json.returning ?? STRING;
  const isArray = returning.type === "ARRAY" && isText(returning.element);
  if (!isArray && !isText(returning)) throw failure("expression.json-query-returning", { function: call.name }, range);
  for (const behaviour of [json.onEmpty, json.onError])
    if (behaviour?.do === "EMPTY OBJECT" && isArray) throw failure("expression.json-query-returning", { function: call.name }, range);
  const read = pathReader(call);
  const instead = (behaviour: JsonBehaviour | undefined, text: string, path: string): Value => {
    if (behaviour?.do === "EMPTY ARRAY") return isArray ? [] : "[]";
    if (behaviour?.do === "EMPTY OBJECT") return "{}";
    return fallback(behaviour, null, call.name, text, path);
  };
  const make = () => (text: string, source: string) => {
    const path = read(source);
    const outcome = found(text, path);
    if (outcome.is === "empty") return instead(json.onEmpty, text, source);
    if (outcome.is === "error") return instead(json.onError, text, source);
    const wraps = json.wrapper === "UNCONDITIONAL" || (json.wrapper === "CONDITIONAL" && !Array.isArray(outcome.json));
    const value: Json = wraps ? [outcome.json] : outcome.json;
    if (isScalar(value)) return instead(path?.strict ? json.onError : json.onEmpty, text, source);
    if (!isArray) return writeJson(value);
    if (!Array.isArray(value)) return instead(json.onError, text, source);
    return value.map((item: Json) => (item === null ? null : isScalar(item) ? scalarText(item) : writeJson(item)));
  };
  return apply(args, { mayBeNull: true, make }, isArray ? TEXT_ARRAY : returning, range);
}

function jsonExists(call: TypedCall): Typed {
  const read = pathReader(call);
  const onError = call.json?.onError?.do ?? "FALSE";
  const make = () => (text: string, path: string) => {
    const outcome = found(text, read(path));
    if (outcome.is !== "error") return outcome.is === "value";
    if (onError === "ERROR") return fallback({ do: "ERROR" }, null, call.name, text, path);
    return onError === "TRUE" ? true : onError === "UNKNOWN" ? null : false;
  };
  return apply(call.args, { mayBeNull: true, make }, BOOLEAN, call.range);
}

const text = param("json", "STRING");
const path = param("path", "STRING");

export const JSON_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "JSON_VALUE",
    group: "json",
    help: {
      en: "The text, number or truth value at a path in JSON text; NULL where there is none or it is something else.",
      zh: "JSON 文本中某路径处的文本、数字或布尔值；没有或不是标量则为 NULL。",
    },
    example: { text: `JSON_VALUE('{"a": {"b": 7}}', '$.a.b' RETURNING INT)`, result: "7" },
    signatures: [
      {
        shape: "JSON_VALUE(json, path [RETURNING type] [NULL | ERROR | DEFAULT value ON EMPTY] [NULL | ERROR | DEFAULT value ON ERROR])",
        params: [text, path],
        returns: STRING,
        build: jsonValue,
      },
    ],
  },
  {
    name: "JSON_QUERY",
    group: "json",
    help: {
      en: "The object or array at a path in JSON text, as JSON text or as an array of texts; NULL where there is none.",
      zh: "JSON 文本中某路径处的对象或数组，以 JSON 文本或文本数组返回；没有则为 NULL。",
    },
    example: { text: `JSON_QUERY('{"a": {"c": 1, "b": [2]}}', '$.a')`, result: '{"b":[2],"c":1}' },
    signatures: [
      {
        shape:
          "JSON_QUERY(json, path [RETURNING STRING | ARRAY<STRING>] [WITHOUT | WITH [CONDITIONAL | UNCONDITIONAL] ARRAY WRAPPER] [NULL | EMPTY ARRAY | EMPTY OBJECT | ERROR ON EMPTY] [… ON ERROR])",
        params: [text, path],
        returns: STRING,
        build: jsonQuery,
      },
    ],
  },
  {
    name: "JSON_EXISTS",
    group: "json",
    help: { en: "Whether a path finds something in JSON text.", zh: "路径在 JSON 文本中是否存在。" },
    example: { text: `JSON_EXISTS('{"a": 1}', '$.a')`, result: "TRUE" },
    signatures: [
      {
        shape: "JSON_EXISTS(json, path [TRUE | FALSE | UNKNOWN | ERROR ON ERROR])",
        params: [text, path],
        returns: BOOLEAN,
        build: jsonExists,
      },
    ],
  },
];
