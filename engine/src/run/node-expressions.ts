/** A node's expressions as functions over rows, and what a sink node computes of each row with them. */
import { codecOf, partOf } from "../codec/index.ts";
import {
  type CheckedExpression,
  compile,
  compileAggregates,
  compileCondition,
  compileMatched,
  compileRow,
  type EvalContext,
  formatValue,
} from "../expression/index.ts";
import {
  acceptedModes,
  type Expressions,
  type GroupExpressions,
  kindOf,
  type MatchedExpression,
  type MatchedRow,
  MIN_TIME,
  type Millis,
  type Row,
  RowError,
  type Sink,
} from "../node/index.ts";
import { expressionKey, type TypedNode } from "../pipeline/index.ts";
import type { DataType, Schema } from "../schema/index.ts";
import type { SinkSide } from "./node-runtime.ts";

/** What a node's expressions see beside the row. */
export interface Surroundings {
  readonly timeZone: string;
  readonly now: () => Millis;
  /** Numbers from 0 up to 1. */
  readonly random: () => number;
  /** The merged watermark of the node's inputs. */
  readonly watermark: () => Millis;
}

/** The expressions that the node's spec names; any other is a bug. */
export function expressionsOf(typed: TypedNode, surroundings: Surroundings): Expressions {
  const settings = { timeZone: surroundings.timeZone };
  const firstPort = Object.keys(typed.inputs)[0] ?? "";
  const checkedOf = (text: string, port = firstPort) => typed.expressions.get(expressionKey({ port, text })) ?? notAmong(typed, text);
  return {
    value(text, port) {
      const checked = checkedOf(text, port);
      return Object.assign(bound(compile(checked, settings), surroundings), { dataType: checked.dataType });
    },
    condition: (text, port) => bound(compileCondition(checkedOf(text, port), settings), surroundings),
    row(fields, port) {
      const checked = fields.map(({ name, value }) => ({ name, value: checkedOf(value, port) }));
      return bound(compileRow(checked, settings), surroundings);
    },
    matched: (text, over, port = firstPort) => matchedOf(typed, text, over, port, surroundings),
    groups: (texts, port = firstPort) => groupsOf(typed, texts, port, surroundings),
  };
}

/** What asks for nothing but the row is called as it is. */
function bound<T>(compiled: (row: Row, context: EvalContext) => T, surroundings: Surroundings): (row: Row, time: Millis) => T {
  if (compiled.length < 2) return compiled as unknown as (row: Row) => T;
  const context = contextOf(surroundings);
  return (row, time) => {
    context.time = time;
    return compiled(row, context);
  };
}

function matchedOf(typed: TypedNode, text: string, over: "matched" | "match", port: string, surroundings: Surroundings): MatchedExpression {
  const checked = typed.expressions.get(expressionKey({ port, text, over })) ?? notAmong(typed, text);
  const compiled = compileMatched(checked, { timeZone: surroundings.timeZone });
  const context = contextOf(surroundings);
  const evaluate = (matched: readonly MatchedRow[], candidate: Row | undefined, time: Millis) => {
    context.time = time;
    return compiled(matched, candidate, context);
  };
  const looksBack = (checked.lookups ?? []).length > 0;
  return Object.assign(evaluate, { dataType: checked.dataType, looksBack, reads: checked.reads });
}

function groupsOf(typed: TypedNode, texts: readonly string[], port: string, surroundings: Surroundings): GroupExpressions {
  const settings = { timeZone: surroundings.timeZone };
  const keys = texts.map((text) => expressionKey({ port, text, over: "groups" }));
  const checked = keys.map((key, i) => typed.expressions.get(key) ?? notAmong(typed, texts[i] as string));
  const aggregates = keys.flatMap((key) => typed.aggregates.get(key) ?? []);
  const names = typed.groups?.fields.map(({ name }) => name) ?? [];
  const { accumulatorType, create, accumulate, read, add, merge, results } = compileAggregates(aggregates, names, settings);
  const compiled = checked.map((expression) => compile(expression, settings));
  const context = contextOf(surroundings);
  const at = (time: Millis) => {
    context.time = time;
    return context;
  };
  return {
    accumulatorType,
    dataTypes: checked.map(({ dataType }) => dataType),
    create,
    accumulate: (accumulator, row, time) => accumulate(accumulator, row, at(time)),
    read: (row, time) => read(row, at(time)),
    add,
    merge,
    values(accumulator, group, time, failed) {
      const row = results(accumulator, group);
      at(time);
      return compiled.map((evaluate) => {
        try {
          return evaluate(row, context);
        } catch (error) {
          if (!(error instanceof RowError)) throw error;
          failed(error);
          return null;
        }
      });
    },
  };
}

