/** Conditions of edges, made of the conditions that people wrote; those are told apart by their number in the pattern. */

export type Formula =
  | { readonly kind: "true" }
  | { readonly kind: "holds"; readonly condition: number }
  | { readonly kind: "not"; readonly of: Formula }
  | { readonly kind: "both"; readonly left: Formula; readonly right: Formula };

export const TRUE: Formula = { kind: "true" };

export function holds(condition: number): Formula {
  return { kind: "holds", condition };
}

export function not(of: Formula): Formula {
  return { kind: "not", of };
}

export function both(left: Formula, right: Formula): Formula {
  if (left.kind === "true") return right;
  return right.kind === "true" ? left : { kind: "both", left, right };
}

/** Whether it is true, given which conditions hold. */
export function isTrue(formula: Formula, hold: (condition: number) => boolean): boolean {
  switch (formula.kind) {
    case "true":
      return true;
    case "holds":
      return hold(formula.condition);
    case "not":
      return !isTrue(formula.of, hold);
    case "both":
      return isTrue(formula.left, hold) && isTrue(formula.right, hold);
  }
}

/** Adds the numbers of the conditions that it depends on. */
export function collectConditions(formula: Formula, into: Set<number>): void {
  if (formula.kind === "holds") into.add(formula.condition);
  if (formula.kind === "not") collectConditions(formula.of, into);
  if (formula.kind === "both") {
    collectConditions(formula.left, into);
    collectConditions(formula.right, into);
  }
}

/** A condition without which it is not true; undefined where there is none for sure. */
export function neededCondition(formula: Formula): number | undefined {
  if (formula.kind === "holds") return formula.condition;
  return formula.kind === "both" ? (neededCondition(formula.left) ?? neededCondition(formula.right)) : undefined;
}
