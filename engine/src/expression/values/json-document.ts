/**
 * JSON texts as Jackson reads and writes them for Flink's JSON functions: numbers keep their digits, members are written in the order of their names, and what
 * follows the first value does not matter.
 */
import { compareUtf16 } from "./compare.ts";
import { MAX_JSON_DEPTH } from "./json-text.ts";

/** A number as Java prints it: the digits of a BigInteger or a BigDecimal. */
export class JsonNumber {
  readonly text: string;
  /** Whole numbers; those with a point or an exponent are not. */
  readonly isWhole: boolean;
  constructor(source: string) {
    this.isWhole = !/[.eE]/.test(source);
    this.text = this.isWhole ? source.replace(/^-0$/, "0") : bigDecimalText(source);
  }
}

/** What a JSON text holds; numbers are JsonNumber, or plain in a quick look. */
export type Json = null | boolean | string | number | JsonNumber | readonly Json[] | { readonly [name: string]: Json };

/** Undefined for what is no JSON. Numbers are plain numbers: good for finding one's way, not for showing them. */
export function quickJson(text: string): Json | undefined {
  if (text === quickText) return quick;
  quickText = text;
  quick = parsed(text, undefined);
  return quick;
}
/** Several functions of one expression often read one text. */
let quickText: string | undefined;
let quick: Json | undefined;

/** Undefined for what is no JSON. */
export function exactJson(text: string): Json | undefined {
  if (text === exactText) return exact;
  exactText = text;
  exact = parsed(text, exactNumbers);
  return exact;
}
let exactText: string | undefined;
let exact: Json | undefined;

function parsed(text: string, reviver: typeof exactNumbers | undefined): Json | undefined {
  try {
    const value = JSON.parse(text, reviver) as Json;
    return text.length > MAX_JSON_DEPTH && isTooDeep(value, 0) ? undefined : value;
  } catch {
    // SyntaxError is the answer "no JSON"; a text deeper than the stack gives RangeError, and is refused alike. But Jackson stops behind the first value.
    const end = endOfValue(text);
    return end === undefined ? undefined : parsed(text.slice(0, end), reviver);
  }
}

/** `context.source` is the number as written; V8 has it since Node 21, and TypeScript does not know it yet. */
function exactNumbers(this: unknown, _name: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" ? new JsonNumber(context?.source ?? String(value)) : value;
}

function isTooDeep(value: Json, depth: number): boolean {
  if (typeof value !== "object" || value === null || value instanceof JsonNumber) return false;
  if (depth > MAX_JSON_DEPTH) return true;
  return Object.values(value).some((member) => isTooDeep(member as Json, depth + 1));
}

/** Where the first value of a text ends, if something stands behind it. */
function endOfValue(text: string): number | undefined {
  const start = text.search(/\S/);
  if (start === -1) return undefined;
  const first = text[start] as string;
  let end: number | undefined;
  if (first === "{" || first === "[") end = endOfNested(text, start);
  else if (first === '"') end = endOfString(text, start);
  else {
    // A bare word or number needs white space behind it.
    const word = /^(?:true|false|null|-?\d[\d.eE+-]*)(?=\s)/.exec(text.slice(start));
    end = word ? start + word[0].length : undefined;
  }
  return end === undefined || end >= text.length ? undefined : end;
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return undefined;
}

function endOfNested(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const unit = text[at];
    if (unit === '"') {
      const end = endOfString(text, at);
      if (end === undefined) return undefined;
      at = end - 1;
    } else if (unit === "{" || unit === "[") depth++;
    else if ((unit === "}" || unit === "]") && --depth === 0) return at + 1;
  }
  return undefined;
}

/** `new BigDecimal(source).toString()`. */
function bigDecimalText(source: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = (whole + fraction).replace(/^0+(?=\d)/, "");
  const scale = fraction.length - Number(exponent);
  const minus = /^0*$/.test(digits) ? "" : sign;
  const adjusted = digits.length - 1 - scale;
  if (scale === 0) return minus + digits;
  if (scale > 0 && adjusted >= -6) {
    const padded = digits.padStart(scale + 1, "0");
    return `${minus}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
  }
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${minus}${mantissa}E${adjusted >= 0 ? "+" : ""}${adjusted}`;
}

/** Compact JSON text, members in the order of their names. */
export function writeJson(json: Json): string {
  if (json === null || typeof json === "boolean" || typeof json === "number") return String(json);
  if (typeof json === "string") return quoteJson(json);
  if (json instanceof JsonNumber) return json.text;
  if (Array.isArray(json)) return `[${json.map(writeJson).join(",")}]`;
  const members = Object.entries(json as { readonly [name: string]: Json }).sort(([a], [b]) => compareUtf16(a, b));
  return `{${members.map(([name, value]) => `${quoteJson(name)}:${writeJson(value)}`).join(",")}}`;
}

/** As Jackson writes a text: control characters in capitals, everything else as it is. */
export function quoteJson(text: string): string {
  const quoted = JSON.stringify(text);
  // Lone halves of pairs are written as escapes by JavaScript; their bytes are question marks in Java.
  return quoted.replace(/\\u(?:d[89a-f][0-9a-f]{2})/g, "?").replace(/\\u00[01][0-9a-f]/g, (code) => `\\u${code.slice(2).toUpperCase()}`);
}

/** A scalar as `String.valueOf` prints it. */
export function scalarText(json: Json): string {
  return json instanceof JsonNumber ? json.text : String(json);
}

export function isScalar(json: Json): boolean {
  return typeof json !== "object" || json === null || json instanceof JsonNumber;
}
