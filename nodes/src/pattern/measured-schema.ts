/** Fields that are computed over a match: expressions over its rows, or the whole row of a step. */
import type { InferContext } from "@millrace/engine/node";
import type { RowShape, Schema } from "@millrace/engine/schema";
import { fieldsOfExpressions, nullable } from "../field-types.ts";
import { stepNames } from "./links-of-params.ts";
import type { PatternParams } from "./params.ts";

type Fields = Extract<PatternParams["output"], { do: "fields" }>["fields"];

const EMPTY: RowShape = { type: "ROW", fields: [] };

/** A value that is a step's name alone stands for the last row of that step, as it came. */
export function wholeRowStep(value: string, steps: PatternParams["steps"]): string | undefined {
  const name = value.trim();
  return stepNames(steps).includes(name) ? name : undefined;
}

export function measuredSchema(fields: Fields, { params, inputs, typeOverMatch, problem }: InferContext<PatternParams>): Schema {
  return fieldsOfExpressions(EMPTY, fields, {
    typeOf: ({ value }) => (wholeRowStep(value, params.steps) === undefined ? typeOverMatch(value, "in") : nullable(inputs.in as Schema)),
    problem,
    at: ["output", "fields"],
  });
}
