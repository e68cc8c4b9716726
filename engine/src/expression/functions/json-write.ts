/** Functions that make JSON texts. */
import { RowError } from "../../node/operator.ts";
import type { DataType, Value } from "../../schema/index.ts";
import { formatType } from "../format-type.ts";
import { failure, shorten } from "../problems.ts";
import { sourceOf } from "../scope.ts";
import type { Expression } from "../syntax.ts";
import { quoteText } from "../tokens.ts";
import { apply, type Compute, constant, isNullConstant, type Typed, withNullable } from "../typed-tree.ts";
import { exactJson, type Json, quickJson, writeJson } from "../values/json-document.ts";
import { parseJson } from "../values/json-text.ts";
import { jsonWriter } from "../values/json-write.ts";
import { constantText, type FunctionDefinition, type FunctionGroup, optional, param, STRING, type TypedCall } from "./define.ts";

/** The JSON null is NULL here, which Flink's VARIANT is not. */
const PARSED: Compute = { mayBeNull: "undeclared", make: () => asVariant };

const group: FunctionGroup = "json";

/** JSON functions whose text is JSON already, so that it is not quoted again inside of another. */
const RAW: ReadonlySet<string> = new Set(["JSON_OBJECT", "JSON_ARRAY", "JSON"]);

function isRaw(expression: Expression | undefined): boolean {
  return expression?.kind === "call" && RAW.has(expression.name);
}

/** What turns an argument into JSON. */
function writerOf(call: TypedCall, index: number): (value: Value) => Json {
  const typed = call.args[index] as Typed;
  if (isRaw(call.given[index])) return (value) => (value === null ? null : (exactJson(value as string) ?? null));
  const write = jsonWriter(typed.dataType);
  if (write) return write;
  throw failure("expression.no-json", { function: call.name, got: formatType(withNullable(typed.dataType, true)) }, typed.range);
}

function jsonObject(call: TypedCall): Typed {
  const { args, json, range } = call;
  const isAbsent = json?.nulls === "ABSENT";
  const keys = args.filter((_, i) => i % 2 === 0);
  const writers = keys.map((key, i) => {
    if (constantText(key) === undefined)
      throw failure("expression.json-key", { function: call.name }, key.range, quoteText(sourceOf(call.scope, key.range)));
    return writerOf(call, i * 2 + 1);
  });
  const make =
    () =>
    (...values: Value[]) => {
      const members: [string, Json][] = [];
      for (const [i, write] of writers.entries()) {
        const value = values[i * 2 + 1] as Value;
        if (value !== null || !isAbsent) members.push([values[i * 2] as string, write(value)]);
      }
      return writeJson(Object.fromEntries(members));
    };
  return apply(args, { nulls: "passed", make }, STRING, range);
}

function jsonArray(call: TypedCall): Typed {
  const { args, json, range } = call;
  const keepsNulls = json?.nulls === "NULL";
  const writers = args.map((_, i) => writerOf(call, i));
  const make =
    () =>
    (...values: Value[]) =>
      writeJson(writers.flatMap((write, i) => (values[i] === null && !keepsNulls ? [] : [write(values[i] as Value)])));
  return apply(args, { nulls: "passed", make }, STRING, range);
}

function jsonString(call: TypedCall): Typed {
  if (call.args[0] && isNullConstant(call.args[0])) return constant(null, STRING, call.range);
  const write = writerOf(call, 0);
  return apply(call.args, { make: () => (value: Value) => writeJson(write(value)) }, STRING, call.range);
}

/** JSON(text): the same JSON, compact; fails where it is none. */
function normalized(text: string): string | null {
  if (text.trim() === "") return null;
  const json = exactJson(text.trim());
  if (json === undefined) throw notJson(text);
  return writeJson(json);
}

function notJson(text: string): RowError {
  const shown = JSON.stringify(shorten(text));
  return new RowError("expression.json-text", {
    en: `${shown} is no JSON. Correct the value.`,
    zh: `${shown} 不是 JSON。请修正该值。`,
  });
}

function jsonFunction(call: TypedCall): Typed {
  if (!call.inJson) throw failure("expression.json-alone", {}, call.range);
  return apply(call.args, { mayBeNull: "undeclared", make: () => normalized }, STRING, call.range);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** As Flink does it: every UTF-16 unit beyond ASCII is an escape, the first of a pair by the number of the whole character. */
function quoted(text: string): string {
  let result = '"';
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) as number;
    result += point < 128 ? (ESCAPES[text[i] as string] ?? text[i]) : `\\u${point.toString(16).padStart(4, "0")}`;
  }
  return `${result}"`;
}

const UNESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", "/": "/" };

function unquoted(text: string): string {
  if (quickJson(text) === undefined || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code?: string, letter?: string) =>
      code === undefined ? (UNESCAPES[letter as string] as string) : String.fromCharCode(Number.parseInt(code, 16)),
    );
}

function asVariant(text: string): Value {
  const value = parseJson(text);
  if (value === undefined) throw notJson(text);
  return value;
}

const VARIANT: DataType = { type: "VARIANT" };
const text = param("text", "STRING");

export const JSON_WRITE_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "JSON_OBJECT",
    group,
    help: {
      en: "A JSON object of names and values; NULLs stand as null unless ABSENT ON NULL.",
      zh: "由名称与值组成的 JSON 对象；NULL 写作 null，除非指定 ABSENT ON NULL。",
    },
    example: { text: "JSON_OBJECT(KEY 'a' VALUE 1, 'b' VALUE ARRAY['x'])", result: '{"a":1,"b":["x"]}' },
    signatures: [
      {
        shape: "JSON_OBJECT([[KEY] name VALUE value …] [NULL | ABSENT ON NULL])",
        params: [],
        rest: param("name_or_value", "ANY"),
        returns: STRING,
        build: jsonObject,
      },
    ],
  },
  {
    name: "JSON_ARRAY",
    group,
    help: {
      en: "A JSON array of values; NULLs are left out unless NULL ON NULL.",
      zh: "由值组成的 JSON 数组；跳过 NULL，除非指定 NULL ON NULL。",
    },
    example: { text: "JSON_ARRAY(1, 'x', NULL NULL ON NULL)", result: '[1,"x",null]' },
    signatures: [
      {
        shape: "JSON_ARRAY([value …] [NULL | ABSENT ON NULL])",
        params: [],
        rest: param("value", "ANY"),
        returns: STRING,
        build: jsonArray,
      },
    ],
  },
  {
    name: "JSON_STRING",
    group,
    help: { en: "A value as JSON text.", zh: "把值写成 JSON 文本。" },
    example: { text: "JSON_STRING(ARRAY[1, 2])", result: "[1,2]" },
    signatures: [{ params: [param("value", "ANY")], returns: STRING, build: jsonString }],
  },
  {
    name: "JSON",
    group,
    help: {
      en: "JSON text as a part of JSON_OBJECT or JSON_ARRAY, where it is not quoted again.",
      zh: "把 JSON 文本作为 JSON_OBJECT 或 JSON_ARRAY 的一部分，不再加引号。",
    },
    example: { text: `JSON_OBJECT('a' VALUE JSON('{"b": 1}'))`, result: '{"a":{"b":1}}' },
    signatures: [{ params: [text], returns: STRING, build: jsonFunction }],
  },
  {
    name: "JSON_QUOTE",
    group,
    help: { en: "A text as a JSON string, in quotes and ASCII.", zh: "把文本写成 JSON 字符串（加引号，仅 ASCII）。" },
    example: { text: "JSON_QUOTE('a\"b')", result: '"a\\"b"' },
    signatures: [{ params: [text], returns: STRING, compute: { make: () => quoted } }],
  },
  {
    name: "JSON_UNQUOTE",
    group,
    help: { en: "The text that a JSON string stands for; anything else as it is.", zh: "JSON 字符串对应的文本；其他内容原样返回。" },
    example: { text: "JSON_UNQUOTE('\"a\\nb\"')", result: "a\nb" },
    signatures: [{ params: [text], returns: STRING, compute: { make: () => unquoted } }],
  },
  {
    name: "PARSE_JSON",
    group,
    help: {
      en: "JSON text as a VARIANT, whose members are read with paths; an error where it is none.",
      zh: "把 JSON 文本解析为 VARIANT，可用路径读取；不是 JSON 则报错。",
    },
    example: { text: `CAST(PARSE_JSON('{"a": 1}')['a'] AS INT)`, result: "1" },
    signatures: [{ params: [text, optional("duplicate_names", "BOOLEAN")], returns: VARIANT, compute: PARSED }],
  },
  {
    name: "TRY_PARSE_JSON",
    group,
    help: { en: "JSON text as a VARIANT; NULL where it is none.", zh: "把 JSON 文本解析为 VARIANT；不是 JSON 则为 NULL。" },
    example: { text: "TRY_PARSE_JSON('{') IS NULL", result: "TRUE" },
    signatures: [
      {
        params: [text, optional("duplicate_names", "BOOLEAN")],
        returns: VARIANT,
        compute: { mayBeNull: true, make: () => (value: string) => parseJson(value) ?? null },
      },
    ],
  },
];
