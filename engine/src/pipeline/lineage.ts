/** Where a field comes from and what becomes of it: through every node, up to the sources and down to the sinks. */
import { ERROR_PORT } from "../node/error-row.ts";
import type { Target } from "../node/spec.ts";
import { type DataType, fieldAt, type Schema } from "../schema/index.ts";
import { declaredSchemas, pathsOf } from "./declared-schemas.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parsePortRef } from "./document.ts";
import {
  asked,
  type Derivation,
  decidersOf,
  type InputPart,
  isPrefix,
  type OriginsContext,
  originsOf,
  readsOf,
  usesOf,
} from "./field-origins.ts";
import { declaredName, insideOf } from "./fragments.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";
import { targetsOf } from "./targets.ts";
import type { TypedGraph, TypedNode } from "./typed-graph.ts";

/** A field of a node's output port; "[]" in the path is an array's elements. */
export interface FieldPlace {
  readonly node: string;
  readonly port: string;
  readonly path: readonly string[];
}

export interface LineageStep {
  readonly from: FieldPlace;
  /** A field made of it; without port and path: the node itself reads it. */
  readonly to: { readonly node: string; readonly port?: string; readonly path?: readonly string[] };
  /** "time": event time is computed from it. "target": it says where the record goes. "written": it is in the record that a sink writes. */
  readonly how: Derivation | "time" | "target" | "written";
  readonly expression?: string | undefined;
  /** Of a sink: what it writes, where that is not computed per row. */
  readonly targets?: readonly Target[];
}

export interface Lineage {
  readonly field: FieldPlace & { readonly dataType: DataType };
  /** From the field up. Fields that a row's condition or key reads are named and not followed further. */
  readonly upstream: readonly LineageStep[];
  /** From the field down; sinks come as steps "written". */
  readonly downstream: readonly LineageStep[];
  /** The fields of sources that its value comes from, with what the sources read. */
  readonly origins: readonly (FieldPlace & { readonly targets: readonly Target[] })[];
}

/** `pipelineId`: what the server stores the pipeline under, of which some topics are named; left out: its name. */
export function lineageOf(
  graph: TypedGraph,
  place: FieldPlace,
  pipelineId: string = graph.document.name,
): { readonly lineage: Lineage } | { readonly problem: Problem } {
  const at = insideOf(graph, place.node, place.port);
  const node = graph.nodes.find(({ id }) => id === at.node);
  const port = node?.outputs[at.port];
  if (!node || !port) return { problem: problem("lineage.unknown-port", { port: `${place.node}.${place.port}` }) };
  const field = fieldAt(port.schema, place.path);
  if (!field) {
    const name = place.path.join(".");
    const suggestion = didYouMean(name, pathsOf(port.schema));
    return { problem: problem("lineage.unknown-field", { field: name, ...(suggestion && { suggestion }) }, { nodeId: node.id }) };
  }
  const declared = declaredSchemas(graph.document.schemas).schemas;
  const walk = new Walk({ graph, declared: (name, nodeId) => declared.get(declaredName(nodeId, name)) }, pipelineId);
  const start = { ...place, ...at };
  const { steps: upstream, origins } = walk.up(start);
  return { lineage: { field: { ...start, dataType: field.dataType }, upstream, downstream: walk.down(start), origins } };
}

class Walk {
  private readonly context: OriginsContext;
  private readonly pipelineId: string;
  private readonly nodes: ReadonlyMap<string, TypedNode>;

  constructor(context: OriginsContext, pipelineId: string) {
    this.context = context;
    this.pipelineId = pipelineId;
    this.nodes = new Map(context.graph.nodes.map((node) => [node.id, node]));
  }

  up(start: FieldPlace): { readonly steps: readonly LineageStep[]; readonly origins: Lineage["origins"] } {
    const steps = new Steps();
    const origins: Lineage["origins"][number][] = [];
    const seen = new Set<string>();
    const waiting = [start];
    for (let to = waiting.shift(); to; to = waiting.shift()) {
      if (seen.has(keyOf(to))) continue;
      seen.add(keyOf(to));
      const node = this.nodes.get(to.node);
      if (!node) continue;
      if (Object.keys(node.inputs).length === 0) origins.push({ ...to, targets: this.targetsOf(node) });
      for (const part of [...originsOf(node, to.port, to.path, this.context), ...decidersOf(node)]) {
        for (const from of this.feeding(node, part)) {
          steps.add({ from, to, how: part.how, ...(part.expression !== undefined && { expression: part.expression }) });
          if (part.how !== "condition" && part.how !== "key") waiting.push(from);
        }
      }
    }
    return { steps: steps.all, origins };
  }

  down(start: FieldPlace): readonly LineageStep[] {
    const steps = new Steps();
    const seen = new Set<string>();
    const waiting = [start];
    for (let from = waiting.shift(); from; from = waiting.shift()) {
      if (seen.has(keyOf(from))) continue;
      seen.add(keyOf(from));
      for (const edge of this.nodes.get(from.node)?.outputs[from.port]?.edges ?? []) {
        const to = parsePortRef(edge.to);
        const node = this.nodes.get(to.node);
        if (!node) continue;
        for (const step of this.readersIn(node, to.port, from)) steps.add(step);
        for (const step of this.madeOf(node, to.port, from)) {
          steps.add(step);
          waiting.push(step.to as FieldPlace);
        }
      }
    }
    return steps.all;
  }

