/** Functions that take texts apart, look at what they consist of, or print values into them. */
import type { DataType, Value } from "../../schema/index.ts";
import { isNumeric, isText } from "../type-rules.ts";
import type { Compute } from "../typed-tree.ts";
import { hashMapOrder, javaFormat, javaSplit, javaTrim } from "../values/java-text.ts";
import { type Pattern, patternCache, patternFailure } from "../values/pattern.ts";
import { wellFormed } from "../values/text.ts";
import { BOOLEAN, type FunctionDefinition, param, STRING, type TypedCall } from "./define.ts";

const text = param("text", "STRING");

/** Where the separator is empty Flink splits at every UTF-16 unit. */
function split(value: string, separator: string): readonly string[] {
  return separator === "" ? value.split("").map(wellFormed) : value === "" ? [""] : value.split(separator);
}

function splitIndex(value: string, separator: string | number, index: number | bigint): string | null {
  const at = Number(index);
  if (at < 0 || value === "") return null;
  if (typeof separator === "number") {
    if (separator < 1 || separator > 255) return null;
    return value.split(String.fromCharCode(separator))[at] ?? null;
  }
  // With an empty separator Flink splits at white space.
  return (separator === "" ? value.split(/\s/) : value.split(separator))[at] ?? null;
}

/** STR_TO_MAP's default separators, and those that are given, are Java's regular expressions. */
function strToMap(): (value: string, pairsAt?: string, valueAt?: string) => ReadonlyMap<string, string | null> {
  const [pairs, parts] = [patternCache(), patternCache()];
  const pattern = (cache: typeof pairs, source: string): Pattern => cache(source) ?? patternFailure(source);
  return (value, pairsAt = ",", valueAt = "=") => {
    const map = new Map<string, string | null>();
    if (value === "") return map;
    const entries = javaSplit(value, pattern(pairs, pairsAt));
    for (const entry of entries) {
      const [key = "", rest] = javaSplit(entry, pattern(parts, valueAt), 2);
      map.set(rest === undefined ? entry : key, rest ?? null);
    }
    return hashMapOrder(map, entries.length);
  };
}

/** What `Double.parseDouble` takes: also hexadecimal forms and a letter behind. */
const JAVA_DOUBLE =
  /^[+-]?(?:NaN|Infinity|(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?\d+)[fFdD]?)$/;

/** What `Long.parseLong` takes that the other does not: digits of other scripts. */
const JAVA_LONG = /^[+-]?\p{Nd}{1,18}$/u;

/** A test of texts; numbers pass or fail by their type, even NULL. */
function testing(ofNumber: (type: DataType) => boolean, ofText: (value: string) => boolean): (call: TypedCall) => Compute {
  return ({ types }) => {
    const type = types[0] as DataType;
    if (isNumeric(type)) return { nulls: "passed", make: () => () => ofNumber(type) };
    return { nulls: "passed", make: () => (value: Value) => value !== null && isText(type) && ofText(value as string) };
  };
}

const testParams = [param("value", "STRING or NUMBER")];

export const TEXT_PART_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "SPLIT",
    group: "text",
    help: { en: "The parts of a text between separators, as an array.", zh: "按分隔符切分文本，得到数组。" },
    example: { text: "SPLIT('a,b,c', ',')", result: "[a, b, c]" },
    signatures: [
      { params: [text, param("separator", "STRING")], returns: { type: "ARRAY", element: STRING }, compute: { make: () => split } },
    ],
  },
  {
    name: "SPLIT_INDEX",
    group: "text",
    help: {
      en: "One part of a text split at a separator (a text, or the code of a character), from 0; NULL if there is no such part.",
      zh: "按分隔符（文本或字符编码）切分后的第几段（从 0 起）；没有则为 NULL。",
    },
    example: { text: "SPLIT_INDEX('a,b,c', ',', 1)", result: "b" },
    signatures: [
      {
        params: [text, param("separator", "STRING"), param("index", "INTEGER")],
        returns: STRING,
        compute: { mayBeNull: true, make: () => splitIndex },
      },
      {
        params: [text, param("code", "INTEGER"), param("index", "INTEGER")],
        returns: STRING,
        compute: { mayBeNull: true, make: () => splitIndex },
      },
    ],
  },
  {
    name: "STR_TO_MAP",
    group: "collection",
    help: {
      en: "A text of pairs as a map: pairs are parted by ',' and key from value by '=', or by the given regular expressions.",
      zh: "把文本解析为映射：默认以 ',' 分隔条目、'=' 分隔键与值，也可给出正则表达式。",
    },
    example: { text: "STR_TO_MAP('a=1,b=2')", result: "{a=1, b=2}" },
    signatures: [
      { params: [text], returns: { type: "MAP", key: STRING, value: STRING }, compute: { mayBeNull: true, make: strToMap } },
      {
        params: [text, param("pairs_at", "STRING"), param("value_at", "STRING")],
        returns: { type: "MAP", key: STRING, value: STRING },
        compute: { mayBeNull: true, make: strToMap },
      },
    ],
  },
  {
    name: "PRINTF",
    group: "text",
    help: {
      en: "Values printed into a text by Java's format, such as '%05d %s'; NULL where the format does not fit them.",
      zh: "按 Java 的格式（如 '%05d %s'）把值写入文本；格式不符则为 NULL。",
    },
    example: { text: "PRINTF('%s is %d', 'answer', 42)", result: "answer is 42" },
    signatures: [
      {
        params: [param("format", "STRING")],
        rest: param("value", "ANY"),
        returns: STRING,
        compute: ({ types }) => ({
          nulls: "passed",
          mayBeNull: true,
          make:
            () =>
            (format: Value, ...values: Value[]) =>
              format === null ? null : (javaFormat(format as string, values, types.slice(1)) ?? null),
        }),
      },
    ],
  },
  {
    name: "IS_ALPHA",
    group: "text",
    help: { en: "Whether a text is nothing but letters, at least one.", zh: "文本是否全为字母（至少一个）。" },
    example: { text: "IS_ALPHA('abc')", result: "TRUE" },
    signatures: [
      {
        params: testParams,
        returns: BOOLEAN,
        compute: testing(
          () => false,
          (value) => /^\p{L}+$/u.test(value),
        ),
      },
    ],
  },
  {
    name: "IS_DIGIT",
    group: "text",
    help: {
      en: "Whether a text is nothing but digits, at least one; whole numbers are.",
      zh: "文本是否全为数字字符（至少一个）；整数为 TRUE。",
    },
    example: { text: "IS_DIGIT('123')", result: "TRUE" },
    signatures: [
      {
        params: testParams,
        returns: BOOLEAN,
        compute: testing(
          ({ type }) => ["TINYINT", "SMALLINT", "INT", "BIGINT"].includes(type),
          (value) => /^\p{Nd}+$/u.test(value),
        ),
      },
    ],
  },
  {
    name: "IS_DECIMAL",
    group: "text",
    help: { en: "Whether a text is a number; numbers are.", zh: "文本是否为数字；数值为 TRUE。" },
    example: { text: "IS_DECIMAL('-1.5e3')", result: "TRUE" },
    signatures: [
      {
        params: testParams,
        returns: BOOLEAN,
        compute: testing(
          ({ type }) => type !== "DECIMAL",
          (value) => JAVA_DOUBLE.test(javaTrim(value)) || JAVA_LONG.test(value),
        ),
      },
    ],
  },
];
