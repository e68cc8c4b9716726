/**
 * The aggregates of a group's expressions as one compiled accumulator: a plain object, a value of a ROW type, that operators keep in state and change in place. What a row adds is computed
 * before anything is changed, so a row that cannot be computed leaves no trace.
 */
import type { DataType, Field, Values } from "../../schema/index.ts";
import type { CheckedAggregate, Compiled, EvalContext, ExpressionSettings } from "../api.ts";
import { compile } from "../compile.ts";
import { type AccumulatorCode, accumulatorOf } from "./accumulators.ts";

/** What was added to it so far. */
export type Accumulator = Values;

export interface Aggregation {
  /** A ROW, not null. */
  readonly accumulatorType: DataType;
  create(): Accumulator;
  /** Adds a row. Throws `RowError`, and changes nothing, where the row cannot be computed. */
  accumulate(accumulator: Accumulator, row: Values, context: EvalContext): void;
  /** Takes a row up, to be added to any number of accumulators by `add`. Throws `RowError`. */
  read(row: Values, context: EvalContext): void;
  add(accumulator: Accumulator): void;
  /** Adds what the other holds, which comes after: its last value is the last one, its texts stand behind. */
  merge(accumulator: Accumulator, other: Accumulator): void;
  /** The group's own fields and the aggregates' values under their names: a row for the expressions over the group. */
  results(accumulator: Accumulator, group: Values): Values;
}

/** `groupFields` are the names that `results` takes over from the group. Aggregates of one name are one. */
export function compileAggregates(
  aggregates: readonly CheckedAggregate[],
  groupFields: readonly string[],
  settings: ExpressionSettings,
): Aggregation {
  const distinct = [...new Map(aggregates.map((aggregate) => [aggregate.field, aggregate])).values()];
  const given: unknown[] = [];
  const give = (value: unknown): string => {
    const index = given.indexOf(value);
    return `g${index === -1 ? given.push(value) - 1 : index}`;
  };
  const parts = distinct.map((aggregate, i) => partOf(aggregate, i, settings, give));
  const fields = parts.flatMap(({ code }) => code.fields);
  const reads = parts.map(({ read }) => read).join("\n");
  const adds = parts.map(({ add }) => add).join("\n");
  const variables = parts.flatMap((part) => part.variables);
  const declared = variables.length === 0 ? "" : `let ${variables.map((name) => `${name} = null`).join(", ")};`;
  const results = [
    ...groupFields.map((name) => `[${JSON.stringify(name)}]: group[${JSON.stringify(name)}]`),
    ...distinct.map(({ field }, i) => `[${JSON.stringify(field)}]: ${(parts[i] as Part).code.result}`),
  ];
  const source = `"use strict";
${given.map((_, i) => `const g${i} = given[${i}];`).join("\n")}
${declared}
return {
create() { return { ${fields.map(({ name, initial }) => `[${JSON.stringify(name)}]: ${initial}`).join(", ")} }; },
accumulate(acc, row, context) {
${declared}
${reads}
${adds}
},
read(row, context) {
${reads}
},
add(acc) {
${adds}
},
merge(acc, other) {
${parts.map(({ code }) => `{ ${code.merge} }`).join("\n")}
},
results(acc, group) { return { ${results.join(", ")} }; },
};`;
  const compiled = new Function("given", source)(given) as Omit<Aggregation, "accumulatorType">;
  return {
    ...compiled,
    accumulatorType: { type: "ROW", fields: fields.map(({ name, dataType }): Field => ({ name, dataType })), nullable: false },
  };
}

interface Part {
  readonly code: AccumulatorCode;
  readonly variables: readonly string[];
  readonly read: string;
  readonly add: string;
}

function partOf(aggregate: CheckedAggregate, index: number, settings: ExpressionSettings, give: (value: unknown) => string): Part {
  const code = accumulatorOf(aggregate, settings, give);
  const evaluate = (expression: CheckedAggregate["args"][number]) =>
    `${give(compile(expression, settings) satisfies Compiled)}(row, context)`;
  const values = aggregate.args.map((_, i) => `v${index}_${i}`);
  const filter = aggregate.filter && `f${index}`;
  const derivations = code.derived?.(values) ?? [];
  const derived = derivations.map((_, i) => `d${index}_${i}`);
  // Arguments of rows that the filter leaves out are not computed, so they cannot fail.
  const read = [
    ...aggregate.args.map((arg, i) => `${values[i]} = ${evaluate(arg)};`),
    ...derivations.map((derivation, i) => `${derived[i]} = ${derivation};`),
  ].join(" ");
  const filterRead = aggregate.filter && `${filter} = ${evaluate(aggregate.filter)} === true;`;
  const conditions = [...(filter ? [filter] : []), ...(code.skipsNullsOf?.(values) ?? values).map((value) => `${value} !== null`)];
  const add = code.add([...values, ...derived]);
  return {
    code,
    variables: [...values, ...derived, ...(filter ? [filter] : [])],
    read: filterRead ? `${filterRead} if (${filter}) { ${read} }` : read,
    add: conditions.length === 0 ? `{ ${add} }` : `if (${conditions.join(" && ")}) { ${add} }`,
  };
}