function notAmong(typed: TypedNode, text: string): CheckedExpression {
  throw new Error(`expression ${JSON.stringify(text)} of node ${typed.id} is not among spec.expressions`);
}
/** Made once and given the time of each row. */
function contextOf({ now, random, watermark }: Surroundings): EvalContext & { time: Millis } {
  return {
    time: 0,
    now,
    random,
    get watermark() {
      const time = watermark();
      return time === MIN_TIME ? undefined : Math.min(time, LAST_TIME);
    },
  };
}

/** What the watermark shows once the input has ended: the greatest moment that a date can be. */
const LAST_TIME: Millis = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** How the node's rows are encoded, and where each goes. */
export function sinkSideOf(typed: TypedNode, sink: Sink, expressions: Expressions, timeZone: string): SinkSide {
  const port = Object.keys(typed.inputs)[0] as string;
  const format = typed.spec.format?.(typed.params) ?? { name: "json" };
  const key = typed.spec.sinkKey?.(typed.params);
  const target = typed.spec.sinkTarget?.(typed.params);
  const partition = typed.spec.sinkPartition?.(typed.params);
  const deletes = typed.spec.sinkDelete?.(typed.params);
  const part = typed.spec.sinkPart?.(typed.params);
  const definition = typed.spec.sinkDefinition?.(typed.params);
  const settings = { timeZone };
  const { schema } = typed.inputs[port] as { schema: Schema };
  return {
    sink,
    make: madeBy(typed, expressions, port),
    encoder: codecOf(format).encoder(schema, format),
    part: part === undefined ? undefined : partOf(schema, part, format),
    definition: definition === undefined ? undefined : partOf(schema, definition, format),
    key: key === undefined ? undefined : expressions.value(key, port),
    target: target === undefined ? undefined : expressions.value(target, port),
    partition: partition === undefined ? undefined : expressions.value(partition, port),
    // What leaves a fragment leaves as it is: nothing is put or deleted there.
    changeOf:
      acceptedModes(typed.spec, port, typed.params).includes("upsert") && !typed.spec.fragmentPort
        ? changeOf(deletes === undefined ? undefined : expressions.condition(deletes, port))
        : undefined,
    text: (value, expression) =>
      value === null ? null : typeof value === "string" ? value : formatValue(value, expression.dataType as DataType, settings),
  };
}

function madeBy(typed: TypedNode, expressions: Expressions, port: string): SinkSide["make"] {
  if (typed.spec.sinkValues === undefined) return undefined;
  const fields = typed.spec.sinkValues(typed.params);
  const rowOf = fields && expressions.row(fields, port);
  const encoder = codecOf({ name: "json" }).encoder(writtenSchema(typed) as Schema, { name: "json" });
  return (row, time) => {
    const made = rowOf === undefined ? row : rowOf(row, time);
    return { row: made, text: () => encoder.encode(made) };
  };
}

/** Of the rows that a sink writes; undefined for what is no sink. */
export function writtenSchema(typed: TypedNode): Schema | undefined {
  const [port, input] = Object.entries(typed.inputs)[0] ?? [];
  const fields = typed.spec.sinkValues?.(typed.params);
  if (port === undefined || fields === undefined) return input?.schema;
  return {
    type: "ROW",
    fields: fields.map(({ name, value }) => ({
      name,
      dataType: (typed.expressions.get(expressionKey({ port, text: value })) ?? notAmong(typed, value)).dataType,
    })),
  };
}

/** An update's former row is gone with its new one. */
function changeOf(deletes: ((row: Row, time: Millis) => boolean) | undefined): NonNullable<SinkSide["changeOf"]> {
  return (row, time) => {
    const kind = kindOf(row);
    if (kind === "-U") return "none";
    return kind === "-D" || deletes?.(row, time) ? "delete" : "put";
  };
}
