/** Functions of JSON texts. Source of the modes and defaults: Calcite's `JsonFunctions`, which Flink uses. */
import { RowError } from "../../node/operator.ts";
import type { DataType, Value } from "../../schema/index.ts";
import { conversionOf } from "../casts/cast.ts";
import { convert } from "../convert.ts";
import { failure, shorten } from "../problems.ts";
import type { JsonBehaviour } from "../syntax.ts";
import { apply, type Typed } from "../typed-tree.ts";
import { type JsonPath, jsonPath } from "../values/json-path.ts";
import { parseJson } from "../values/json-text.ts";
import { BOOLEAN, constantText, type FunctionDefinition, param, STRING, type TypedCall } from "./define.ts";

const VARIANT: DataType = { type: "VARIANT" };

/** What reads paths, the constant ones once; throws for a constant that is none. */
function pathReader({ args }: TypedCall): (text: string) => JsonPath | undefined {
  const constant = constantText(args[1]);
  const known = constant === undefined ? undefined : jsonPath(constant);
  if (constant !== undefined && !known && args[1]) throw failure("expression.bad-json-path", { got: shorten(constant) }, args[1].range);
  return (text) => (known && text === constant ? known : jsonPath(text));
}

type Outcome = { readonly is: "value"; readonly value: Value } | { readonly is: "empty" | "error" };

/** The single scalar that the path finds in the text. */
function scalarAt(text: string, path: JsonPath | undefined): Outcome {
  const json = parseJson(text);
  if (json === undefined || !path) return { is: "error" };
  const found = path.find(json);
  if (!found) return { is: "error" };
  const isOdd = found.length > 1 || (typeof found[0] === "object" && found[0] !== null);
  if (isOdd) return { is: path.strict || found.length > 1 ? "error" : "empty" };
  const [value] = found;
  return value === undefined || value === null ? { is: path.strict && value === undefined ? "error" : "empty" } : { is: "value", value };
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

/** JSON_VALUE's tree: the arguments, then what stands in for an empty result and for an error. */
function jsonValue(call: TypedCall): Typed {
  const { scope, args, json = {}, range } = call;
  const returning = json.returning ?? STRING;
  if (!RETURNING.has(returning.type)) throw failure("expression.json-returning", { function: call.name }, range);
  const read = pathReader(call);
  const defaults = [json.onEmpty, json.onError].map((behaviour) =>
    behaviour?.do === "DEFAULT" ? convert(scope, scope.check(behaviour.value), returning) : undefined,
  );
  const given = defaults.filter((typed) => typed !== undefined);
  const toReturned = conversionOf(VARIANT, returning, call.settings);
  const make =
    () =>
    (text: Value, path: Value, ...rest: Value[]) => {
      if (text === null || path === null) return null;
      const [onEmpty, onError] = [defaults[0] ? (rest[0] as Value) : null, defaults[1] ? (rest.at(-1) as Value) : null];
      const outcome = scalarAt(text as string, read(path as string));
      if (outcome.is === "empty") return fallback(json.onEmpty, onEmpty, call.name, text as string, path as string);
      if (outcome.is === "value") {
        try {
          return toReturned?.(outcome.value) ?? null;
        } catch (error) {
          // A value that is no value of the type is an error of the function, which has its own way out.
          if (!(error instanceof RowError)) throw error;
        }
      }
      return fallback(json.onError, onError, call.name, text as string, path as string);
    };
  return apply([...args, ...given], { nulls: "passed", mayBeNull: true, make }, returning, range);
}

function fallback(behaviour: JsonBehaviour | undefined, otherwise: Value, name: string, text: string, path: string): Value {
  if (behaviour?.do === "DEFAULT") return otherwise;
  if (behaviour?.do !== "ERROR") return null;
  const [shownText, shownPath] = [JSON.stringify(shorten(text)), shorten(path)];
  throw new RowError("expression.json", {
    en: `${name} finds no single value at ${shownPath} in ${shownText}. Correct the path, or use NULL ON ERROR.`,
    zh: `${name} 在 ${shownText} 的 ${shownPath} 处没有找到单个值。请更正路径，或使用 NULL ON ERROR。`,
  });
}

function jsonExists(call: TypedCall): Typed {
  const read = pathReader(call);
  const onError = call.json?.onError?.do ?? "FALSE";
  const make = () => (text: string, path: string) => {
    const json = parseJson(text);
    const found = json === undefined ? undefined : read(path)?.find(json);
    if (found) return found.length > 0;
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
