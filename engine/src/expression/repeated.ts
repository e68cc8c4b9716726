/** Parts of an expression that stand in it more than once are computed once. */
import type { Typed } from "./typed-tree.ts";

/** The node under the text that it was made of, unless it gives something else each time it is computed. */
export function named(node: Typed, text: string): Typed {
  return node.kind === "constant" || isVolatile(node) ? node : { ...node, text };
}

/** Answers for parts of what is asked about next. */
const known = new WeakMap<Typed, boolean>();

function isVolatile(node: Typed): boolean {
  let volatile = known.get(node);
  if (volatile === undefined) {
    volatile = (node.kind === "apply" && node.compute.volatile === true) || partsOf(node).some(isVolatile);
    known.set(node, volatile);
  }
  return volatile;
}

/** Whether a row gives the same value whenever and wherever it is computed: nothing in it asks for the clock, the watermark or a random number. */
export function isRepeatable(node: Typed): boolean {
  const asks = node.kind === "apply" && (node.compute.volatile === true || node.compute.usesContext === true);
  return !asks && partsOf(node).every(isRepeatable);
}

function partsOf(node: Typed): readonly Typed[] {
  switch (node.kind) {
    case "constant":
    case "field":
    case "slot":
      return [];
    case "member":
      return [node.of];
    case "logic":
      return node.operands;
    case "case":
      return [...node.branches.flatMap(({ when, result }) => [when, result]), node.otherwise];
    case "let":
      return [node.value, node.body];
    case "apply":
      return node.args;
    case "try":
      return [node.operand];
  }
}
