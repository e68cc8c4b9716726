import type { Operator, OperatorContext } from "@millrace/engine/node";
import type { IntervalJoinParams } from "./spec.ts";
import { sqlRules } from "./sql-rules.ts";
import { streamRules } from "./stream-rules.ts";

export function createOperator(params: IntervalJoinParams, context: OperatorContext): Operator {
  return params.rules === "sql" ? sqlRules(params, context) : streamRules(params, context);
}
