import { describe, expect, it } from "vitest";
import { checkSeeds } from "./check-seeds.ts";
import { scenarioOf } from "./scenario.ts";
import { shrink } from "./shrink.ts";

const SEEDS = 200;
/** Run in parts, so that one part that fails does not hide the others. */
const PARTS = 8;

describe("random pipelines, crashed, stopped, taken over and rescaled,", () => {
  it.each(Array.from({ length: PARTS }, (_, part) => part))(
    "give what a plain reference gives: part %i",
    { timeout: 60_000 },
    async (part) => {
      const size = SEEDS / PARTS;
      const { seeds, lives } = await checkSeeds(part * size, (part + 1) * size);
      expect(seeds).toBe(size);
      expect(lives).toBeGreaterThan(size);
    },
  );
});

describe("a scenario that fails", () => {
  it("is shrunk to what matters", async () => {
    const scenario = scenarioOf(1);
    // As if every pipeline that reads a record with the number 7 failed.
    const hasSeven = (text: string | null) => text !== null && /"n": ?7/.test(text);
    const small = await shrink(scenario, async ({ sources }) =>
      Object.values(sources).some(({ splits }) => splits.some(({ records }) => records.some(({ text }) => hasSeven(text)))),
    );
    const records = Object.values(small.sources).flatMap(({ splits }) => splits.flatMap((split) => split.records));
    expect(records).toHaveLength(1);
    expect(hasSeven(records[0]?.text ?? null)).toBe(true);
    expect(small.disruptions).toEqual([]);
    expect(Object.values(small.document.nodes).filter(({ type }) => type === "simulated-source")).toHaveLength(1);
  });

  it("is the same again for the same seed", () => {
    expect(scenarioOf(12)).toEqual(scenarioOf(12));
  });
});
