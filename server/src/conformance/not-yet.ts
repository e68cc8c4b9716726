/** Cases of patterns, which have no node type yet: counted, so that nobody takes them for passed. */
import { addUnsupported, newTally, type Tally } from "./tally.ts";

interface PatternFile {
  readonly cases?: readonly unknown[];
  readonly iterativeCases?: readonly unknown[];
  readonly malformed?: readonly unknown[];
}

export function patternCases({ cases = [], iterativeCases = [], malformed = [] }: PatternFile): Tally {
  const tally = newTally();
  const count = cases.length + iterativeCases.length + malformed.length;
  if (count > 0) addUnsupported(tally, "there is no node type for patterns", count);
  return tally;
}
