/** Smart mode: of candidates that overlap, those that together read best. */
import type { Candidate } from "./candidates.ts";

/**
 * Tries the choice that takes each candidate it can from the left, then, from the last that had no room to the first, those that take it instead. The best:
 * most letters covered, fewest words, widest, furthest to the right, words of equal length, longer words later; of equals the first.
 */
export function chooseBest(group: readonly Candidate[]): readonly Candidate[] {
  const choice: Candidate[] = [];
  const refused = take(group, 0, choice);
  let best = measured(choice);
  while (refused.length > 0) {
    const at = refused.pop() as number;
    while (overlaps(group[at] as Candidate, choice)) choice.pop();
    take(group, at, choice);
    const other = measured(choice);
    if (compare(other, best) < 0) best = other;
  }
  return best.words;
}

/** Adds what lies outside of the choice, beginning with the candidate at `from`; returns the places of those that do not. */
function take(group: readonly Candidate[], from: number, choice: Candidate[]): number[] {
  const refused: number[] = [];
  for (let i = from; i < group.length; i++) {
    const candidate = group[i] as Candidate;
    const first = choice[0];
    if (overlaps(candidate, choice)) refused.push(i);
    else if (first && candidate.begin < first.begin) choice.unshift(candidate);
    else choice.push(candidate);
  }
  return refused;
}

/** With what lies between the first and the last word of the choice, gaps included. */
function overlaps({ begin, end }: Candidate, choice: readonly Candidate[]): boolean {
  const first = choice[0];
  return first !== undefined && begin < (choice.at(-1) as Candidate).end && first.begin < end;
}

interface Measured {
  readonly words: readonly Candidate[];
  readonly covered: number;
  readonly width: number;
  readonly end: number;
  readonly evenness: number;
  readonly lateness: number;
}

function measured(choice: readonly Candidate[]): Measured {
  let covered = 0;
  let evenness = 1;
  let lateness = 0;
  choice.forEach(({ begin, end }, i) => {
    covered += end - begin;
    // In 32 bits, as the original.
    evenness = Math.imul(evenness, end - begin);
    lateness += (i + 1) * (end - begin);
  });
  const end = (choice.at(-1) as Candidate).end;
  return { words: [...choice], covered, width: end - (choice[0] as Candidate).begin, end, evenness, lateness };
}

/** Below zero: `a` is better. */
function compare(a: Measured, b: Measured): number {
  return (
    b.covered - a.covered ||
    a.words.length - b.words.length ||
    b.width - a.width ||
    b.end - a.end ||
    b.evenness - a.evenness ||
    b.lateness - a.lateness
  );
}
