/** Plays a script on a node type of the product: one node with a source before each input, in the product's own task. */
import { parseType } from "@millrace/engine/expression";
import type { NodeType, Params } from "@millrace/engine/node";
import type { ChangelogMode, DataType, Values } from "@millrace/engine/schema";
import { type Emitted, type EmittedRow, NodeRun } from "@millrace/engine/testing";
import { caseValue } from "../case-value.ts";
import { type OperatorScript, type ScriptStep, type ScriptTime, type Seen, scriptTime, timeOf, Unsupported } from "./script.ts";

export interface OnNode {
  readonly node: NodeType;
  readonly params: Params;
  /** Input 1, input 2. */
  readonly inputs: readonly ScriptInput[];
  readonly timeZone?: string;
  /** A row that came out, in the members of an expectation; undefined for one that scripts do not tell of. */
  readonly seen: (emitted: EmittedRow) => Seen | undefined;
}

export interface ScriptInput {
  readonly port: string;
  /** The columns of a step's `row`, as "BIGINT NOT NULL", by name. */
  readonly columns: Readonly<Record<string, string>>;
  /** A row's time; left out: the step's `ts`. */
  readonly time?: (row: readonly unknown[]) => ScriptTime;
  readonly changelog?: ChangelogMode;
}

/** Throws `NodeRefused` when the node does not take the params. */
export function playOnNode({ steps }: OperatorScript, on: OnNode): Seen[][] {
  const timeZone = on.timeZone ?? "UTC";
  const run = new NodeRun(on.node, {
    params: on.params,
    timeZone,
    inputs: Object.fromEntries(
      on.inputs.map(({ port, columns, changelog }) => [port, { schema: schemaOf(columns), ...(changelog && { changelog }) }]),
    ),
  });
  const seen: Seen[][] = [];
  for (const step of steps) {
    const came: Seen[] = [];
    seen.push(came);
    try {
      act(run, step, on.inputs, timeZone);
    } catch (error) {
      if (error instanceof Unsupported) throw error;
      came.push({ error: (error as Error).message });
    }
    came.unshift(...run.take().flatMap((emitted) => toList(seenOf(emitted, on))));
    if (came.some((one) => "error" in one)) break;
  }
  return seen;
}

function act(run: NodeRun, step: ScriptStep, inputs: readonly ScriptInput[], timeZone: string): void {
  const input = inputs[(step.input ?? 1) - 1] as ScriptInput;
  if (step.row !== undefined) {
    const time = input.time?.(step.row) ?? step.ts ?? 0;
    run.push(input.port, valuesOf(step.row, input, timeZone), timeOf(time), step.kind);
  } else if (step.watermark !== undefined) run.watermark(input.port, timeOf(step.watermark));
  else if (step.status !== undefined) run.idle(input.port, step.status === "IDLE");
  else if (step.processingTime !== undefined) run.advanceClock(timeOf(step.processingTime));
  else if (step.ttlTime !== undefined) run.advanceClock(timeOf(step.ttlTime));
  else if (step.snapshotRestore) run.restart();
  else throw new Unsupported(`a step ${Object.keys(step).join(", ")}`);
}

function toList(seen: Seen | undefined): readonly Seen[] {
  return seen === undefined ? [] : [seen];
}

function seenOf(emitted: Emitted, { seen }: OnNode): Seen | undefined {
  if ("watermark" in emitted) return { watermark: scriptTime(emitted.watermark) };
  if ("idle" in emitted) return { status: emitted.idle ? "IDLE" : "ACTIVE" };
  return "error" in emitted ? emitted : seen(emitted);
}

function valuesOf(row: readonly unknown[], { columns }: ScriptInput, timeZone: string): Values {
  return Object.fromEntries(Object.entries(columns).map(([name, type], i) => [name, caseValue(row[i], typeOf(type), timeZone)]));
}

function schemaOf(columns: ScriptInput["columns"]): string {
  return Object.entries(columns)
    .map(([name, type]) => `\`${name}\` ${type}`)
    .join(", ");
}

function typeOf(text: string): DataType {
  const read = parseType(text);
  if ("problem" in read) throw new Error(`${text} is no type: ${read.problem.code}`);
  return read.dataType;
}
