/** Functions of texts. */
import type { DataType, Value } from "../../schema/index.ts";
import { commonResult } from "../check-forms.ts";
import { convert } from "../convert.ts";
import { failure } from "../problems.ts";
import { isShort } from "../type-rules.ts";
import { apply, type Typed, withNullable } from "../typed-tree.ts";
import { compareBytes } from "../values/compare.ts";
import { asInt, type Whole } from "../values/integer.ts";
import {
  bytesOfHex,
  characterCount,
  hexOf,
  initcap,
  instr,
  overlay,
  pad,
  repeat,
  slice,
  substring,
  translate,
  trim,
  wellFormed,
} from "../values/text.ts";
import {
  BOOLEAN,
  BYTES,
  constantText,
  type FunctionDefinition,
  INT,
  optional,
  param,
  type Signature,
  STRING,
  type TypedCall,
  word,
} from "./define.ts";

const text = param("text", "STRING");
const number = Number;

/** One that maps a text. */
function mapping(
  name: string,
  help: FunctionDefinition["help"],
  example: FunctionDefinition["example"],
  map: (text: string) => Value,
  returns: Signature["returns"] = STRING,
): FunctionDefinition {
  return { name, group: "text", help, example, signatures: [{ params: [text], returns, compute: { make: () => map } }] };
}

/** A text that is no longer than the argument. */
const noLonger =
  (index: 0 | -1) =>
  ({ types }: TypedCall): DataType => {
    const type = types.at(index) as DataType;
    return type.type === "CHAR" || type.type === "VARCHAR" ? { type: "VARCHAR", length: type.length } : STRING;
  };
const shorter = noLonger(-1);
const firstShorter = noLonger(0);
const same = ({ types }: TypedCall): DataType => types[0] as DataType;

function trimming(name: string, side: "LEADING" | "TRAILING" | "BOTH", en: string, zh: string): FunctionDefinition {
  const ends = { LEADING: "at the start", TRAILING: "at the end", BOTH: "at both ends" }[side];
  const [left, right] = [side === "TRAILING" ? "xx" : "", side === "LEADING" ? "xx" : ""];
  return {
    name,
    group: "text",
    help: { en: `The text without blanks ${ends}, or without the given characters there${en}.`, zh },
    example: { text: `${name}('xxaxx', 'x')`, result: `${left}a${right}` },
    signatures: [
      {
        params: [text, optional("characters", "STRING")],
        // BTRIM is a function of Flink's own, with types of its own.
        returns: side === "BOTH" ? STRING : firstShorter,
        compute: {
          make:
            () =>
            (value: string, set = " ") =>
              trim(value, side, set),
        },
      },
    ],
  };
}

function replaceText(value: string, search: string, by: string): string {
  const replaced = value.replaceAll(search, () => by);
  // Between all units means also within characters of two.
  return search === "" ? wellFormed(replaced) : replaced;
}

/** ELT's tree: the index, and the values as one type. */
function nthOf({ scope, args, range }: TypedCall): Typed {
  const [index, ...values] = args as [Typed, ...Typed[]];
  if (index.kind === "constant" && index.value !== null && asInt(index.value as Whole) < 0)
    throw failure("expression.negative-index", { got: String(index.value) }, index.range, "1");
  const common = commonResult(scope, values, "Flink");
  const make =
    () =>
    (position: Value, ...items: Value[]) =>
      position === null ? null : (items[asInt(position as Whole) - 1] ?? null);
  return apply(
    [index, ...values.map((value) => convert(scope, value, withNullable(common, true)))],
    { nulls: "passed", mayBeNull: true, make },
    common,
    range,
  );
}

const SIDES = ["BOTH", "LEADING", "TRAILING"] as const;

/** The side is a word, not a value. */
function sideOf({ args }: TypedCall): (typeof SIDES)[number] {
  return constantText(args[0]) as (typeof SIDES)[number];
}

