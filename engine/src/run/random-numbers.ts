/** Random numbers from a seed, for the expressions of a run: xoshiro128** (Blackman and Vigna), begun with a digest of the seed. */
import { sha256 } from "@noble/hashes/sha2.js";

/** Numbers from 0 up to 1 with 53 random bits each. The same seed gives the same numbers, another one others. */
export function randomNumbers(seed: string): () => number {
  const digest = sha256(new TextEncoder().encode(seed));
  const view = new DataView(digest.buffer, digest.byteOffset);
  // All zeros would stay zeros.
  let [a, b, c, d] = [view.getUint32(0) | 1, view.getUint32(4), view.getUint32(8), view.getUint32(12)] as [number, number, number, number];
  const next = (): number => {
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotated(d, 11);
    return result;
  };
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) * 2 ** -53;
}

function rotated(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}
