/**
 * A strict scanner over the bytes of JSON that nobody has checked yet: `JSON.parse` and UTF-8 are the measure of it. Each function takes where a token begins and where
 * the record ends, and gives where the token ends, or `NOT_TAKEN` where it is wrong. Nothing here is recursive.
 *
 * Text is looked at four bytes at a time, so a reader may look past the record's end: the buffer must go on for `MARGIN` bytes behind it. What was read there never
 * counts: a token that crosses the end ends behind it, and whoever reads the whole record refuses it for that.
 */

export const NOT_TAKEN = -1;

// A module's own constants are compiled in; exported ones would be fetched at each use.
const WRONG = NOT_TAKEN;

/** Bytes behind a record that may be looked at. */
export const MARGIN = 64;

const QUOTE = 0x22;
const MINUS = 0x2d;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const POINT = 0x2e;

/** "null", "true", and what follows the letter of "false", as the bytes of a little-endian number. */
export const WORDS = { NULL: 0x6c6c756e, TRUE: 0x65757274, ALSE: 0x65736c61 } as const;
const { NULL, TRUE, ALSE } = WORDS;

/**
 * The highest bit of each of four bytes that are not plain text: a quote, a backslash, a control character, or beyond ASCII. Only the lowest of the bits is sure: a
 * difference may borrow from the byte above. A quote with its second bit turned is a space, so that one comparison finds it with the control characters.
 */
export function special(four: number): number {
  return (((four ^ 0x02020202) - 0x21212121) | ((four ^ 0x5c5c5c5c) - 0x01010101) | four) & HIGH_BITS;
}

/** 0x80808080 as the whole number that bitwise operators give. */
const HIGH_BITS = -0x7f7f7f80;

/** Which byte has the lowest of the bits. Branches, for a processor guesses them and goes on, where it would have to wait for a computed place. */
export function lowest(bits: number): number {
  if ((bits & 0x80) !== 0) return 0;
  if ((bits & 0x8000) !== 0) return 1;
  return (bits & 0x800000) !== 0 ? 2 : 3;
}

/** First byte that is no white space. */
export function spaceEnd(view: DataView, from: number, end: number): number {
  let at = from | 0;
  while (at < end) {
    const byte = view.getUint8(at);
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
    at++;
  }
  return at;
}

/** The byte behind the closing quote of a string whose text begins at `from`. */
export function stringEnd(view: DataView, from: number, end: number): number {
  for (let at = from | 0; at < end; at += 4) {
    const bits = special(view.getInt32(at, true));
    if (bits === 0) continue;
    at += lowest(bits);
    return view.getUint8(at) === QUOTE ? at + 1 : unusualStringEnd(view, at, end);
  }
  return WRONG;
}

/** As `stringEnd`, from a byte that is not plain text. */
export function unusualStringEnd(view: DataView, from: number, end: number): number {
  let at = from | 0;
  while (at < end) {
    const byte = view.getUint8(at);
    if (byte >= 0x80) {
      at = letterEnd(view, at, byte);
      if (at === WRONG) return WRONG;
    } else if (byte === QUOTE) return at + 1;
    else if (byte === BACKSLASH) {
      at = escapeEnd(view, at);
      if (at === WRONG) return WRONG;
    } else if (byte < 0x20) return WRONG;
    else {
      const bits = special(view.getInt32(at, true));
      at += bits === 0 ? 4 : lowest(bits);
    }
  }
  return WRONG;
}

/** A letter of several bytes (Unicode, table 3-7), of which `first` is the first. */
export function letterEnd(view: DataView, at: number, first: number): number {
  const second = view.getUint8(at + 1);
  if ((second & 0xc0) !== 0x80) return WRONG;
  if (first < 0xe0) return first >= 0xc2 ? at + 2 : WRONG;
  if ((view.getUint8(at + 2) & 0xc0) !== 0x80) return WRONG;
  if (first < 0xf0) {
    // E0 80..9F would be too long, ED A0..BF is half of a pair.
    return (first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f) ? WRONG : at + 3;
  }
  if (first > 0xf4 || (view.getUint8(at + 3) & 0xc0) !== 0x80) return WRONG;
  return (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f) ? WRONG : at + 4;
}

/** Letters that may follow a backslash: " \ / b f n r t, and u with its four digits. */
const ESCAPED = new Uint8Array(256);
for (const letter of '"\\/bfnrt') ESCAPED[letter.charCodeAt(0)] = 1;
const HEX = new Uint8Array(256);
for (const digit of "0123456789abcdefABCDEF") HEX[digit.charCodeAt(0)] = 1;

function escapeEnd(view: DataView, at: number): number {
  const letter = view.getUint8(at + 1);
  if (ESCAPED[letter] === 1) return at + 2;
  if (letter !== 0x75) return WRONG;
  for (let i = at + 2; i < at + 6; i++) if (HEX[view.getUint8(i)] === 0) return WRONG;
  return at + 6;
}

/** A number in any form. */
export function numberEnd(view: DataView, from: number, end: number): number {
  let at = view.getUint8(from) === MINUS ? from + 1 : from;
  const first = at;
  let byte = view.getUint8(at);
  if (byte === 0x30) byte = view.getUint8(++at);
  else {
    while ((byte - 0x30) >>> 0 < 10 && at < end) byte = view.getUint8(++at);
    if (at === first) return WRONG;
  }
  if (byte === POINT) {
    const fraction = ++at;
    at = digitsEnd(view, at, end);
    if (at === fraction) return WRONG;
    byte = view.getUint8(at);
  }
  if ((byte | 0x20) === 0x65) {
    byte = view.getUint8(++at);
    if (byte === 0x2b || byte === MINUS) at++;
    const exponent = at;
    at = digitsEnd(view, at, end);
    if (at === exponent) return WRONG;
  }
  return at;
}

export function digitsEnd(view: DataView, from: number, end: number): number {
  let at = from | 0;
  while (at < end && (view.getUint8(at) - 0x30) >>> 0 < 10) at++;
  return at;
}

/** null, true and false. */
export function wordEnd(view: DataView, at: number): number {
  const four = view.getInt32(at, true);
  if (four === NULL || four === TRUE) return at + 4;
  return view.getInt32(at + 1, true) === ALSE && view.getUint8(at) === 0x66 ? at + 5 : WRONG;
}

/** Where a member's value begins, of a name that ends at `nameEnd`. */
export function valueStart(view: DataView, nameEnd: number, end: number): number {
  const colon = view.getUint8(nameEnd) === COLON ? nameEnd : spaceEnd(view, nameEnd, end);
  if (view.getUint8(colon) !== COLON) return WRONG;
  return view.getUint8(colon + 1) > 0x20 ? colon + 1 : spaceEnd(view, colon + 1, end);
}
