/** Encoded records one behind the other in shared chunks. A record's range stays valid and unchanged for as long as anyone holds it. */
import type { ByteRange } from "../node/index.ts";
import { writeText } from "./byte-text.ts";

const CHUNK = 64 * 1024;
/** Up to this many bytes a loop is quicker than a call. */
const SHORT = 16;
const LONGEST_PLAIN = 64;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Bytes written earlier, to be copied once more. */
export interface WrittenRange extends ByteRange {
  readonly life: number;
}

export class ByteWriter {
  #bytes = new Uint8Array(CHUNK);
  #start = 0;
  #end = 0;
  /** Counts the records that were given up. */
  #life = 0;

  /** Begins a record; what was written since the last `take` is given up. */
  begin(): void {
    if (this.#end !== this.#start) this.#life++;
    this.#end = this.#start;
  }

  /** Ends the record and gives its bytes. */
  take(): ByteRange {
    const range = { bytes: this.#bytes, start: this.#start, end: this.#end };
    this.#start = this.#end;
    return range;
  }

  /** Bytes of the record so far. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Where what was written after the first `length` bytes of the record stands. */
  since(length: number): WrittenRange {
    return { bytes: this.#bytes, start: this.#start + length, end: this.#end, life: this.#life };
  }

  /** False once a record was given up since: its bytes may be written over. */
  holds(range: WrittenRange): boolean {
    return range.life === this.#life;
  }

  text(text: string): void {
    // A UTF-16 unit makes at most three bytes.
    this.#reserve(text.length * 3);
    if (text.length <= SHORT && this.#ascii(text)) return;
    this.#end += writeText(this.#bytes, text, this.#end);
  }

  /** The text as a JSON string. A short one of plain letters costs a quarter of `JSON.stringify`. */
  quoted(text: string): void {
    const { length } = text;
    if (length <= LONGEST_PLAIN) {
      this.#reserve(length + 2);
      const bytes = this.#bytes;
      let at = this.#end;
      bytes[at++] = QUOTE;
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code < 0x20 || code >= 0x80 || code === QUOTE || code === BACKSLASH) break;
        bytes[at++] = code;
      }
      if (i === length) {
        bytes[at++] = QUOTE;
        this.#end = at;
        return;
      }
    }
    this.text(JSON.stringify(text));
  }

  copy(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#reserve(length);
    if (length <= SHORT) for (let i = start; i < end; i++) this.#bytes[this.#end++] = bytes[i] as number;
    else {
      this.#bytes.set(bytes.subarray(start, end), this.#end);
      this.#end += length;
    }
  }

  #ascii(text: string): boolean {
    let at = this.#end;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return false;
      this.#bytes[at++] = code;
    }
    this.#end = at;
    return true;
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const begun = this.#bytes.subarray(this.#start, this.#end);
    const grown = new Uint8Array(Math.max(CHUNK, 2 * (begun.length + length)));
    grown.set(begun);
    this.#bytes = grown;
    this.#start = 0;
    this.#end = begun.length;
  }
}
