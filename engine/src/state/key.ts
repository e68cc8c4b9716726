/**
 * Keys of keyed state. A key's bytes (its values one after the other, `value-bytes.ts`) are the same on every platform and in every version; their hash decides which key group (of 128, fixed from
 * the first version), and thereby which subtask, owns it.
 */
import type { Value } from "../schema/index.ts";
import { ValueReader, ValueWriter } from "./value-bytes.ts";

export const KEY_GROUPS = 128;
/** State that every subtask has: what broadcast inputs write. */
export const EVERY_GROUP = 255;

/** Which of how many subtasks. */
export interface Share {
  readonly subtask: number;
  readonly parallelism: number;
}

/** Fast identity inside one process: the value itself for a single scalar, else a text. */
export type KeyId = string | number | boolean | bigint | null;

const writer = new ValueWriter();
const reader = new ValueReader();

const NO_KEY: KeyId = "\u0000";

/** Identity among keys with the same number of values. */
export function keyIdOf(values: readonly Value[]): KeyId {
  if (values.length === 1) return idOf(values[0] as Value);
  if (values.length === 0) return NO_KEY;
  let id = "";
  for (const value of values) {
    if (typeof value === "string") id += `s${value.length}:${value}`;
    else if (typeof value === "number") id += `n${value};`;
    else if (typeof value === "boolean") id += value ? "t" : "f";
    else if (value === null) id += "-";
    else return idOfBytes(values);
  }
  return id;
}

/** As `keyIdOf` for one value. */
export function idOf(value: Value): KeyId {
  switch (typeof value) {
    case "string":
      return value.charCodeAt(0) === 0 ? idOfBytes([value]) : value;
    case "object":
      return value === null ? null : idOfBytes([value]);
    default:
      return value;
  }
}

function idOfBytes(values: readonly Value[]): string {
  return `\u0000${Buffer.from(scratchBytes(values)).toString("latin1")}`;
}

/** The key's bytes behind what the writer holds already. */
export function writeKey(into: ValueWriter, values: readonly Value[]): void {
  // Both zeros are one key.
  for (const value of values) into.value(value === 0 ? 0 : value);
}

export function keyBytes(values: readonly Value[]): Uint8Array {
  return new Uint8Array(scratchBytes(values));
}

/** The values of a key's bytes from `start` on. */
export function keyOfBytes(bytes: Uint8Array, start = 0): readonly Value[] {
  reader.reset(bytes, start);
  const values: Value[] = [];
  while (!reader.isAtEnd) values.push(reader.value());
  return values;
}

/** Murmur3 (32 bit, seed 0) of the key's bytes, modulo the number of key groups. */
export function keyGroupOf(values: readonly Value[]): number {
  return keyGroupOfBytes(scratchBytes(values));
}

export function keyGroupOfBytes(bytes: Uint8Array): number {
  return keyGroupOfHash(murmur3(bytes));
}

/** Of a key's bytes whose murmur3 is known. */
export function keyGroupOfHash(hash: number): number {
  return (hash >>> 0) % KEY_GROUPS;
}

/** The subtask that owns a key group: each owns a range, as Flink assigns them (KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup). */
export function ownerOf(keyGroup: number, parallelism: number): number {
  return Math.floor((keyGroup * parallelism) / KEY_GROUPS);
}

/** Whether a subtask takes what is written under the group; that of every group is everybody's. */
export function ownsGroup(keyGroup: number, { subtask, parallelism }: Share): boolean {
  return keyGroup === EVERY_GROUP || ownerOf(keyGroup, parallelism) === subtask;
}

/** Whether a key's state belongs to a subtask. What has no key belongs to subtask 0. */
export function ownsKey(values: readonly Value[], share: Share): boolean {
  return ownsGroup(values.length === 0 ? 0 : keyGroupOf(values), share);
}

/** Austin Appleby's MurmurHash3_x86_32 (public domain), as Guava and Flink use it to spread keys; of the bytes from `start` to `end`. */
export function murmur3(bytes: Uint8Array, seed = 0, start = 0, end = bytes.length): number {
  const length = end - start;
  const blocks = start + (length & ~3);
  let hash = seed;
  for (let i = start; i < blocks; i += 4) {
    const block =
      (bytes[i] as number) | ((bytes[i + 1] as number) << 8) | ((bytes[i + 2] as number) << 16) | ((bytes[i + 3] as number) << 24);
    hash ^= scramble(block);
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let i = end - 1; i >= blocks; i--) tail = (tail << 8) | (bytes[i] as number);
  hash ^= scramble(tail);
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

function scratchBytes(values: readonly Value[]): Uint8Array {
  writer.begin();
  writeKey(writer, values);
  return writer.peek();
}
