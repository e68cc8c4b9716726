/** Memory of whole chunks that were written, to be used again. What has lain unused for some time is let go: a burst must not hold memory for ever. */
import { CHUNK_BYTES } from "./chunk.ts";

export interface ChunkPool {
  /** Memory of one chunk, of any content; undefined when none is free. */
  take(): Uint8Array | undefined;
  /** Nobody looks at the bytes any more. What is no whole chunk's memory is left to the collector. */
  give(bytes: Uint8Array): void;
  /** To be called with each checkpoint. */
  rest(): void;
  readonly free: number;
}

/** 16 MiB. */
const MOST_FREE = 128;
/** Some ten seconds of checkpoints. */
const RESTS = 50;

export function createChunkPool(): ChunkPool {
  const free: Uint8Array[] = [];
  let rests = 0;
  /** How many were never taken since the count of rests began. */
  let unused = 0;
  return {
    take() {
      const taken = free.pop();
      unused = Math.min(unused, free.length);
      return taken;
    },
    give(bytes) {
      if (bytes.buffer.byteLength === CHUNK_BYTES && free.length < MOST_FREE) free.push(new Uint8Array(bytes.buffer));
    },
    rest() {
      rests += 1;
      if (rests < RESTS) return;
      free.splice(0, unused);
      unused = free.length;
      rests = 0;
    },
    get free() {
      return free.length;
    },
  };
}
