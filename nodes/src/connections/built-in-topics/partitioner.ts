/** Which partition a record goes to, as Kafka's default partitioner chooses. */

/** Kafka's murmur2 (`org.apache.kafka.common.utils.Utils.murmur2`), as a signed 32-bit number. */
export function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  const length = data.length;
  let h = 0x9747b28c ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let k = (data[i] as number) | ((data[i + 1] as number) << 8) | ((data[i + 2] as number) << 16) | ((data[i + 3] as number) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const rest = length - whole;
  if (rest === 3) h ^= (data[whole + 2] as number) << 16;
  if (rest >= 2) h ^= (data[whole + 1] as number) << 8;
  if (rest >= 1) h = Math.imul(h ^ (data[whole] as number), m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}

let lastKey: Uint8Array | undefined;
let lastHash = 0;

/** Bytes of keys are never written to, and a run's sinks are given the same ones for the same key: rows of one record, which go to several, have it hashed once. */
export function partitionOfKey(key: Uint8Array, partitions: number): number {
  if (key !== lastKey) {
    lastHash = murmur2(key) & 0x7fff_ffff;
    lastKey = key;
  }
  return lastHash % partitions;
}
