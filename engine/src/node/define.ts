import type { Schema } from "../schema/index.ts";
import type { Lookup, LookupContext } from "./lookup.ts";
import type { Millis, Operator, OperatorContext } from "./operator.ts";
import type { Roles } from "./roles.ts";
import type { Committer, Prepared, Sink } from "./sink.ts";
import type { Source } from "./source.ts";
import type { NodeSpec, Params } from "./spec.ts";
import type { NodeCase } from "./timeline.ts";

/**
 * A node type: what it is and how it runs. Exactly one of `createOperator`, `createSource`, `createSink`, `createLookup` is given.
 * A node's folder exports one as `node` from its `index.ts`.
 */
export interface NodeType<P extends Params = Params> {
  readonly spec: NodeSpec<P>;
  readonly createOperator?: (params: P, context: OperatorContext) => Operator;
  readonly createSource?: (params: P, context: SourceContext) => Source;
  /** One per subtask. */
  readonly createSink?: (params: P, context: SinkContext) => Sink;
  /** One per subtask; the spec has `lookup`. */
  readonly createLookup?: (params: P, context: LookupContext) => Lookup;
  /** One per run, for a node with `createSink`; without it there is nothing to commit. */
  readonly createCommitter?: (params: P, context: CommitterContext) => Committer;
  /** Examples as timelines: tests, docs and "try it" use them. */
  readonly cases: readonly NodeCase[];
  /** Old params to new ones, by the format version in which they changed. */
  readonly migrations?: Readonly<Record<number, (params: Params) => Params>>;
}

export interface SourceContext {
  readonly pipelineId: string;
  readonly nodeId: string;
  /** The driver behind the node's connection alias, of the role that its spec names. */
  readonly connection: Roles[keyof Roles] | undefined;
  readonly timeZone: string;
  /** Injected clock. */
  now(): Millis;
  /** Waits on the injected clock; resolves early with false when the run stops. */
  sleep(ms: number): Promise<boolean>;
  /** This subtask of how many, for sources that divide their work (generator). */
  readonly subtask: number;
  readonly parallelism: number;
  /** Of the rows that its records become: to compare a CSV file's header with. */
  readonly schema?: Schema | undefined;
}

/** A run's place among all of its pipeline's. What a sink has open outside must not be mistaken for what another run has there, earlier or later. */
export interface RunClaim {
  /** Rises from one start to the next; no two runs have the same. */
  readonly number: number;
  /** Runs before that may have left something open outside. It is to be given up: the subtasks of this run share the work. */
  readonly former: readonly { readonly number: number; readonly subtasks: number }[];
}

export interface SinkContext {
  readonly pipelineId: string;
  readonly runId: string;
  readonly nodeId: string;
  readonly connection: Roles[keyof Roles] | undefined;
  /** This subtask of how many. */
  readonly subtask: number;
  readonly parallelism: number;
  readonly claim: RunClaim;
  now(): Millis;
  /** What this subtask's `prepare` returned at the checkpoint that is being restored; only for nodes whose committer's phase is "after". */
  readonly restored: Prepared | undefined;
  /** Of the rows that are written: for a CSV file's header, and for values by their types. */
  readonly schema?: Schema | undefined;
  /** Of the pipeline. */
  readonly timeZone: string;
}

export interface CommitterContext {
  readonly pipelineId: string;
  readonly runId: string;
  readonly nodeId: string;
  readonly connection: Roles[keyof Roles] | undefined;
  now(): Millis;
}

export function defineNode<P extends Params>(node: NodeType<P>): NodeType {
  return node as unknown as NodeType;
}
