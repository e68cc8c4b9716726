/**
 * V8 notes where objects are made that lived for long, and then makes all that come from there in the old generation. Of a run it learns the wrong thing: the rows of its first batches outlive the first,
 * small young generations, so rows are made old from then on. Each is then written with a barrier, and the old generation fills within half a second, for the concurrent marker to go through over and over. Rows die young; with
 * this off they do so in the young generation (w1: 0.81 CPU seconds a million instead of 1.16). `docs/decisions/young-rows.md`.
 */
import { setFlagsFromString } from "node:v8";

/** Given to `node` by hand: V8 is left as it is. */
const LEFT_ALONE = "--allocation-site-pretenuring";

/**
 * Of half of a young generation, in MB. V8 lets it grow to 64 (the young generation to three times that), and a warehouse has a dozen threads: after eight minutes at the mocks' own rates 13 runs held 1.6 GB, of
 * which half was young garbage. What dies young costs a collection nothing, so that a run gains nothing by more.
 */
const SEMI_SPACE_MB = 8;

/** Holds for all threads that begin afterwards. */
export function makeRowsYoung(): void {
  if (process.execArgv.includes(LEFT_ALONE)) return;
  setFlagsFromString("--no-allocation-site-pretenuring");
  setFlagsFromString(`--max-semi-space-size=${SEMI_SPACE_MB}`);
}
