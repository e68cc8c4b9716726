import { expect, it } from "vitest";
import { CHUNK_BYTES } from "./chunk.ts";
import { createChunkPool } from "./chunk-memory.ts";

const chunks = (count: number) => Array.from({ length: count }, () => new Uint8Array(CHUNK_BYTES));

it("keeps what is in use, and lets go of what a burst left", () => {
  const pool = createChunkPool();
  for (const chunk of chunks(100)) pool.give(chunk.subarray(0, 90_000));
  const used = [pool.take(), pool.take()];
  expect(used.map((one) => one?.length)).toEqual([CHUNK_BYTES, CHUNK_BYTES]);
  // From checkpoint to checkpoint three are in use at once.
  for (let checkpoint = 0; checkpoint < 1_000; checkpoint++) {
    used.push(pool.take());
    for (const one of used.splice(0)) if (one) pool.give(one);
    used.push(pool.take(), pool.take());
    pool.rest();
  }
  for (const one of used) if (one) pool.give(one);
  expect(pool.free).toBe(3);
});

it("holds no more than 16 MB, and no memory of another size", () => {
  const pool = createChunkPool();
  for (const chunk of chunks(200)) pool.give(chunk);
  expect(pool.free).toBe(128);
  const other = createChunkPool();
  other.give(new Uint8Array(CHUNK_BYTES / 2));
  expect([other.free, other.take()]).toEqual([0, undefined]);
});
