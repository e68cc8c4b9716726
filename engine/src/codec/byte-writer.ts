/**
 * Encoded records one behind the other in one buffer, which is begun anew when it is full: what a writer gives is valid until it is asked for the next record. So the bytes stay in the processor's
 * cache until whoever takes them has copied them to where they belong; fresh memory for each would cost more than writing it.
 */
import type { ByteRange } from "../node/index.ts";
import { writeText } from "./byte-text.ts";

/** Small enough for the cache, large enough that what is written again (`since`) mostly is still there. */
const BUFFER = 64 * 1024;
/** Most writers write little or nothing. */
const FIRST_BUFFER = 1024;
/** Bytes that are free whatever was reserved: texts are written four at a time, and may write over what comes next. */
const SPARE = 16;
/** Up to this many letters a loop is quicker than a call. */
const SHORT = 40;
/** Up to this many bytes a loop over words is quicker than a call. */
const SHORT_COPY = 192;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Bytes written earlier, to be copied once more. */
export interface WrittenRange extends ByteRange {
  readonly life: number;
}

export class ByteWriter {
  /** Where the next byte goes, for generated code, which writes short constants itself: `reserve` first. */
  end = 0;
  view: DataView;
  #bytes = new Uint8Array(FIRST_BUFFER);
  /** The last place that `end` may have without more being reserved. */
  #limit = FIRST_BUFFER - SPARE;
  #start = 0;
  /** Counts the times that bytes were given up, to be written over. */
  #life = 0;
  #source: Uint8Array = new Uint8Array(0);
  #sourceView: DataView = new DataView(this.#source.buffer);

  constructor() {
    this.view = new DataView(this.#bytes.buffer);
  }

  /** Begins a record; what was written since the last `take` is given up. */
  begin(): void {
    if (this.end !== this.#start) this.#life++;
    this.end = this.#start;
  }

  /** Ends the record and gives its bytes: until the next `begin` they are as they are. */
  take(): ByteRange {
    const range = { bytes: this.#bytes, start: this.#start, end: this.end };
    this.#start = this.end;
    return range;
  }

  /** Bytes of the record so far. */
  get length(): number {
    return this.end - this.#start;
  }

  /** Where what was written after the first `length` bytes of the record stands. */
  since(length: number): WrittenRange {
    return { bytes: this.#bytes, start: this.#start + length, end: this.end, life: this.#life };
  }

  /** False once bytes were given up since: they may be written over. */
  holds(range: WrittenRange): boolean {
    return range.life === this.#life;
  }

  text(text: string): void {
    const { length } = text;
    // A UTF-16 unit makes at most three bytes.
    this.reserve(length * 3);
    const bytes = this.#bytes;
    let at = this.end | 0;
    if (length <= SHORT) {
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code >= 0x80) break;
        bytes[at] = code;
        at = (at + 1) | 0;
      }
      if (i === length) {
        this.end = at;
        return;
      }
    }
    this.end += writeText(bytes, text, this.end);
  }

  /** The text as a JSON string. A short one of plain letters costs a quarter of `JSON.stringify`. */
  quoted(text: string): void {
    const { length } = text;
    if (length <= SHORT) {
      this.reserve(length + 2);
      const bytes = this.#bytes;
      let at = this.end | 0;
      bytes[at] = QUOTE;
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code < 0x20 || code >= 0x80 || code === QUOTE || code === BACKSLASH) break;
        at = (at + 1) | 0;
        bytes[at] = code;
      }
      if (i === length) {
        bytes[(at + 1) | 0] = QUOTE;
        this.end = (at + 2) | 0;
        return;
      }
    }
    this.text(JSON.stringify(text));
  }

  /** A whole number in digits. */
  whole(value: number | bigint): void {
    if (typeof value === "bigint" || !Number.isSafeInteger(value)) {
      this.text(String(value));
      return;
    }
    this.reserve(24);
    const { view } = this;
    let rest = value;
    if (rest < 0) {
      view.setUint8(this.end++, MINUS);
      rest = -rest;
    }
    this.end = digits(view, this.end, rest);
  }

