/** The documents of the decoder's fuzzer. */
import { MARGIN } from "../src/codec/json-bytes.ts";
import type { ByteRange } from "../src/node/index.ts";

/** What the members of a document are made of: texts of values, members of an object, or in brackets what the elements of an array are made of. */
export type Shape = readonly string[] | { readonly [name: string]: Shape } | readonly [Shape];

/** Texts of any value: of each kind, at the limits, and some that are none. */
const ANY = [
  ...["0", "-0", "1", "-7", "127", "128", "9007199254740993", "1e3", "1E+2", "1e400", "-1e400", "5e-324", "0.1", "1.0", "12.34"],
  ...[
    '""',
    '"mid_1"',
    '"a\\"b"',
    '"\\u00e9"',
    '"\\ud800"',
    '"中文"',
    '"5"',
    "null",
    "true",
    "false",
    "{}",
    "[]",
    "[[{}]]",
    '{"a":[1,{"b":null}]}',
  ],
];
const NONE = [
  ...["01", "-", "-01", "1.", ".5", "1e", "1e+", "+1", "NaN", "nul", "True", "truefalse", "nulll", "Infinity", "undefined", ""],
  ...['"\\u00"', '"\\x"', '"tab\t"', '"nul\u0000"', '"', "'a'", "\u00a0", "1 2", "{a:1}", '{"a"}', "[1,]", '{"a":1,}', "/**/1"],
];

const SPACES = ["", "", "", "", "", "", " ", "\n\t", "  ", "\r\n    "];

/** Bytes that end, begin or break something. */
const HOSTILE = [
  0x00, 0x09, 0x0a, 0x1f, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x3a, 0x5b, 0x5c, 0x5d, 0x65, 0x6e, 0x7b, 0x7d, 0x7f, 0x80, 0xbf, 0xc0, 0xc3,
  0xe0, 0xe4, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff,
];

/** What a batch holds before and behind a record: a record that ends too soon would go on there. Some are just as long as readers may look. */
const BEHIND = [
  ...["", "", '"', "}", "]}", '{"ts":1}', "1", ",", '":', "]]]]]]]]", `{"ts":1}${" ".repeat(80)}`, '{"a":'.repeat(30)],
  ...["x", "9", "[", "]", " ", "\\", ":"].map((letter) => letter.repeat(MARGIN)),
];

const utf8 = new TextEncoder();

export class Documents {
  readonly #shape: Shape;
  #state: number;
  #last: Uint8Array = new Uint8Array(0);
  /** One in so many values is not what its shape says; none where it is 0. */
  #unfit = 0;
  /** No white space, as most records have none. */
  #isCompact = true;

  constructor(seed: number, shape: Shape) {
    this.#state = seed | 0 || 1;
    this.#shape = shape;
  }

  next(): ByteRange {
    this.#unfit = this.#pick([0, 0, 30, 5]);
    this.#isCompact = this.#below(3) > 0;
    let document: Uint8Array = utf8.encode(
      this.#below(40) === 0 ? this.#nested() : this.#space() + this.#value(this.#shape) + this.#space(),
    );
    if (this.#below(3) === 0) for (let edits = 1 + this.#below(3); edits > 0; edits--) document = this.#damage(document);
    this.#last = document;
    const before = utf8.encode(this.#pick(BEHIND));
    const behind = utf8.encode(this.#pick(BEHIND));
    return { bytes: joined(before, document, behind), start: before.length, end: before.length + document.length };
  }

  #value(shape: Shape): string {
    if (this.#unfit > 0 && this.#below(this.#unfit) === 0) return this.#pick(this.#below(6) === 0 ? NONE : ANY);
    if (!Array.isArray(shape)) return this.#object(shape as { readonly [name: string]: Shape });
    if (typeof shape[0] === "string") return this.#pick(shape);
    const elements: string[] = [];
    for (let count = this.#below(4); count > 0; count--) elements.push(this.#space() + this.#value(shape[0] as Shape) + this.#space());
    return `[${elements.join(",")}]`;
  }

  #object(shape: { readonly [name: string]: Shape }): string {
    const members: string[] = [];
    const skipped = 1 + this.#below(6);
    for (const [name, inner] of Object.entries(shape)) {
      if (this.#below(skipped) === 0) members.push(this.#member(name, inner));
      if (this.#below(8) === 0) members.push(this.#member(`other_${this.#below(300)}`, ANY));
      if (this.#below(60) === 0) members.push(this.#member(name.repeat(12), ANY));
    }
    if (this.#below(3) === 0) members.reverse();
    if (this.#below(20) === 0) members.push(...members);
    return `{${this.#space()}${members.join(",")}}`;
  }

  #member(name: string, shape: Shape): string {
    const quoted =
      this.#below(40) === 0
        ? `"${[...name].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"`
        : JSON.stringify(name);
    return `${this.#space()}${quoted}${this.#space()}:${this.#space()}${this.#value(shape)}${this.#space()}`;
  }

  /** Many levels, closed or not, or closed by the wrong bracket somewhere. */
  #nested(): string {
    const open: string[] = [];
    const close: string[] = [];
    for (let levels = this.#below(300); levels > 0; levels--) {
      const isObject = this.#below(2) === 0;
      open.push(isObject ? '{"a":' : "[");
      close.push(isObject ? "}" : "]");
    }
    if (this.#below(4) === 0) close[this.#below(close.length + 1)] = this.#pick(["}", "]", ""]);
    return `{"other":${open.join("")}1${close.reverse().join("")}}`;
  }

  #damage(document: Uint8Array): Uint8Array {
    const at = this.#below(document.length + 1);
    const [head, tail] = [document.subarray(0, at), document.subarray(at)];
    switch (this.#below(7)) {
      case 0: // one bit
        return joined(head, [(tail[0] ?? 0) ^ (1 << this.#below(8))], tail.subarray(1));
      case 1: // another byte
        return joined(head, [this.#pick(HOSTILE)], tail.subarray(1));
      case 2: // one more
        return joined(head, [this.#pick(HOSTILE)], tail);
      case 3: // cut off
        return head;
      case 4: // some missing
        return joined(head, tail.subarray(1 + this.#below(8)));
      case 5: // some twice
        return joined(head, tail.subarray(0, this.#below(40)), tail);
      default: // a part of the one before
        return joined(head, this.#last.subarray(this.#below(this.#last.length + 1)).subarray(0, this.#below(40)), tail);
    }
  }

  #space(): string {
    return this.#isCompact ? "" : this.#pick(SPACES);
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#below(values.length)] as T;
  }

  #below(count: number): number {
    return this.#random() % count;
  }

  /** George Marsaglia's xorshift32. */
  #random(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }
}

function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
