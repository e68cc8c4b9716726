import type { Operator, OperatorContext } from "@millrace/engine/node";
import type { FilterParams } from "./spec.ts";

export function createOperator({ when }: FilterParams, { expressions }: OperatorContext): Operator {
  const isTrue = expressions.condition(when);
  return {
    onRow(row, time, out) {
      if (isTrue(row, time)) out.emit("out", row, time);
      else out.drop("filtered", row);
    },
  };
}