  copy(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.reserve(length);
    if (length > SHORT_COPY) {
      this.#bytes.set(bytes.subarray(start, end), this.end);
      this.end += length;
      return;
    }
    const to = this.view;
    const from = bytes === this.#bytes ? to : this.#viewOf(bytes);
    let at = start | 0;
    let next = this.end | 0;
    for (const last = (end - 16) | 0; at <= last; at = (at + 16) | 0) {
      to.setInt32(next, from.getInt32(at, true), true);
      to.setInt32((next + 4) | 0, from.getInt32((at + 4) | 0, true), true);
      to.setInt32((next + 8) | 0, from.getInt32((at + 8) | 0, true), true);
      to.setInt32((next + 12) | 0, from.getInt32((at + 12) | 0, true), true);
      next = (next + 16) | 0;
    }
    for (const last = (end - 4) | 0; at <= last; at = (at + 4) | 0) {
      to.setInt32(next, from.getInt32(at, true), true);
      next = (next + 4) | 0;
    }
    for (; at < end; at = (at + 1) | 0) {
      to.setUint8(next, from.getUint8(at));
      next = (next + 1) | 0;
    }
    this.end = next;
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#sourceView;
  }

  /** Ends an object whose members were written since the first `length` bytes of the record, each behind a comma. */
  closeObject(length: number): void {
    this.reserve(2);
    const { view } = this;
    const begun = this.#start + length;
    if (this.end === begun) this.end++;
    view.setUint8(begun, OPEN_OBJECT);
    view.setUint8(this.end++, CLOSE_OBJECT);
  }

  /** Makes room for so many bytes. */
  reserve(length: number): void {
    if (this.end + length > this.#limit) this.#grow(length);
  }

  #grow(length: number): void {
    const bytes = this.#bytes;
    const begun = this.end - this.#start;
    const needed = 2 * (begun + length + SPARE);
    if (bytes.length >= BUFFER && needed <= bytes.length) bytes.copyWithin(0, this.#start, this.end);
    else {
      const grown = new Uint8Array(Math.max(Math.min(BUFFER, 4 * bytes.length), needed));
      grown.set(bytes.subarray(this.#start, this.end));
      this.#bytes = grown;
      this.view = new DataView(grown.buffer);
      this.#limit = grown.length - SPARE;
    }
    this.#life++;
    this.#start = 0;
    this.end = begun;
  }
}

const EIGHT_DIGITS = 100_000_000;

/** Two digits as the bytes of a little-endian number. */
const PAIRS = Uint16Array.from({ length: 100 }, (_, pair) => (0x30 + Math.floor(pair / 10)) | ((0x30 + (pair % 10)) << 8));

/** Writes a whole number below 10^16 without leading zeros and gives where it ends. */
function digits(view: DataView, from: number, value: number): number {
  if (value >= EIGHT_DIGITS) {
    const high = Math.floor(value / EIGHT_DIGITS);
    const at = digits(view, from, high);
    eightDigits(view, at, (value - high * EIGHT_DIGITS) | 0);
    return (at + 8) | 0;
  }
  let rest = value | 0;
  const end = (from + count(rest)) | 0;
  let at = end;
  while (rest >= 100) {
    const high = (rest / 100) | 0;
    at = (at - 2) | 0;
    view.setUint16(at, PAIRS[(rest - Math.imul(high, 100)) | 0] as number, true);
    rest = high;
  }
  if (rest >= 10) view.setUint16(from, PAIRS[rest] as number, true);
  else view.setUint8(from, 0x30 + rest);
  return end;
}

/** How many digits a whole number below 10^8 has. */
function count(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1_000 ? 3 : 4;
  return value < 1_000_000 ? (value < 100_000 ? 5 : 6) : value < 10_000_000 ? 7 : 8;
}

/** Leading zeros and all. */
function eightDigits(view: DataView, at: number, value: number): void {
  const high = (value / 10_000) | 0;
  const low = (value - Math.imul(high, 10_000)) | 0;
  const [first, third] = [(high / 100) | 0, (low / 100) | 0];
  view.setUint16(at, PAIRS[first] as number, true);
  view.setUint16((at + 2) | 0, PAIRS[(high - Math.imul(first, 100)) | 0] as number, true);
  view.setUint16((at + 4) | 0, PAIRS[third] as number, true);
  view.setUint16((at + 6) | 0, PAIRS[(low - Math.imul(third, 100)) | 0] as number, true);
}
