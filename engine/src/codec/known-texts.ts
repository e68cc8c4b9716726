/**
 * Short texts of bytes, remembered: names of brands, pages, channels and devices come again and again, and a text that is known costs a third of a call into
 * the platform's decoder, and no memory.
 */
import { textOf } from "./byte-text.ts";

const SLOTS = 4096;
const LONGEST = 24;

/** Text of ASCII bytes. */
export type AsciiText = (bytes: Uint8Array, start: number, end: number) => string;

export function knownTexts(): AsciiText {
  const known: string[] = new Array(SLOTS).fill("");
  return (bytes, start, end) => {
    const length = end - start;
    if (length > LONGEST) return textOf(bytes, start, end);
    let hash = length;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
    const text = known[slot] as string;
    if (text.length === length && says(text, bytes, start)) return text;
    const fresh = textOf(bytes, start, end);
    known[slot] = fresh;
    return fresh;
  };
}

function says(text: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
