import { describe, expect, it } from "vitest";
import { fuzzDecoder } from "./decoder-fuzz.ts";

/** `pnpm verify:long decoder-fuzz` tries more, with other seeds. */
const DOCUMENTS = 300_000;

describe("the decoder", () => {
  it("takes of random documents what JSON.parse takes, as the long way does, and nothing else", { timeout: 300_000 }, () => {
    const { taken, refused, left, keyed } = fuzzDecoder(1, DOCUMENTS);
    expect(taken + refused + left).toBe(DOCUMENTS);
    // Both kinds must come, or the documents try nothing.
    expect(taken).toBeGreaterThan(DOCUMENTS / 4);
    expect(refused).toBeGreaterThan(DOCUMENTS / 4);
    expect(keyed).toBeGreaterThan(DOCUMENTS / 50);
    expect(left).toBeLessThan(DOCUMENTS / 25);
  });
});