  /** Output fields of the node that are made of the field as it comes in at the port. A row is not named where only a field within it is. */
  private *madeOf(node: TypedNode, input: string, from: FieldPlace): Iterable<LineageStep & { readonly to: FieldPlace }> {
    for (const [port, { schema, edges }] of Object.entries(node.outputs)) {
      // Every record's text may leave by the error port.
      if (port === ERROR_PORT && edges.length === 0) continue;
      const found: { readonly path: string[]; readonly part: InputPart }[] = [];
      for (const path of pathsWithin(schema)) {
        const part = originsOf(node, port, path, this.context).find((one) => one.port === input && isOf(one, from.path));
        if (part && !found.some((above) => isPrefix(above.path, path) && above.part.how === part.how)) found.push({ path, part });
      }
      for (const { path, part } of found) {
        if (part.how !== "copied" && found.some((within) => within.path.length > path.length && isPrefix(path, within.path))) continue;
        yield {
          from,
          to: { node: node.id, port, path },
          how: part.how,
          ...(part.expression !== undefined && { expression: part.expression }),
        };
      }
    }
  }

  /** What the node itself reads it for. */
  private *readersIn(node: TypedNode, input: string, from: FieldPlace): Iterable<LineageStep> {
    if (node.disabled) return;
    const to = { node: node.id };
    for (const { port, path, how, expression } of decidersOf(node))
      if (port === input && overlap(path, from.path)) yield { from, to, how, expression };
    const special = [
      [asked(node, ({ sinkKey }, params) => sinkKey?.(params)), "key"],
      [asked(node, ({ sinkTarget }, params) => sinkTarget?.(params)), "target"],
      [asked(node, ({ sinkPartition }, params) => sinkPartition?.(params)), "target"],
    ] as const;
    for (const use of usesOf(node)) {
      if (use.port !== input || !readsOf(node, use).some((path) => overlap(path, from.path))) continue;
      const how = use.expects === "time" ? "time" : special.find(([text]) => text === use.text)?.[1];
      if (how) yield { from, to, how, expression: use.text };
    }
    const part = asked(node, ({ sinkPart }, params) => sinkPart?.(params));
    if (part !== undefined && !overlap(part.split("."), from.path)) return;
    const values = asked(node, ({ sinkValues }, params) => sinkValues?.(params));
    const isWritten =
      node.spec.sinkValues === undefined || values === undefined
        ? node.spec.format !== undefined
        : values.some(({ value }) => readsOf(node, { port: input, text: value }).some((path) => overlap(path, from.path)));
    if (node.spec.category === "sink" && isWritten) yield { from, to, how: "written", targets: this.targetsOf(node) };
  }

  /** The output fields that come in as the part. */
  private feeding(node: TypedNode, { port, path }: InputPart): readonly FieldPlace[] {
    const places = (node.inputs[port]?.edges ?? []).map((edge) => ({ ...parsePortRef(edge.from), path }));
    if (path.length === 0) return places;
    // One of several streams need not have every field; what none lists may be among the members that no schema knows.
    const schemaOf = (place: FieldPlace) => this.nodes.get(place.node)?.outputs[place.port]?.schema;
    const listed = places.filter((place) => fieldAt(schemaOf(place) ?? NO_FIELDS, path) !== undefined);
    return listed.length > 0 ? listed : places.filter((place) => schemaOf(place)?.open === true);
  }

  private targetsOf(node: TypedNode): readonly Target[] {
    return targetsOf(node, this.pipelineId);
  }
}

const NO_FIELDS: Schema = { type: "ROW", fields: [] };

/** Steps in the order in which they were found, each once. */
class Steps {
  private readonly byKey = new Map<string, LineageStep>();
  add(step: LineageStep): void {
    this.byKey.set(JSON.stringify(step), step);
  }
  get all(): readonly LineageStep[] {
    return [...this.byKey.values()];
  }
}

function keyOf({ node, port, path }: FieldPlace): string {
  return JSON.stringify([node, port, path]);
}

/** A copy of a row has the field at a deeper place, which is asked for itself; what is computed from the row is made of all of it. */
function isOf({ path, how }: InputPart, asked: readonly string[]): boolean {
  return how === "copied" ? isPrefix(asked, path) : overlap(path, asked);
}

function overlap(a: readonly string[], b: readonly string[]): boolean {
  return isPrefix(a, b) || isPrefix(b, a);
}

/** Every field, a row before those within it. */
function pathsWithin(dataType: DataType, above: readonly string[] = []): string[][] {
  if (dataType.type === "ARRAY") return [[...above, "[]"], ...pathsWithin(dataType.element, [...above, "[]"])];
  if (dataType.type !== "ROW") return [];
  return dataType.fields.flatMap((field) => [[...above, field.name], ...pathsWithin(field.dataType, [...above, field.name])]);
}
