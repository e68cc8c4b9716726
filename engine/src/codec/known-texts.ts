/**
 * Texts of bytes, remembered: names of brands, pages, channels and devices come again and again, and a text that is known costs a third of a call into
 * the platform's decoder, and no memory.
 */
import { lowest, NOT_TAKEN, special, unusualStringEnd } from "./json-bytes.ts";

const SLOT_BITS = 12;
/** Four-byte words of a slot: how long the text is, and its bytes, the last word filled up with zeros. */
const SLOT = 8;
/** The last word has a byte to spare, so that it can be masked whatever the length. */
const LONGEST = 4 * (SLOT - 1) - 1;

// A module's own constants are compiled in; imported ones would be fetched at each use.
const WRONG = NOT_TAKEN;
const QUOTE = 0x22;
const MIX = 0x9e3779b1 | 0;

export class KnownTexts {
  /** What was read last. */
  text = "";
  readonly #texts: string[] = new Array(1 << SLOT_BITS).fill("");
  readonly #slots = new Int32Array(SLOT << SLOT_BITS);

  readonly #meaning: (bytes: Uint8Array, from: number, to: number) => string;

  /** `meaning` makes the text of valid bytes. */
  constructor(meaning: (bytes: Uint8Array, from: number, to: number) => string) {
    this.#meaning = meaning;
  }

  /** The text of the bytes, which `view` looks at too. */
  textOf(view: DataView, bytes: Uint8Array, from: number, to: number): string {
    const rest = (to - from) & 3;
    const whole = (to - rest) | 0;
    let hash = 0;
    for (let at = from | 0; at < whole; at = (at + 4) | 0) hash = Math.imul(hash ^ view.getInt32(at, true), MIX);
    return this.#textOf(view, bytes, from, to, hash, view.getInt32(whole, true) & ((1 << (rest << 3)) - 1), rest);
  }

  /** Reads the JSON string whose text begins at `from` into `text`; gives the byte behind its closing quote, or `NOT_TAKEN`. */
  read(view: DataView, bytes: Uint8Array, from: number, end: number): number {
    let at = from | 0;
    let hash = 0;
    let four = view.getInt32(at, true);
    let bits = special(four) | 0;
    while (bits === 0) {
      hash = Math.imul(hash ^ four, MIX);
      at = (at + 4) | 0;
      if (at >= end) return WRONG;
      four = view.getInt32(at, true);
      bits = special(four) | 0;
    }
    const rest = lowest(bits) | 0;
    at = (at + rest) | 0;
    if (view.getUint8(at) !== QUOTE) return this.#readUnusual(view, bytes, from, at, end);
    this.text = this.#textOf(view, bytes, from, at, hash, four & ((1 << (rest << 3)) - 1), rest);
    return (at + 1) | 0;
  }

  /** A string that is not plain from `unusual` on. */
  #readUnusual(view: DataView, bytes: Uint8Array, from: number, unusual: number, end: number): number {
    const behind = unusualStringEnd(view, unusual, end) | 0;
    if (behind === WRONG) return WRONG;
    this.text = this.textOf(view, bytes, from, behind - 1);
    return behind;
  }

  /** The text between the places, which ends with the `rest` bytes of `last`; `hash` is that of the words before them. */
  #textOf(view: DataView, bytes: Uint8Array, from: number, to: number, hash: number, last: number, rest: number): string {
    const length = (to - from) | 0;
    const slot = Math.imul(hash ^ last ^ (length << 24), MIX) >>> (32 - SLOT_BITS);
    const slots = this.#slots;
    let word = (slot << 3) | 0;
    if (slots[word] === length) {
      word = (word + 1) | 0;
      const whole = (to - rest) | 0;
      let at = from | 0;
      for (; at < whole && view.getInt32(at, true) === slots[word]; at = (at + 4) | 0) word = (word + 1) | 0;
      if (at === whole && slots[word] === last) return this.#texts[slot] as string;
    }
    return this.#learn(view, bytes, from, to, slot);
  }

  #learn(view: DataView, bytes: Uint8Array, from: number, to: number, slot: number): string {
    const text = this.#meaning(bytes, from, to);
    const length = to - from;
    if (length > LONGEST) return text;
    this.#texts[slot] = text;
    const slots = this.#slots;
    let word = slot * SLOT;
    slots[word++] = length;
    let at = from;
    for (; at + 4 <= to; at += 4) slots[word++] = view.getInt32(at, true);
    slots[word] = view.getInt32(at, true) & ((1 << ((to - at) << 3)) - 1);
    return text;
  }
}
