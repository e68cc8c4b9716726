/** Text of bytes: Node's own decoder where there is one (several times quicker on short records), the platform's elsewhere. */

type Slice = (this: Uint8Array, start: number, end: number) => string;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const nodeSlice = (globalThis as { Buffer?: { prototype: { utf8Slice?: Slice } } }).Buffer?.prototype.utf8Slice;

type Write = (this: Uint8Array, text: string, start: number, length: number) => number;

const encoder = new TextEncoder();
const nodeWrite = (globalThis as { Buffer?: { prototype: { utf8Write?: Write } } }).Buffer?.prototype.utf8Write;

/** Writes the text at `start`, where it must have room; returns how many bytes it took. */
export const writeText: (bytes: Uint8Array, text: string, start: number) => number = nodeWrite
  ? (bytes, text, start) => nodeWrite.call(bytes, text, start, bytes.length - start)
  : (bytes, text, start) => encoder.encodeInto(text, bytes.subarray(start)).written;

/** What is no UTF-8 becomes U+FFFD. */
export const textOf: (bytes: Uint8Array, start: number, end: number) => string = nodeSlice
  ? (bytes, start, end) => nodeSlice.call(bytes, start, end)
  : (bytes, start, end) => decoder.decode(bytes.subarray(start, end));

type Copy = (this: Uint8Array, target: Uint8Array, at: number, start: number, end: number) => number;

const nodeCopy = (globalThis as { Buffer?: { prototype: { copy?: Copy } } }).Buffer?.prototype.copy;

/** Up to here a loop is quicker than a call. */
const FEW_BYTES = 32;

/** Copies the bytes of `source` from `start` to `end` to where `at` is in `target`. */
export const copyBytes: (target: Uint8Array, at: number, source: Uint8Array, start: number, end: number) => void = nodeCopy
  ? (target, at, source, start, end) => {
      if (end - start > FEW_BYTES) nodeCopy.call(source, target, at, start, end);
      else for (let to = at, from = start; from < end; ) target[to++] = source[from++] as number;
    }
  : (target, at, source, start, end) => target.set(source.subarray(start, end), at);