export const TEXT_FUNCTIONS: readonly FunctionDefinition[] = [
  mapping(
    "UPPER",
    { en: "The text in capitals.", zh: "转换为大写。" },
    { text: "UPPER('abc')", result: "ABC" },
    (value) => value.toUpperCase(),
    same,
  ),
  mapping(
    "LOWER",
    { en: "The text in small letters.", zh: "转换为小写。" },
    { text: "LOWER('ABC')", result: "abc" },
    (value) => value.toLowerCase(),
    same,
  ),
  mapping(
    "INITCAP",
    { en: "Each word with a capital first letter.", zh: "每个单词首字母大写。" },
    { text: "INITCAP('hello world')", result: "Hello World" },
    initcap,
    same,
  ),
  {
    name: "REVERSE",
    group: "text",
    help: { en: "The characters from last to first.", zh: "反转字符顺序。" },
    example: { text: "REVERSE('abc')", result: "cba" },
    signatures: [
      { params: [text], returns: STRING, compute: { mayBeNull: true, make: () => (value: string) => [...value].toReversed().join("") } },
    ],
  },
  {
    ...mapping(
      "CHAR_LENGTH",
      { en: "How many characters the text has.", zh: "文本的字符数。" },
      { text: "CHAR_LENGTH('流水线')", result: "3" },
      characterCount,
      INT,
    ),
    aliases: ["CHARACTER_LENGTH"],
  },
  mapping(
    "ASCII",
    { en: "The code of the first character, 0 for an empty text.", zh: "首字符的编码，空文本为 0。" },
    { text: "ASCII('A')", result: "65" },
    (value) => ((new TextEncoder().encode(value)[0] ?? 0) << 24) >> 24,
    INT,
  ),
  {
    name: "TRIM",
    group: "text",
    help: { en: "The text without blanks (or the given characters) at its ends.", zh: "去掉文本两端的空格（或指定字符）。" },
    example: { text: "TRIM(LEADING '0' FROM '007')", result: "7" },
    signatures: [
      { params: [text], returns: shorter, compute: { make: () => (value: string) => trim(value, "BOTH", " ") } },
      {
        shape: "TRIM([BOTH | LEADING | TRAILING] FROM text)",
        params: [word("side", SIDES), text],
        returns: shorter,
        compute: (call) => ({ make: () => (value: string) => trim(value, sideOf(call), " ") }),
      },
      {
        shape: "TRIM([BOTH | LEADING | TRAILING] characters FROM text)",
        params: [word("side", SIDES), param("characters", "STRING"), text],
        returns: shorter,
        compute: (call) => ({ make: () => (set: string, value: string) => trim(value, sideOf(call), set) }),
      },
    ],
  },
  trimming("LTRIM", "LEADING", "", "去掉开头的空格或指定字符。"),
  trimming("RTRIM", "TRAILING", "", "去掉结尾的空格或指定字符。"),
  trimming("BTRIM", "BOTH", "", "去掉两端的空格或指定字符。"),
  {
    name: "SUBSTRING",
    aliases: ["SUBSTR"],
    group: "text",
    help: {
      en: "Part of the text, from a position (1 is the first; negative counts from the end).",
      zh: "从某位置起的子串（1 为首字符，负数从末尾数）。",
    },
    example: { text: "SUBSTRING('hello' FROM 2 FOR 3)", result: "ell" },
    signatures: [
      {
        shape: "SUBSTRING(text FROM start [FOR length])",
        params: [text, param("start", "INTEGER"), optional("length", "INTEGER")],
        returns: firstShorter,
        compute: {
          mayBeNull: true,
          make: () => (value: string, start: number, length?: number) =>
            substring(value, number(start), length === undefined ? undefined : number(length)),
        },
      },
    ],
  },
  {
    name: "LEFT",
    group: "text",
    help: { en: "The first characters.", zh: "最左边的若干字符。" },
    example: { text: "LEFT('hello', 2)", result: "he" },
    signatures: [
      {
        params: [text, param("count", "INTEGER")],
        returns: firstShorter,
        compute: { mayBeNull: true, make: () => (value: string, count: number) => slice(value, 0, Math.max(0, number(count))) },
      },
    ],
  },
  {
    name: "RIGHT",
    group: "text",
    help: { en: "The last characters.", zh: "最右边的若干字符。" },
    example: { text: "RIGHT('hello', 2)", result: "lo" },
    signatures: [
      {
        params: [text, param("count", "INTEGER")],
        returns: firstShorter,
        compute: {
          mayBeNull: true,
          make: () => (value: string, count: number) =>
            number(count) <= 0 ? "" : slice(value, Math.max(0, characterCount(value) - number(count))),
        },
      },
    ],
  },
  {
    name: "CONCAT",
    group: "text",
    help: { en: "The texts one after another; NULL if one is NULL.", zh: "依次连接文本；任一为 NULL 则为 NULL。" },
    example: { text: "CONCAT('a', 'b', 'c')", result: "abc" },
    signatures: [
      {
        params: [text],
        rest: text,
        returns: STRING,
        compute: {
          make:
            () =>
            (...values: string[]) =>
              values.join(""),
        },
      },
    ],
  },
  {
    name: "CONCAT_WS",
    group: "text",
    help: { en: "The texts with a separator between them; NULLs are left out.", zh: "用分隔符连接文本；跳过 NULL。" },
    example: { text: "CONCAT_WS('-', 'a', CAST(NULL AS STRING), 'c')", result: "a-c" },
    signatures: [
      {
        params: [param("separator", "STRING")],
        rest: text,
        returns: STRING,
        compute: ({ types }) => ({
          nulls: "passed",
          mayBeNull: types.some(({ nullable }) => nullable !== false),
          make:
            () =>
            (separator: Value, ...values: Value[]) =>
              separator === null ? null : values.filter((value) => value !== null).join(separator as string),
        }),
      },
    ],
  },
  {
    name: "REPLACE",
    group: "text",
    help: { en: "Every occurrence of a part replaced by another text.", zh: "把所有出现的子串替换为另一文本。" },
    example: { text: "REPLACE('a-b-c', '-', '/')", result: "a/b/c" },
    signatures: [
      {
        params: [text, param("search", "STRING"), param("replacement", "STRING")],
        returns: STRING,
        compute: { make: () => replaceText },
      },
    ],
  },
  {
    name: "POSITION",
    group: "text",
    help: { en: "Where a part first stands in the text, from 1; 0 if nowhere.", zh: "子串首次出现的位置，从 1 起；没有则为 0。" },
    example: { text: "POSITION('l' IN 'hello')", result: "3" },
    signatures: [
      {
        shape: "POSITION(part IN text)",
        params: [param("part", "STRING"), text],
        returns: INT,
        compute: { make: () => (part: string, value: string) => instr(value, part, 1, 1) },
      },
    ],
  },
  {
    name: "LOCATE",
    group: "text",
    help: {
      en: "Where a part first stands in the text at or behind a position; 0 if nowhere.",
      zh: "从某位置起子串首次出现的位置；没有则为 0。",
    },
    example: { text: "LOCATE('l', 'hello', 4)", result: "4" },
    signatures: [
      {
        params: [param("part", "STRING"), text, optional("start", "INTEGER")],
        returns: INT,
        compute: {
          make:
            () =>
            (part: string, value: string, start = 1) =>
              instr(value, part, Math.max(1, number(start)), 1),
        },
      },
    ],
  },
  {
    name: "INSTR",
    group: "text",
    help: {
      en: "Where a part stands in the text; a start (negative: backwards) and which occurrence may be given.",
      zh: "子串在文本中的位置；可给出起点（负数为反向）和第几次出现。",
    },
    example: { text: "INSTR('Corporate Floor', 'or', 3, 2)", result: "14" },
    signatures: [
      {
        params: [text, param("part", "STRING"), optional("start", "INTEGER"), optional("occurrence", "INTEGER")],
        returns: INT,
        compute: {
          make:
            () =>
            (value: string, part: string, start = 1, occurrence = 1) =>
              instr(value, part, number(start), number(occurrence)),
        },
      },
    ],
  },
  {
    name: "OVERLAY",
    group: "text",
    help: { en: "The text with a part of it written over.", zh: "用另一文本覆盖其中一段。" },
    example: { text: "OVERLAY('xxxtest' PLACING 'ab' FROM 2)", result: "xabtest" },
    signatures: [
      {
        shape: "OVERLAY(text PLACING part FROM start [FOR length])",
        params: [text, param("part", "STRING"), param("start", "INTEGER"), optional("length", "INTEGER")],
        returns: ({ types: [a, b] }) => (a && b && isShort(a) && isShort(b) ? { type: "VARCHAR", length: a.length + b.length } : STRING),
        compute: {
          make: () => (value: string, part: string, start: number, length?: number) =>
            overlay(value, part, number(start), length === undefined ? part.length : number(length)),
        },
      },
    ],
  },
  ...(["left", "right"] as const).map(
    (side): FunctionDefinition => ({
      name: side === "left" ? "LPAD" : "RPAD",
      group: "text",
      help: {
        en: `The text filled up ${side === "left" ? "before its start" : "behind its end"} to a length, or cut off to it.`,
        zh: side === "left" ? "在左侧填充到指定长度，过长则截断。" : "在右侧填充到指定长度，过长则截断。",
      },
      example: side === "left" ? { text: "LPAD('7', 3, '0')", result: "007" } : { text: "RPAD('7', 3, '0')", result: "700" },
      signatures: [
        {
          params: [text, param("length", "INTEGER"), param("fill", "STRING")],
          returns: STRING,
          compute: {
            mayBeNull: "undeclared",
            make: () => (value: string, length: number, fill: string) => pad(value, number(length), fill, side),
          },
        },
      ],
    }),
  ),
  {
    name: "REPEAT",
    group: "text",
    help: { en: "The text several times over.", zh: "重复文本若干次。" },
    example: { text: "REPEAT('ab', 3)", result: "ababab" },
    signatures: [
      {
        params: [text, param("times", "INTEGER")],
        returns: STRING,
        compute: { make: () => (value: string, times: number) => repeat(value, number(times)) },
      },
    ],
  },
  {
    name: "TRANSLATE",
    group: "text",
    help: {
      en: "Single characters replaced by those at the same place of another text; those beyond it go.",
      zh: "按位置逐字符替换；目标中没有对应的字符则删除。",
    },
    example: { text: "TRANSLATE('1-2', '-', '/')", result: "1/2" },
    signatures: [
      {
        params: [text, param("from", "STRING"), param("to", "STRING")],
        returns: STRING,
        compute: ({ types }) => ({ nulls: "passed", mayBeNull: types[0]?.nullable !== false, make: () => translate }),
      },
    ],
  },
  {
    name: "ELT",
    group: "text",
    help: { en: "The text at a position of the list, from 1; NULL if there is none.", zh: "列表中第几个文本（从 1 起）；没有则为 NULL。" },
    example: { text: "ELT(2, 'a', 'b')", result: "b" },
    signatures: [
      { params: [param("index", "INTEGER"), text], rest: text, returns: STRING, build: nthOf },
      { params: [param("index", "INTEGER"), param("bytes", "BYTES")], rest: param("bytes", "BYTES"), returns: BYTES, build: nthOf },
    ],
  },
  {
    name: "HEX",
    group: "text",
    help: { en: "A whole number, or the UTF-8 bytes of a text, in hexadecimal digits.", zh: "整数或文本 UTF-8 字节的十六进制文本。" },
    example: { text: "HEX('流')", result: "E6B581" },
    signatures: [
      { params: [text], returns: STRING, compute: { make: () => (value: string) => hexOf(new TextEncoder().encode(value)) } },
      {
        params: [param("number", "INTEGER")],
        returns: STRING,
        compute: { make: () => (value: number | bigint) => BigInt.asUintN(64, BigInt(value)).toString(16).toUpperCase() },
      },
    ],
  },
  {
    name: "UNHEX",
    group: "text",
    help: {
      en: "The bytes that hexadecimal digits stand for; NULL for other characters.",
      zh: "十六进制文本对应的字节；含其他字符则为 NULL。",
    },
    example: { text: "CAST(UNHEX('616263') AS STRING)", result: "abc" },
    signatures: [{ params: [text], returns: BYTES, compute: { mayBeNull: true, make: () => bytesOfHex } }],
  },
  {
    name: "CHR",
    group: "text",
    help: { en: "The character of a code between 0 and 255.", zh: "编码（0 到 255）对应的字符。" },
    example: { text: "CHR(65)", result: "A" },
    signatures: [
      {
        params: [param("code", "INTEGER")],
        returns: STRING,
        compute: {
          mayBeNull: true,
          make: () => (code: number | bigint) => (code < 0 ? "" : String.fromCharCode(Number(BigInt(code) & 255n))),
        },
      },
    ],
  },
  ...(["STARTSWITH", "ENDSWITH"] as const).map(
    (name): FunctionDefinition => ({
      name,
      group: "text",
      help: {
        en: `Whether the text (or the bytes) ${name === "STARTSWITH" ? "begins" : "ends"} with the other.`,
        zh: name === "STARTSWITH" ? "文本（或字节）是否以另一个开头。" : "文本（或字节）是否以另一个结尾。",
      },
      example: { text: name === "STARTSWITH" ? "STARTSWITH('page_id', 'page')" : "ENDSWITH('page_id', '_id')", result: "TRUE" },
      signatures: [
        {
          params: [text, param("part", "STRING")],
          returns: BOOLEAN,
          compute: { make: () => (value: string, part: string) => (name === "STARTSWITH" ? value.startsWith(part) : value.endsWith(part)) },
        },
        {
          params: [param("bytes", "BYTES"), param("part", "BYTES")],
          returns: BOOLEAN,
          compute: {
            make: () => (value: Uint8Array, part: Uint8Array) =>
              value.length >= part.length &&
              compareBytes(name === "STARTSWITH" ? value.subarray(0, part.length) : value.subarray(value.length - part.length), part) === 0,
          },
        },
      ],
    }),
  ),
];
