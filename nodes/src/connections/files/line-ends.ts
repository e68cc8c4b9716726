/** Finds the line ends of a file that comes in pieces. */

export interface LineEnds {
  /** Index of the next line end from `from` on, which must be where the last call stopped; -1 when there is none. */
  next(bytes: Uint8Array, from: number): number;
  /** The line end that was found last is part of a quoted field. */
  readonly isInside: boolean;
  /** A new record begins. */
  reset(): void;
}

const LF = 0x0a;
const QUOTE = 0x22;

export function plainLineEnds(): LineEnds {
  return { next: (bytes, from) => bytes.indexOf(LF, from), isInside: false, reset: () => undefined };
}

/**
 * CSV by RFC 4180: a field is quoted when it begins with a quote, and a doubled quote is one of its characters. A quote elsewhere opens nothing, so a stray one spoils its own record and
 * not those after it.
 */
export function csvLineEnds(separator: string): LineEnds {
  const between = separator.charCodeAt(0);
  let isQuoted = false;
  /** The next byte may open a quoted field. */
  let atFieldStart = true;
  /** The byte before closed a quoted field, unless a quote follows. */
  let isClosing = false;
  return {
    next(bytes, from) {
      for (let i = from; i < bytes.length; i++) {
        const byte = bytes[i];
        if (isQuoted) {
          if (byte === QUOTE) {
            isQuoted = false;
            isClosing = true;
          } else if (byte === LF) return i;
          continue;
        }
        if (byte === QUOTE && (atFieldStart || isClosing)) isQuoted = true;
        isClosing = false;
        atFieldStart = byte === between;
        if (byte === LF) return i;
      }
      return -1;
    },
    get isInside() {
      return isQuoted;
    },
    reset() {
      isQuoted = false;
      isClosing = false;
      atFieldStart = true;
    },
  };
}
