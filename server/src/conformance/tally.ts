/** What came of the cases of one file. */
export interface Tally {
  passed: number;
  /** One line for each failed case, with the difference. */
  readonly failures: string[];
  /** How many cases the product has nothing to express with, by the reason. */
  readonly unsupported: Map<string, number>;
}

export function newTally(): Tally {
  return { passed: 0, failures: [], unsupported: new Map() };
}

export function addUnsupported({ unsupported }: Tally, reason: string, count = 1): void {
  unsupported.set(reason, (unsupported.get(reason) ?? 0) + count);
}

/** "10 passed, 0 failed, 2 unsupported". */
export function sumOf({ passed, failures, unsupported }: Tally): string {
  const left = [...unsupported.values()].reduce((sum, count) => sum + count, 0);
  return `${passed} passed, ${failures.length} failed, ${left} unsupported`;
}
