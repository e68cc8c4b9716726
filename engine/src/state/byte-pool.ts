/** Small pieces of memory from large ones: one of its own for each would cost the collector more than the bytes. A large one lives as long as any of its pieces, so pieces are for what is in use for a short time. */
const POOL = 32 * 1024;
const LARGEST = POOL >> 3;

let pool = new Uint8Array(0);
let used = 0;

/** Not zeroed. */
export function pooledBytes(length: number): Uint8Array {
  if (length > LARGEST) return new Uint8Array(length);
  if (used + length > pool.length) {
    pool = new Uint8Array(POOL);
    used = 0;
  }
  const piece = pool.subarray(used, used + length);
  used += length;
  return piece;
}

export function pooledCopy(bytes: Uint8Array): Uint8Array {
  const copy = pooledBytes(bytes.length);
  copy.set(bytes);
  return copy;
}
