/**
 * One node in a pipeline of its own, driven call by call, for scripts that are no timelines: typed rows go in, and everything that the node lets out is seen in order, watermarks and
 * idleness too.
 */
import { formatType, parseSchema } from "../src/expression/index.ts";
import { attach, ERROR_PORT, kindOf, type Millis, type NodeType, type Params } from "../src/node/index.ts";
import { analyze, FORMAT_VERSION, type PipelineDocument, type TypedGraph, words } from "../src/pipeline/index.ts";
import { type DeadLetter, type SnapshotEntry, Task } from "../src/run/index.ts";
import type { ChangelogMode, RowKind, Schema, Values } from "../src/schema/index.ts";
import { testInput } from "./test-input.ts";

export interface NodeRunOptions {
  readonly params: Params;
  /** By input port: "mid STRING, ts BIGINT", and what its rows may do. */
  readonly inputs: Readonly<Record<string, { readonly schema: string; readonly changelog?: ChangelogMode }>>;
  readonly timeZone?: string;
}

export interface EmittedRow {
  readonly port: string;
  readonly row: Values;
  readonly time: Millis;
  readonly kind: RowKind;
}

/** What a node let out: a row, a watermark, or that it is idle or no longer so; or a row that it could not process. */
export type Emitted = EmittedRow | { readonly watermark: Millis } | { readonly idle: boolean } | { readonly error: string };

/** The node's params, or its inputs, do not go. */
export class NodeRefused extends Error {}

const NODE = "node";

export class NodeRun {
  clock: Millis = 0;
  private readonly graph: TypedGraph;
  private readonly nodeTypes: ReadonlyMap<string, NodeType>;
  private readonly schemas: ReadonlyMap<string, Schema>;
  private emitted: Emitted[] = [];
  private task: Task;

  /** Throws `NodeRefused` with the problems' words. */
  constructor(node: NodeType, options: NodeRunOptions) {
    this.nodeTypes = new Map([node, testInput].map((type) => [type.spec.type, type]));
    this.schemas = new Map(Object.entries(options.inputs).map(([port, { schema }]) => [port, schemaOf(schema)]));
    const specs = new Map([...this.nodeTypes].map(([type, { spec }]) => [type, spec]));
    const { problems, graph } = analyze(this.document(node, options), specs);
    const errors = problems.filter(({ severity }) => severity === "error");
    if (graph === undefined || errors.length > 0) throw new NodeRefused(errors.map((problem) => words(problem).en).join(" "));
    this.graph = graph;
    this.task = this.newTask();
  }

  push(port: string, values: Values, time: Millis, kind: RowKind = "+I"): void {
    this.task.nodes.get(idOf(port))?.emit("out", kind === "+I" ? values : attach({ ...values }, { kind }), time);
  }

  watermark(port: string, time: Millis): void {
    this.task.pushWatermark(idOf(port), time);
  }

  idle(port: string, isIdle: boolean): void {
    this.task.pushIdle(idOf(port), isIdle);
  }

  /** Moves processing time; timers that are due fire. */
  advanceClock(now: Millis): void {
    this.clock = now;
    this.task.advanceClock(now);
  }

  /** Snapshot, throw everything away, go on from the snapshot. */
  restart(): void {
    this.restore(this.snapshot(true));
  }

  /** What a checkpoint has of the node: what changed since the one before, or all. */
  snapshot(all: boolean): readonly SnapshotEntry[] {
    return structuredClone([...this.task.snapshot(all)]) as SnapshotEntry[];
  }

  /** Of what the node keeps. */
  get stateSchemas(): ReturnType<Task["stateSchemas"]> {
    return this.task.stateSchemas();
  }

  /** Throws everything away and goes on from there; `schemas`: as of the run that the snapshot is of. */
  restore(entries: readonly SnapshotEntry[], schemas = this.stateSchemas): void {
    this.task = this.newTask();
    const restore = this.task.beginRestore(1, schemas);
    for (const entry of entries) restore.take(0, entry);
    restore.end();
  }

  /** What came out since the last time, in order. */
  take(): readonly Emitted[] {
    const { emitted } = this;
    this.emitted = [];
    return emitted;
  }

  /** What the node's operator says it holds. */
  holdings(): Record<string, number> {
    return this.task.nodes.get(NODE)?.operator?.holdings?.() ?? {};
  }

  /** Keys for which it keeps anything. */
  get keys(): number {
    return this.task.nodes.get(NODE)?.backend.keys.length ?? 0;
  }

  private newTask(): Task {
    const task = new Task({
      graph: this.graph,
      nodeTypes: this.nodeTypes,
      now: () => this.clock,
      seed: "test",
      showsAll: true,
      onDeadLetter: (letter: DeadLetter) => this.emitted.push({ error: letter.words.en }),
    });
    const outputs = [...(task.nodes.get(NODE)?.outputs.values() ?? [])].filter(({ name }) => name !== ERROR_PORT);
    for (const [i, { name: port, targets }] of outputs.entries())
      targets.push({
        onRow: (row, time) => this.emitted.push({ port, row, time, kind: kindOf(row) }),
        // These go to all ports.
        onWatermark: (watermark) => i === 0 && this.emitted.push({ watermark }),
        onIdle: (idle) => i === 0 && this.emitted.push({ idle }),
        onEnd: () => undefined,
      });
    return task;
  }

  private document(node: NodeType, { params, inputs, timeZone }: NodeRunOptions): PipelineDocument {
    const ports = Object.keys(inputs);
    return {
      formatVersion: FORMAT_VERSION,
      name: node.spec.title.en,
      ...(timeZone === undefined ? {} : { timeZone }),
      schemas: Object.fromEntries([...this.schemas].map(([port, schema]) => [idOf(port), { fields: typesOf(schema), open: false }])),
      nodes: {
        [NODE]: { type: node.spec.type, name: node.spec.title.en, params: params as PipelineDocument["nodes"][string]["params"] },
        ...Object.fromEntries(
          Object.entries(inputs).map(([port, { changelog }]) => [
            idOf(port),
            { type: testInput.spec.type, name: port, params: { schema: idOf(port), ...(changelog && { changelog }) } as never },
          ]),
        ),
      },
      edges: ports.map((port) => ({ from: `${idOf(port)}.out`, to: `${NODE}.${port}` })),
    };
  }
}

function schemaOf(text: string): Schema {
  const parsed = parseSchema(text);
  if ("problem" in parsed) throw new Error(`${words(parsed.problem).en} in ${JSON.stringify(text)}`);
  return parsed.schema;
}

function typesOf({ fields }: Schema): Record<string, string> {
  return Object.fromEntries(fields.map(({ name, dataType }) => [name, formatType(dataType)]));
}

function idOf(port: string): string {
  return `in_${port.toLowerCase()}`;
}
