/** Base64 as Java's `Base64.getDecoder()` reads it, and charsets as Java knows them. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map([...LETTERS].map((letter, value) => [letter, value]));

export function base64OfBytes(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    text += `${LETTERS[a >> 2]}${LETTERS[((a & 3) << 4) | (b >> 4)]}`;
    text += i + 1 < bytes.length ? LETTERS[((b & 15) << 2) | (c >> 6)] : "=";
    text += i + 2 < bytes.length ? LETTERS[c & 63] : "=";
  }
  return text;
}

/** Undefined when the text is none: other letters, padding in the middle, a single letter at the end. Padding may be left out. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const match = /^([A-Za-z0-9+/]*)(={0,2})$/.exec(text);
  if (!match) return undefined;
  const [, letters = "", padding = ""] = match;
  const rest = letters.length % 4;
  if (rest === 1 || (padding !== "" && rest + padding.length !== 4)) return undefined;
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
  let [bits, count, at] = [0, 0, 0];
  for (const letter of letters) {
    bits = ((bits << 6) | (VALUES.get(letter) ?? 0)) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[at++] = (bits >> count) & 255;
    }
  }
  return bytes;
}

interface Charset {
  readonly encode: (text: string) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => string;
}

const QUESTION_MARK = 63;

/** One unit is one byte; what does not fit is a question mark. */
function singleByte(limit: number): Charset {
  return {
    encode: (text) =>
      Uint8Array.from(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, "\uffff"), (unit) =>
        unit.charCodeAt(0) < limit ? unit.charCodeAt(0) : QUESTION_MARK,
      ),
    decode: (bytes) => Array.from(bytes, (byte) => (byte < limit ? String.fromCharCode(byte) : "\ufffd")).join(""),
  };
}

function utf16(littleEndian: boolean, mark: boolean): Charset {
  return {
    encode: (text) => {
      const bytes = new Uint8Array((text.length + (mark && text !== "" ? 1 : 0)) * 2);
      const view = new DataView(bytes.buffer);
      let at = 0;
      if (mark && text !== "") {
        view.setUint16(0, 0xfeff);
        at = 2;
      }
      for (let i = 0; i < text.length; i++, at += 2) view.setUint16(at, text.charCodeAt(i), littleEndian);
      return bytes;
    },
    decode: (bytes) => {
      const isMarked = mark && bytes.length >= 2 && ((bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0xff && bytes[1] === 0xfe));
      const little = isMarked ? bytes[0] === 0xff : littleEndian;
      return new TextDecoder(little ? "utf-16le" : "utf-16be", { ignoreBOM: true }).decode(isMarked ? bytes.subarray(2) : bytes);
    },
  };
}

const utf8: Charset = {
  encode: (text) => new TextEncoder().encode(text),
  decode: (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
};

const CHARSETS: Readonly<Record<string, Charset>> = {
  "UTF-8": utf8,
  UTF8: utf8,
  "US-ASCII": singleByte(128),
  ASCII: singleByte(128),
  "ISO-8859-1": singleByte(256),
  ISO8859_1: singleByte(256),
  LATIN1: singleByte(256),
  "UTF-16": utf16(false, true),
  "UTF-16BE": utf16(false, false),
  "UTF-16LE": utf16(true, false),
};

/** The names of the charsets that ENCODE and DECODE know. */
export const CHARSET_NAMES = ["UTF-8", "US-ASCII", "ISO-8859-1", "UTF-16", "UTF-16BE", "UTF-16LE"] as const;

export function charsetNamed(name: string): Charset | undefined {
  const upper = name.toUpperCase();
  return Object.hasOwn(CHARSETS, upper) ? CHARSETS[upper] : undefined;
}
