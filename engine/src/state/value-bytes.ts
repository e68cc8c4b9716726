/**
 * Values as bytes that say themselves what they are: keys are written so, and every scalar inside of state. One value has one form, so equal keys are equal bytes;
 * the form is part of the state format and never changes within a version of it.
 *
 * | first byte | value |
 * | --- | --- |
 * | 00 to 7f | the whole number 0 to 127 |
 * | 80 to bf | text of 0 to 63 bytes of UTF-8 |
 * | c0, c1, c2 | NULL, false, true |
 * | c3, c4 | a safe whole number n >= 128 as varint; n < 0, as varint of -1 - n |
 * | c5 | any other number, as eight bytes, big-endian |
 * | c6, c7 | a bigint n >= 0, n < 0 (as -1 - n): length, bytes, lowest first |
 * | c8, c9 | text, bytes: length, content |
 * | ca, cb, cc | array, map, object: count, content |
 * | ce, cf | a typed row, without and with meta: see `state-value.ts` |
 */
import { copyBytes, textOf, writeText } from "../codec/byte-text.ts";
import type { Value, Values } from "../schema/index.ts";

export const TAG = {
  NULL: 0xc0,
  FALSE: 0xc1,
  TRUE: 0xc2,
  WHOLE: 0xc3,
  NEGATIVE: 0xc4,
  DOUBLE: 0xc5,
  BIG: 0xc6,
  BIG_NEGATIVE: 0xc7,
  TEXT: 0xc8,
  BYTES: 0xc9,
  ARRAY: 0xca,
  MAP: 0xcb,
  OBJECT: 0xcc,
  ROW: 0xce,
  ROW_WITH_META: 0xcf,
} as const;

const SHORT_TEXT = 0x80;
const SHORT_TEXT_MAX = 0x3f;
/** Up to here an ASCII text is written by a loop, which is quicker than a call. */
const LOOP_TEXT = 24;
const CHUNK = 64 * 1024;
/** Views up to so many bytes long are made once: making one takes longer than reading them. */
const KEPT_VIEW = 256;
/** Not every NaN has the same bits. */
const ONE_NAN = 0x7ff8_0000_0000_0000n;

/** Writes one record after the other. What `take` gave stays as it is for as long as anyone holds it. */
export class ValueWriter {
  /** Most nodes keep no state: memory is taken with the first byte. */
  private bytes = new Uint8Array(0);
  private view = new DataView(this.bytes.buffer);
  private start = 0;
  private end = 0;
  private readonly chunk: number;
  /** Of a writer of which nothing was taken, by their length. */
  private views: (Uint8Array | undefined)[] = [];

  /** What is taken of a chunk keeps all of it in memory. */
  constructor(chunkBytes = CHUNK) {
    this.chunk = chunkBytes;
  }

  /** Gives up what was written since the last `take`. */
  begin(): void {
    this.end = this.start;
  }

  /** The record's bytes; the next one begins behind it. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(this.start, this.end);
    this.start = this.end;
    return taken;
  }

  /** As `take`, but the bytes hold only until the next write. */
  peek(): Uint8Array {
    const { start, end } = this;
    if (start > 0 || end > KEPT_VIEW) return this.bytes.subarray(start, end);
    let view = this.views[end];
    if (view === undefined) {
      view = this.bytes.subarray(0, end);
      this.views[end] = view;
    }
    return view;
  }

