/** The decoder's fuzzer, as `pnpm test` runs it, for longer and with other seeds. */
import { type FuzzCounts, fuzzDecoder } from "../../engine/testing/decoder-fuzz.ts";
import type { Part } from "./verify.ts";

const SEEDS = 40;
const DOCUMENTS_PER_SEED = 250_000;

export const decoderFuzzLong: Part = {
  name: "decoder-fuzz",
  shows: `${(SEEDS * DOCUMENTS_PER_SEED) / 1_000_000} million random documents, whole, damaged and hostile: the decoder takes what JSON.parse takes, with the same values, and refuses the rest`,
  async run() {
    const begun = performance.now();
    const all: FuzzCounts = { documents: 0, taken: 0, refused: 0, keyed: 0, left: 0 };
    // The unit tests take seed 1.
    for (let seed = 2; seed < 2 + SEEDS; seed++) {
      const counts = fuzzDecoder(seed, DOCUMENTS_PER_SEED);
      for (const name of Object.keys(all) as (keyof FuzzCounts)[]) all[name] += counts[name];
    }
    const minutes = Math.round((performance.now() - begun) / 60_000);
    return `${all.documents} documents in ${minutes} min: ${all.taken} taken as the same rows, ${all.refused} refused by both, ${all.left} left to JSON.parse (a wanted member twice); ${all.keyed} keys extracted; differences 0`;
  },
};
