/** What constants give is computed once, while checking. */
import { RowError } from "../node/operator.ts";
import type { Value } from "../schema/index.ts";
import type { ExpressionSettings } from "./api.ts";
import { constant, type Typed, withNullable } from "./typed-tree.ts";

/**
 * The node, or the constant that it is. Operations that are source (`inline`) are left to JavaScript's own compiler. What fails is left as well: it may stand
 * where no row comes to (`CASE WHEN FALSE THEN …`).
 */
export function folded(node: Typed, settings: ExpressionSettings): Typed {
  if (node.kind === "try") return node.operand.kind === "constant" ? { ...node.operand, dataType: node.dataType, range: node.range } : node;
  if (node.kind !== "apply" || node.compute.usesContext || node.compute.volatile) return node;
  const { args, compute, dataType, range, undeclaredNull } = node;
  const values: Value[] = [];
  for (const arg of args) {
    if (arg.kind !== "constant") return node;
    values.push(arg.value);
  }
  if (compute.nulls !== "passed" && values.includes(null)) return constant(null, withNullable(dataType, true), range);
  if (!compute.make) return node;
  try {
    const value = (compute.make(settings) as (...values: Value[]) => Value)(...values);
    return constant(value, undeclaredNull && value !== null ? withNullable(dataType, false) : dataType, range);
  } catch (error) {
    if (error instanceof RowError) return node;
    throw error;
  }
}
