/**
 * Where bytes stop being JSON, and why: a strict scanner that accepts exactly what `JSON.parse` accepts of UTF-8. It runs only on records that were refused, to say
 * what `JSON.parse` does not: the byte and the reason. Not recursive, so nesting costs no stack.
 */
import { textOf } from "./byte-text.ts";
import { skipSpace } from "./json-scan.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

type JsonFaultReason =
  | "empty"
  | "expected-value"
  | "expected-name"
  | "expected-colon"
  | "expected-comma"
  | "bad-number"
  | "bad-escape"
  | "control-character"
  | "unfinished"
  | "extra-text"
  | "not-utf8";

export interface JsonFault {
  /** Byte from the beginning of the text. */
  readonly offset: number;
  readonly reason: JsonFaultReason;
  /** What stands there, for people. */
  readonly got: string;
}

/** The first place where the bytes stop being one JSON text; undefined when they are one. */
export function jsonFault(bytes: Uint8Array, start: number, end: number): JsonFault | undefined {
  const text = bytes.subarray(start, end);
  const fault = findFault(text);
  const damage = utf8Fault(text);
  if (damage !== undefined && (!fault || damage <= fault.offset))
    return { offset: damage, reason: "not-utf8", got: byteName(text[damage] as number) };
  return fault && { ...fault, got: gotAt(text, fault.offset) };
}

/** What may come next. */
const NEXT = { VALUE: 0, FIRST_VALUE: 1, NAME: 2, FIRST_NAME: 3, AFTER: 4 } as const;

function findFault(bytes: Uint8Array): { offset: number; reason: JsonFaultReason } | undefined {
  const open: number[] = [];
  let expecting: number = NEXT.VALUE;
  let at = skipSpace(bytes, 0);
  if (at === bytes.length) return { offset: at, reason: "empty" };
  for (; ; at = skipSpace(bytes, at)) {
    const byte = bytes[at];
    if (expecting === NEXT.AFTER && open.length === 0) return byte === undefined ? undefined : { offset: at, reason: "extra-text" };
    if (byte === undefined) return { offset: at, reason: "unfinished" };
    if (expecting === NEXT.AFTER) {
      const isObject = open.at(-1) === OPEN_OBJECT;
      if (byte === (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) open.pop();
      else if (byte === COMMA) expecting = isObject ? NEXT.NAME : NEXT.VALUE;
      else return { offset: at, reason: "expected-comma" };
      at++;
    } else if (expecting === NEXT.NAME || expecting === NEXT.FIRST_NAME) {
      if (byte === CLOSE_OBJECT && expecting === NEXT.FIRST_NAME) {
        open.pop();
        expecting = NEXT.AFTER;
        at++;
        continue;
      }
      if (byte !== QUOTE) return { offset: at, reason: "expected-name" };
      const name = checkString(bytes, at);
      if (typeof name !== "number") return name;
      at = skipSpace(bytes, name);
      if (at >= bytes.length) return { offset: at, reason: "unfinished" };
      if (bytes[at] !== COLON) return { offset: at, reason: "expected-colon" };
      expecting = NEXT.VALUE;
      at++;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      open.push(byte);
      expecting = byte === OPEN_OBJECT ? NEXT.FIRST_NAME : NEXT.FIRST_VALUE;
      at++;
    } else if (byte === CLOSE_ARRAY && expecting === NEXT.FIRST_VALUE) {
      open.pop();
      expecting = NEXT.AFTER;
      at++;
    } else {
      const next = checkScalar(bytes, at, byte);
      if (typeof next !== "number") return next;
      at = next;
      expecting = NEXT.AFTER;
    }
  }
}

type Checked = number | { offset: number; reason: JsonFaultReason };

function checkScalar(bytes: Uint8Array, at: number, byte: number): Checked {
  if (byte === QUOTE) return checkString(bytes, at);
  if (byte === 0x2d || isDigit(byte)) return checkNumber(bytes, at);
  for (const word of WORDS) {
    if (byte !== word.charCodeAt(0)) continue;
    for (let i = 1; i < word.length; i++) {
      if (at + i >= bytes.length) return { offset: at + i, reason: "unfinished" };
      if (bytes[at + i] !== word.charCodeAt(i)) return { offset: at + i, reason: "expected-value" };
    }
    return at + word.length;
  }
  return { offset: at, reason: "expected-value" };
}

const WORDS = ["true", "false", "null"];

function checkString(bytes: Uint8Array, from: number): Checked {
  let at = from + 1;
  for (;;) {
    const byte = bytes[at];
    if (byte === undefined) return { offset: at, reason: "unfinished" };
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) return { offset: at, reason: "control-character" };
    if (byte !== BACKSLASH) {
      at++;
      continue;
    }
    const escaped = bytes[at + 1];
    if (escaped === undefined) return { offset: at + 1, reason: "unfinished" };
    if (escaped === 0x75) {
      for (let i = at + 2; i < at + 6; i++) {
        if (i >= bytes.length) return { offset: i, reason: "unfinished" };
        if (!isHexDigit(bytes[i] as number)) return { offset: i, reason: "bad-escape" };
      }
      at += 6;
    } else if (ESCAPES.includes(escaped)) at += 2;
    else return { offset: at + 1, reason: "bad-escape" };
  }
}

