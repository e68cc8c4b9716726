/** Cases of operators that have no node type yet: counted by kind, so that nobody takes them for passed. */
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

export function operatorScripts({ cases = [] }: { readonly cases?: readonly { readonly operator: { readonly kind: string } }[] }): Tally {
  const tally = newTally();
  for (const { operator } of cases) addUnsupported(tally, `there is no node type for ${operator.kind}`);
  return tally;
}