  get length(): number {
    return this.end - this.start;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.end++] = value;
  }

  /** A number that is not negative, in groups of seven bits, lowest first. */
  varint(value: number): void {
    this.reserve(8);
    const { bytes } = this;
    let at = this.end;
    let rest = value;
    // Integers of 32 bits, with which the processor is much quicker.
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x1000_0000)) {
      const low = (rest % 0x1000_0000) | 0;
      bytes[at++] = low | 0x80;
      bytes[at++] = (low >> 7) | 0x80;
      bytes[at++] = (low >> 14) | 0x80;
      bytes[at++] = (low >> 21) | 0x80;
    }
    let small = rest | 0;
    for (; small >= 0x80; small >>= 7) bytes[at++] = (small & 0x7f) | 0x80;
    bytes[at++] = small;
    this.end = at;
  }

  double(value: number): void {
    this.reserve(8);
    if (Number.isNaN(value)) this.view.setBigUint64(this.end, ONE_NAN);
    else this.view.setFloat64(this.end, value);
    this.end += 8;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.end, value);
    this.end += 4;
  }

  /** Makes room for a length that is not known yet; `close` writes it. */
  open(): number {
    this.uint32(0);
    return this.length;
  }

  close(opened: number): void {
    this.view.setUint32(this.start + opened - 4, this.length - opened);
  }

  raw(content: Uint8Array): void {
    this.reserve(content.length);
    copyBytes(this.bytes, this.end, content, 0, content.length);
    this.end += content.length;
  }

  text(text: string): void {
    const { length } = text;
    this.reserve(length * 3 + 9);
    if (length <= LOOP_TEXT && this.ascii(text)) return;
    // Where it goes depends on how many bytes the length takes: that of a text of ASCII, which most are, is known.
    const headed = length <= SHORT_TEXT_MAX ? 1 : 1 + varintLength(length);
    const written = writeText(this.bytes, text, this.end + headed);
    const needed = written <= SHORT_TEXT_MAX ? 1 : 1 + varintLength(written);
    if (needed !== headed) this.bytes.copyWithin(this.end + needed, this.end + headed, this.end + headed + written);
    if (written <= SHORT_TEXT_MAX) this.bytes[this.end++] = SHORT_TEXT | written;
    else {
      this.bytes[this.end++] = TAG.TEXT;
      this.varint(written);
    }
    this.end += written;
  }

  number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      if (value >= 0 && value < 0x80) return this.byte(value);
      this.byte(value < 0 ? TAG.NEGATIVE : TAG.WHOLE);
      return this.varint(value < 0 ? -1 - value : value);
    }
    this.byte(TAG.DOUBLE);
    this.double(value);
  }

  value(value: Value | undefined): void {
    switch (typeof value) {
      case "string":
        return this.text(value);
      case "number":
        return this.number(value);
      case "boolean":
        return this.byte(value ? TAG.TRUE : TAG.FALSE);
      case "bigint":
        return this.bigint(value);
      case "undefined":
        return this.byte(TAG.NULL);
    }
    if (value === null) return this.byte(TAG.NULL);
    if (value instanceof Uint8Array) return this.blob(value);
    if (Array.isArray(value)) {
      this.byte(TAG.ARRAY);
      this.varint(value.length);
      for (const element of value as readonly Value[]) this.value(element);
      return;
    }
    if (value instanceof Map) {
      this.byte(TAG.MAP);
      this.varint(value.size);
      for (const [key, item] of value as ReadonlyMap<Value, Value>) {
        this.value(key);
        this.value(item);
      }
      return;
    }
    const members = Object.entries(value as Values);
    this.byte(TAG.OBJECT);
    this.varint(members.length);
    for (const [name, item] of members) {
      this.text(name);
      this.value(item);
    }
  }

  private blob(content: Uint8Array): void {
    this.byte(TAG.BYTES);
    this.varint(content.length);
    this.raw(content);
  }

  private bigint(value: bigint): void {
    this.byte(value < 0n ? TAG.BIG_NEGATIVE : TAG.BIG);
    const digits: number[] = [];
    for (let rest = value < 0n ? -1n - value : value; rest > 0n; rest >>= 8n) digits.push(Number(rest & 0xffn));
    this.varint(digits.length);
    for (const digit of digits) this.byte(digit);
  }

  private ascii(text: string): boolean {
    const { bytes } = this;
    let at = this.end;
    bytes[at++] = SHORT_TEXT | text.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return false;
      bytes[at++] = code;
    }
    this.end = at;
    return true;
  }

  private reserve(length: number): void {
    if (this.end + length <= this.bytes.length) return;
    const begun = this.bytes.subarray(this.start, this.end);
    const grown = new Uint8Array(Math.max(this.chunk, 2 * (begun.length + length)));
    grown.set(begun);
    this.bytes = grown;
    this.views = [];
    this.view = new DataView(grown.buffer);
    this.start = 0;
    this.end = begun.length;
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

/** Big-endian, without a view, which would be one object for each record. */
export function uint32At(bytes: Uint8Array, at: number): number {
  const low = ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  return (bytes[at] as number) * 0x100_0000 + low;
}

/** Where a double is read from. */
const eightBytes = new Uint8Array(8);
const eightView = new DataView(eightBytes.buffer);

/** Reads what `ValueWriter` wrote. Bytes that it gives are views of those it reads. Throws a plain error on bytes that nobody wrote. */
export class ValueReader {
  private bytes: Uint8Array = new Uint8Array(0);
  private end = 0;
  position = 0;

  reset(bytes: Uint8Array, start = 0, end = bytes.length): this {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    return this;
  }

  get isAtEnd(): boolean {
    return this.position >= this.end;
  }

  byte(): number {
    this.require(1);
    return this.bytes[this.position++] as number;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    for (let factor = 2 ** 28; ; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  double(): number {
    this.require(8);
    const { bytes, position } = this;
    for (let i = 0; i < 8; i++) eightBytes[i] = bytes[position + i] as number;
    this.position += 8;
    return eightView.getFloat64(0);
  }

  uint32(): number {
    this.require(4);
    const value = uint32At(this.bytes, this.position);
    this.position += 4;
    return value;
  }

  raw(length: number): Uint8Array {
    this.require(length);
    const content = this.bytes.subarray(this.position, this.position + length);
    this.position += length;
    return content;
  }

  skip(length: number): void {
    this.require(length);
    this.position += length;
  }

  text(): string {
    const value = this.value();
    if (typeof value !== "string") throw new Error("state: expected a text");
    return value;
  }

  number(): number {
    const value = this.value();
    if (typeof value !== "number") throw new Error("state: expected a number");
    return value;
  }

  value(): Value {
    const tag = this.byte();
    if (tag < SHORT_TEXT) return tag;
    if (tag < TAG.NULL) return this.textOf(tag & SHORT_TEXT_MAX);
    switch (tag) {
      case TAG.NULL:
        return null;
      case TAG.FALSE:
        return false;
      case TAG.TRUE:
        return true;
      case TAG.WHOLE:
        return this.varint();
      case TAG.NEGATIVE:
        return -1 - this.varint();
      case TAG.DOUBLE:
        return this.double();
      case TAG.BIG:
        return this.bigint();
      case TAG.BIG_NEGATIVE:
        return -1n - this.bigint();
      case TAG.TEXT:
        return this.textOf(this.varint());
      case TAG.BYTES:
        return new Uint8Array(this.raw(this.varint()));
      case TAG.ARRAY:
        return Array.from({ length: this.count() }, () => this.value());
      case TAG.MAP:
        return new Map(Array.from({ length: this.count() }, () => [this.value(), this.value()] as [Value, Value]));
      case TAG.OBJECT:
        return Object.fromEntries(Array.from({ length: this.count() }, () => [this.text(), this.value()] as [string, Value]));
      default:
        throw new Error(`state: no value begins with the byte ${tag}`);
    }
  }

  /** How many values follow; each takes at least a byte. */
  count(): number {
    const count = this.varint();
    this.require(count);
    return count;
  }

  private bigint(): bigint {
    const digits = this.raw(this.varint());
    let value = 0n;
    for (let i = digits.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i] as number);
    return value;
  }

  private textOf(length: number): string {
    this.require(length);
    const text = textOf(this.bytes, this.position, this.position + length);
    this.position += length;
    return text;
  }

  private require(length: number): void {
    if (this.position + length > this.end) throw new Error("state: the bytes end too early");
  }
}
