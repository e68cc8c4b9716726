import type { Words } from "@millrace/engine/node";

/**
 * An outside system cannot do what was asked, for a reason that people can act on: the words name the place, the value and the remedy. The code is stable:
 * "topic.unknown", "files.outside-root". Anything else a driver throws is a bug.
 */
export class ConnectionError extends Error {
  readonly code: string;
  readonly words: Words;
  constructor(code: string, words: Words, cause?: unknown) {
    super(words.en, cause === undefined ? undefined : { cause });
    this.name = "ConnectionError";
    this.code = code;
    this.words = words;
  }
}

/** A text as people write it, for messages; at most 80 characters. */
export function quote(value: string): string {
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

/** EIO's number, as lmdb-js gives it. */
const LMDB_SHORT_WRITE = 5;

/** True for what the operating system or LMDB says when nothing more can be written. LMDB calls it EIO when the last that fits was written in part. */
export function isDiskFull(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return (
    code === "ENOSPC" ||
    code === "EDQUOT" ||
    code === "EFBIG" ||
    code === LMDB_SHORT_WRITE ||
    /No space left on device|Disk quota exceeded|File too large|There is not enough space/.test(String(message))
  );
}
