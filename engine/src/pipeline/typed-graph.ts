/**
 * A document with a schema on every port, as far as it could be worked out: what the planner, the editor and lineage work on. Made by `analyze`, which gives one even
 * when there are problems, so that the editor knows the fields upstream of an error. The planner takes only graphs without errors: there every node
 * is `ok` and every schema `known`.
 */

import type { CheckedAggregate, CheckedExpression } from "../expression/api.ts";
import type { ExpressionUse, NodeSpec, Params } from "../node/spec.ts";
import type { ChangelogMode, Schema } from "../schema/index.ts";
import type { Edge, PipelineDocument } from "./document.ts";

export interface TypedGraph {
  /** With its fragments written out (`expand.ts`). */
  readonly document: PipelineDocument;
  /** In topological order (sources first, then by distance from them; ties by id). Disabled nodes are there, marked; nodes of an unknown type are not. */
  readonly nodes: readonly TypedNode[];
  /** The nodes that use fragments, as they are drawn: nothing runs under their ids, but people look at their ports. Edges are as written where the node stands. */
  readonly uses: readonly TypedNode[];
  readonly settings: { readonly timeZone: string; readonly parallelism: number; readonly checkpointIntervalMs: number };
}

export interface TypedNode {
  readonly id: string;
  readonly name: string;
  readonly disabled: boolean;
  /** The id under which its state was saved before it went into a fragment or came out of one. */
  readonly formerly?: string;
  /** Subtasks that the document asks for; undefined: the pipeline's number. */
  readonly parallelism: number | undefined;
  /** False when an error was found at this node or at an edge that ends in it. */
  readonly ok: boolean;
  readonly spec: NodeSpec;
  /** Parsed by the spec, with pipeline parameters filled in; as the user typed them where they did not parse (then not `ok`). */
  readonly params: Params;
  readonly inputs: Readonly<Record<string, TypedPort>>;
  /** `error` included. */
  readonly outputs: Readonly<Record<string, TypedPort>>;
  /** The node's expressions by `expressionKey`, checked. Wrong ones are missing. Those over groups read what their aggregates read. */
  readonly expressions: ReadonlyMap<string, CheckedExpression>;
  /** The aggregates of its expressions over groups, by the same keys. */
  readonly aggregates: ReadonlyMap<string, readonly CheckedAggregate[]>;
  /** What a group has beside its aggregates; undefined where that is not known, or there are no groups. */
  readonly groups: Schema | undefined;
}

/** Under which an expression of a node is found: a text may stand for one thing over rows and for another over groups of them. */
export function expressionKey({ port, text, over }: Pick<ExpressionUse, "port" | "text" | "over">): string {
  return `${port}\u0000${over ?? ""}\u0000${text}`;
}

/** What the rows of each input port may do. */
export function changelogsOf({ inputs }: Pick<TypedNode, "inputs">): Readonly<Record<string, ChangelogMode>> {
  return Object.fromEntries(Object.entries(inputs).map(([port, { changelog }]) => [port, changelog]));
}

export interface TypedPort {
  readonly schema: Schema;
  /** False when the schema is a guess (perhaps without fields), because something here or upstream is wrong. Nothing was checked against it. */
  readonly known: boolean;
  readonly changelog: ChangelogMode;
  /** Edges that end (input) or begin (output) here, in document order. */
  readonly edges: readonly Edge[];
}
