/** How much each operator binds, as in Calcite, doubled so that "a little more" stays whole. */
export const POWER = { OR: 44, AND: 48, NOT: 52, IS: 56, COMPARE: 60, BETWEEN: 64, ADD: 80, MULTIPLY: 120, SIGN: 160 } as const;