/** " \ / b f n r t */
const ESCAPES = [QUOTE, BACKSLASH, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74];

function checkNumber(bytes: Uint8Array, from: number): Checked {
  let at = bytes[from] === 0x2d ? from + 1 : from;
  const fault = (offset: number): Checked => ({ offset, reason: offset >= bytes.length ? "unfinished" : "bad-number" });
  if (!isDigit(bytes[at])) return fault(at);
  if (bytes[at] === 0x30) {
    at++;
    if (isDigit(bytes[at])) return fault(at);
  } else at = skipDigits(bytes, at);
  if (bytes[at] === 0x2e) {
    if (!isDigit(bytes[at + 1])) return fault(at + 1);
    at = skipDigits(bytes, at + 1);
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at++;
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
    if (!isDigit(bytes[at])) return fault(at);
    at = skipDigits(bytes, at);
  }
  return at;
}

function skipDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at++;
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

/** First byte of the first sequence that is not UTF-8 (Unicode, table 3-7). */
export function utf8Fault(bytes: Uint8Array): number | undefined {
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number;
    if (first < 0x80) {
      at++;
      continue;
    }
    const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
    if (length === 0) return at;
    const second = bytes[at + 1] ?? 0;
    const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return at;
    for (let i = at + 2; i < at + length; i++) if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return at;
    at += length;
  }
  return undefined;
}

function gotAt(bytes: Uint8Array, offset: number): string {
  const byte = bytes[offset];
  if (byte === undefined) return "";
  if (byte < 0x20 || byte === 0x7f) return byteName(byte);
  // At most four bytes make a character; what follows it is cut off.
  return JSON.stringify([...textOf(bytes, offset, Math.min(bytes.length, offset + 4))][0]);
}

function byteName(byte: number): string {
  return `byte 0x${byte.toString(16).padStart(2, "0")}`;
}

/** "expected ',' or the end of the object or list, got "x"" in both languages, without the place. */
export function jsonFaultWords({ reason, got }: JsonFault): { en: string; zh: string } {
  const { en, zh } = FAULT_WORDS[reason];
  if (!got || reason === "empty" || reason === "unfinished") return { en, zh };
  return { en: `${en}, got ${got}`, zh: `${zh}，得到 ${got.replace(/^byte /, "字节 ")}` };
}

const FAULT_WORDS: Readonly<Record<JsonFaultReason, { en: string; zh: string }>> = {
  empty: { en: "there is no text", zh: "没有文本" },
  "expected-value": { en: "expected a value", zh: "期望一个值" },
  "expected-name": { en: "expected a member's name in double quotes", zh: "期望双引号中的成员名" },
  "expected-colon": { en: 'expected ":" after the member\'s name', zh: "成员名之后期望 “:”" },
  "expected-comma": { en: 'expected "," or the end of the object or list', zh: "期望 “,” 或对象、列表的结尾" },
  "bad-number": { en: "expected a digit of a number as JSON writes it", zh: "期望符合 JSON 写法的数字" },
  "bad-escape": { en: "expected an escape that JSON knows", zh: "期望 JSON 支持的转义符" },
  "control-character": { en: "expected control characters in text to be escaped", zh: "文本中的控制字符须转义" },
  unfinished: { en: "the text ends too early", zh: "文本过早结束" },
  "extra-text": { en: "expected the end of the text after one value", zh: "一个值之后期望文本结束" },
  "not-utf8": { en: "expected UTF-8", zh: "期望 UTF-8" },
};
