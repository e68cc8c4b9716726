/**
 * From a post to the records in it. A JSON array becomes one record per element, each with the very bytes it was sent with (numbers beyond 2^53 and the order of members survive);
 * everything else is one record as it is, JSON or not: what cannot be read becomes a dead letter of the pipeline, where somebody sees it.
 */

/** The records in a text; none in an empty array. Undefined when the text is empty or blank. */
export function recordsIn(text: Buffer): Buffer[] | undefined {
  const start = skipBlank(text, 0);
  if (start === text.length) return undefined;
  if (text[start] !== OPEN_ARRAY || !isJson(text)) return [text];
  return elements(text, start + 1);
}

/** The values of `param` in a form, decoded; undefined when the form has no such field. */
export function formParams(body: Buffer): Buffer[] | undefined {
  const values = new URLSearchParams(body.toString("utf8")).getAll("param");
  return values.length === 0 ? undefined : values.map((value) => Buffer.from(value));
}

const OPEN_ARRAY = 0x5b;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

function isJson(text: Buffer): boolean {
  try {
    JSON.parse(text.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

/** The elements of an array that is known to be JSON, from behind its bracket. */
function elements(text: Buffer, from: number): Buffer[] {
  const found: Buffer[] = [];
  let start = skipBlank(text, from);
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const byte = text[i] as number;
    if (byte === QUOTE) i = endOfString(text, i);
    else if (byte === OPEN_ARRAY || byte === 0x7b) depth += 1;
    else if ((byte === 0x5d || byte === 0x7d) && depth > 0) depth -= 1;
    else if ((byte === COMMA || byte === 0x5d) && depth === 0) {
      const end = skipBlankBack(text, i);
      if (end > start) found.push(text.subarray(start, end));
      start = skipBlank(text, i + 1);
      if (byte === 0x5d) break;
    }
  }
  return found;
}

function endOfString(text: Buffer, quote: number): number {
  let i = quote + 1;
  while (text[i] !== QUOTE) i += text[i] === BACKSLASH ? 2 : 1;
  return i;
}

function skipBlank(text: Buffer, from: number): number {
  let i = from;
  while (i < text.length && isBlank(text[i] as number)) i += 1;
  return i;
}

function skipBlankBack(text: Buffer, from: number): number {
  let i = from;
  while (isBlank(text[i - 1] as number)) i -= 1;
  return i;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
