/**
 * What a pattern matches, said plainly and computed slowly, without an automaton: every way to give rows to its steps is tried. Covers contiguity, repetitions, steps that may be missing, what must not come, the
 * end of loops and the time of the whole; what overlaps is not skipped, and no step is greedy.
 */
export interface PlainRow {
  readonly letter: string;
  readonly time: number;
}

export interface PlainStep {
  readonly name: string;
  readonly follows: "next" | "followed-by" | "followed-by-any";
  /** Rows with one of these letters match. */
  readonly letters: string;
  readonly least: number;
  /** Infinity: any number. */
  readonly most: number;
  readonly between: "strict" | "relaxed" | "any";
  readonly optional: boolean;
  readonly until?: string | undefined;
  /** Letters that must not come between this step's first row and the next step's. */
  readonly noneAfter?: string | undefined;
}

/** Each match as the numbers of its rows by step, as text, with the row that completed it. */
export function plainMatches(steps: readonly PlainStep[], rows: readonly PlainRow[], withinMs: number): string[] {
  const found: string[] = [];
  const taken: { step: PlainStep; row: number }[] = [];

  /** Rows from `from` on that `step` may take next, after the row `last`; `isFirst`: it is the step's first. */
  function candidates(step: PlainStep, last: number, isFirst: boolean, forbidden: string): number[] {
    const how = isFirst ? { next: "strict", "followed-by": "relaxed", "followed-by-any": "any" }[step.follows] : step.between;
    const result: number[] = [];
    for (let i = last + 1; i < rows.length; i++) {
      const { letter } = rows[i] as PlainRow;
      if (forbidden.includes(letter)) break;
      const ends = step.until?.includes(letter) === true;
      const fits = step.letters.includes(letter);
      if (fits && !ends) result.push(i);
      // What ends a loop is passed over only before its first row.
      if (ends && !isFirst) break;
      if (how === "strict" || (how === "relaxed" && fits)) break;
    }
    return result;
  }

  function place(index: number, count: number, forbidden: string): void {
    const step = steps[index];
    if (step === undefined) return emit();
    const last = taken.at(-1);
    // Leave the step with what it has.
    if (count >= step.least) place(index + 1, 0, forbidden);
    if (count === 0 && step.optional) place(index + 1, 0, forbidden);
    if (count === step.most) return;
    const starts =
      last === undefined
        ? rows.flatMap(({ letter }, i) => (step.letters.includes(letter) && !step.until?.includes(letter) ? [i] : []))
        : candidates(step, last.row, count === 0, forbidden);
    for (const row of starts) {
      taken.push({ step, row });
      place(index, count + 1, count === 0 ? (step.noneAfter ?? "") : forbidden);
      taken.pop();
    }
  }

  function emit(): void {
    const [first, last] = [taken[0], taken.at(-1)];
    if (first === undefined || last === undefined) return;
    const [start, end] = [rows[first.row] as PlainRow, rows[last.row] as PlainRow];
    if (withinMs > 0 && end.time - start.time >= withinMs) return;
    found.push(steps.map(({ name }) => `${name}=${taken.flatMap((one) => (one.step.name === name ? [one.row] : [])).join(",")}`).join(" "));
  }

  place(0, 0, "");
  return found.sort();
}
