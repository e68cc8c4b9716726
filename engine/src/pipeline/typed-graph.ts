/** A checked document with a schema on every port: what the planner, the editor and lineage work on. Made by `analyze`. */

import type { CheckedExpression } from "../expression/api.ts";
import type { NodeSpec, Params } from "../node/spec.ts";
import type { ChangelogMode, Schema } from "../schema/index.ts";
import type { Edge, PipelineDocument } from "./document.ts";

export interface TypedGraph {
  readonly document: PipelineDocument;
  /** In topological order (sources first; ties by id). Disabled nodes are there, marked. */
  readonly nodes: readonly TypedNode[];
  readonly settings: { readonly timeZone: string; readonly parallelism: number; readonly checkpointIntervalMs: number };
}

export interface TypedNode {
  readonly id: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly spec: NodeSpec;
  /** Parsed by the spec, with pipeline parameters filled in. */
  readonly params: Params;
  readonly inputs: Readonly<Record<string, TypedPort>>;
  /** `error` included. */
  readonly outputs: Readonly<Record<string, TypedPort>>;
  /** The node's expressions by port and text, checked: `checked.get(port + "\u0000" + text)`. */
  readonly expressions: ReadonlyMap<string, CheckedExpression>;
}

export interface TypedPort {
  readonly schema: Schema;
  readonly changelog: ChangelogMode;
  /** Edges that end (input) or begin (output) here, in document order. */
  readonly edges: readonly Edge[];
}
