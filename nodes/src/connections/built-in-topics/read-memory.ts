/**
 * Memory of one reader's pieces, used again once nobody looks at what was read into it: fresh memory for each piece costs the system more than reading it. A batch that is never given back only means that its
 * memory is the collector's to free.
 */
export interface ReadMemory {
  /** So many bytes, of any content. */
  take(length: number): Buffer;
  /** A batch of what was read goes out; the function is to be called when nobody looks at it any more. */
  handOut(): () => void;
  /** All that was read has gone out, and other pieces are to be read. */
  turn(): void;
}

interface Pieces {
  readonly buffers: Buffer[];
  /** Batches that are out. */
  out: number;
}

/** A reader at work has one piece of the largest size, or some small ones. */
const MOST_FREE = 4;
const STEP = 64 << 10;

export function createReadMemory(): ReadMemory {
  const free: Buffer[] = [];
  let pieces: Pieces = { buffers: [], out: 0 };
  return {
    take(length) {
      const index = free.findIndex((buffer) => buffer.length >= length);
      const buffer = index === -1 ? Buffer.allocUnsafeSlow(Math.ceil(length / STEP) * STEP) : (free.splice(index, 1)[0] as Buffer);
      pieces.buffers.push(buffer);
      return buffer.subarray(0, length);
    },
    handOut() {
      const of = pieces;
      let isOut = true;
      of.out++;
      return () => {
        if (isOut) of.out--;
        isOut = false;
      };
    },
    turn() {
      if (pieces.out === 0) free.splice(0, free.length, ...[...pieces.buffers, ...free].slice(0, MOST_FREE));
      pieces = { buffers: [], out: 0 };
    },
  };
}
