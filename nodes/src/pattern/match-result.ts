/** What leaves for a match or a timed-out partial match. */
import { rowOfValues } from "@millrace/engine/codec";
import type { OperatorContext, Row } from "@millrace/engine/node";
import type { Value } from "@millrace/engine/schema";
import { putAt } from "../field-types.ts";
import type { Matched } from "./match-buffer.ts";
import { wholeRowStep } from "./measured-schema.ts";
import type { PatternParams } from "./params.ts";

/** `path`: the rows of the match, from the first. Throws `RowError`. */
export type MakeResult = (path: readonly Matched[], time: number) => Row;

export interface ResultMaker {
  readonly make: MakeResult;
  /** It lets whole rows out, as they came. */
  readonly needsWholeRows: boolean;
  readonly reads: readonly (readonly string[])[];
}

export function resultMaker({ output, steps }: PatternParams, { expressions }: Pick<OperatorContext, "expressions">): ResultMaker {
  if (output.do === "row") {
    const { step } = output;
    const make: MakeResult = (path) => ((step === undefined ? undefined : lastOf(path, step)) ?? (path[0] as Matched)).row;
    return { make, needsWholeRows: true, reads: [] };
  }
  const fields = output.fields.map(({ name, value }) => {
    const step = wholeRowStep(value, steps);
    const compute = step === undefined ? expressions.matched(value, "match") : undefined;
    return {
      path: name.split("."),
      reads: compute?.reads ?? [],
      isWholeRow: step !== undefined,
      value: (matched: readonly Matched[], time: number): Value =>
        compute === undefined ? (lastOf(matched, step as string)?.row ?? null) : compute(matched, undefined, time),
    };
  });
  return {
    make: fields.every(({ path }) => path.length === 1) ? flatMaker(fields) : nestedMaker(fields),
    needsWholeRows: fields.some(({ isWholeRow }) => isWholeRow),
    reads: fields.flatMap(({ reads }) => reads),
  };
}

interface ResultField {
  readonly path: readonly string[];
  value(matched: readonly Matched[], time: number): Value;
}

function flatMaker(fields: readonly ResultField[]): MakeResult {
  const make = rowOfValues(fields.map(({ path }) => path[0] as string));
  return (matched, time) => make(fields.map((field) => field.value(matched, time)));
}

function nestedMaker(fields: readonly ResultField[]): MakeResult {
  return (matched, time) => {
    const made: Record<string, Value> = {};
    for (const field of fields) putAt(made, field.path, field.value(matched, time));
    return made;
  };
}

function lastOf(path: readonly Matched[], step: string): Matched | undefined {
  return path.findLast((matched) => matched.step === step);
}
