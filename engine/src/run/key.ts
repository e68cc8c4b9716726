/**
 * Keys of keyed state. A key's canonical text decides which state a row sees and, hashed, which key group (of 128, fixed from the first
 * version) and thereby which subtask owns it. The text is JSON of the values, BIGINTs in digits, so that it is the same on every
 * platform and in every version.
 */
import type { Value } from "../schema/index.ts";

export const KEY_GROUPS = 128;

/** Fast identity inside one process: the value itself for a single plain one, else the canonical text. */
export type KeyId = string | number | boolean | null;

export function keyIdOf(values: readonly Value[]): KeyId {
  if (values.length === 1) {
    const value = values[0] as Value;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null) return value;
  }
  return `\u0000${canonicalKey(values)}`;
}

/** `["mid_1",20210222]` */
export function canonicalKey(values: readonly Value[]): string {
  return JSON.stringify(values, (_name, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    if (value instanceof Map) return [...value];
    if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
    return value;
  });
}

/** Murmur3 (32 bit, seed 0) of the canonical text's UTF-8 bytes, modulo the number of key groups. */
export function keyGroupOf(values: readonly Value[]): number {
  return (murmur3(new TextEncoder().encode(canonicalKey(values))) >>> 0) % KEY_GROUPS;
}

/** Austin Appleby's MurmurHash3_x86_32 (public domain), as Guava and Flink use it to spread keys. */
export function murmur3(bytes: Uint8Array, seed = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks = bytes.length & ~3;
  let hash = seed;
  for (let i = 0; i < blocks; i += 4) {
    hash ^= scramble(view.getInt32(i, true));
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let i = bytes.length - 1; i >= blocks; i--) tail = (tail << 8) | (bytes[i] as number);
  hash ^= scramble(tail);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
