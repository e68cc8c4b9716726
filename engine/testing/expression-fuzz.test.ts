import { describe, expect, it } from "vitest";
import { fuzzExpressions } from "./expression-fuzz.ts";

/** `pnpm verify:long expression-fuzz` tries more, with other seeds. */
const TEXTS = 12_000;

describe("expressions", () => {
  it("are refused with words and a place, or give a value or a row error, whatever the text", { timeout: 300_000 }, () => {
    const { refused, values, rowErrors } = fuzzExpressions(1, TEXTS);
    expect(refused + values + rowErrors).toBe(TEXTS);
    // All kinds must come, or the texts try nothing.
    expect(refused).toBeGreaterThan(TEXTS / 10);
    expect(values).toBeGreaterThan(TEXTS / 10);
    expect(rowErrors).toBeGreaterThan(TEXTS / 1_000);
  });
});
