/** The parts of an expression that are expressions, in the order in which they stand. */
import type { Expression, JsonBehaviour } from "./syntax.ts";

export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "member":
      return [expression.of];
    case "index":
      return [expression.of, expression.index];
    case "unary":
    case "is":
    case "cast":
      return [expression.operand];
    case "binary":
    case "distinct":
      return [expression.left, expression.right];
    case "logic":
      return expression.operands;
    case "between":
      return [expression.operand, expression.low, expression.high];
    case "in":
      return [expression.operand, ...expression.list];
    case "like":
      return [expression.operand, expression.pattern, ...present(expression.escapedBy)];
    case "case":
      return [
        ...present(expression.operand),
        ...expression.branches.flatMap(({ when, result }) => [...when, result]),
        ...present(expression.otherwise),
      ];
    case "call": {
      const { args, json, over } = expression;
      return [...args, ...defaultOf(json?.onEmpty), ...defaultOf(json?.onError), ...present(over?.filter)];
    }
    case "array":
    case "map":
    case "row":
      return expression.items;
    default:
      return [];
  }
}

function present(expression: Expression | undefined): readonly Expression[] {
  return expression ? [expression] : [];
}

function defaultOf(behaviour: JsonBehaviour | undefined): readonly Expression[] {
  return behaviour?.do === "DEFAULT" ? [behaviour.value] : [];
}
