/** Where a field comes from and what becomes of it over all pipelines: what one writes into a store, another reads from it under the same name. */
import { type FieldPlace, lineageOf, parsePortRef, type TypedNode } from "@millrace/engine/pipeline";
import type { LineageAcross, LineageStage } from "../api.ts";
import { type JobGraph, storeId } from "./job-graphs.ts";

/** Rules of a warehouse end well before that; a ring of pipelines has each field once. */
const MOST_STAGES = 500;

/** Of a lineage what leads out of its pipeline. */
interface Ends {
  readonly origins: readonly { readonly node: string; readonly path: readonly string[] }[];
  readonly downstream: readonly {
    readonly from: { readonly path: readonly string[] };
    readonly to: { readonly node: string };
    readonly how: string;
  }[];
}

interface At {
  readonly job: JobGraph;
  readonly lineage: Ends;
}

/** Nearest first. `job`: whose field it is, as it is asked about (a draft); the others of `jobs` are as they are. */
export function lineageAcross(jobs: readonly JobGraph[], job: JobGraph, lineage: Ends): LineageAcross {
  const others = jobs.filter(({ pipeline }) => pipeline.id !== job.pipeline.id);
  const all = [job, ...others];
  return { upstream: walk({ job, lineage }, (at) => writersOf(at, all)), downstream: walk({ job, lineage }, (at) => readersOf(at, all)) };
}

type Found = Omit<LineageStage, "steps"> & { readonly of: JobGraph };

function walk(start: At, next: (at: At) => Iterable<Found>): LineageStage[] {
  const stages: LineageStage[] = [];
  const seen = new Set<string>();
  const open = [{ at: start, steps: 1 }];
  for (let one = open.shift(); one && stages.length < MOST_STAGES; one = open.shift()) {
    for (const { of, ...found } of next(one.at)) {
      const key = JSON.stringify([found.pipeline.id, found.field]);
      const lineage = seen.has(key) ? undefined : lineageIn(of, found.field);
      seen.add(key);
      if (!lineage) continue;
      stages.push({ ...found, steps: one.steps });
      open.push({ at: { job: of, lineage }, steps: one.steps + 1 });
    }
  }
  return stages;
}

function* writersOf({ job, lineage }: At, jobs: readonly JobGraph[]): Iterable<Found> {
  for (const origin of lineage.origins) {
    for (const { store } of job.uses.filter(({ nodeId, access }) => nodeId === origin.node && access === "reads")) {
      for (const [writer, sink] of usersOf(store, "writes", jobs)) {
        const edges = Object.values(sink.inputs).flatMap(({ edges }) => edges);
        for (const { from } of edges) {
          const field = writtenAs(writer, sink, { ...parsePortRef(from), path: origin.path });
          yield { of: writer, pipeline: named(writer), store: shown(store), node: sink.id, field };
        }
      }
    }
  }
}

function* readersOf({ job, lineage }: At, jobs: readonly JobGraph[]): Iterable<Found> {
  for (const { from, to } of lineage.downstream.filter(({ how }) => how === "written")) {
    for (const { store } of job.uses.filter(({ nodeId, access }) => nodeId === to.node && access === "writes")) {
      for (const [reader, source] of usersOf(store, "reads", jobs)) {
        if (Object.keys(source.inputs).length > 0) continue;
        const [port] = Object.keys(source.outputs);
        if (port === undefined) continue;
        yield {
          of: reader,
          pipeline: named(reader),
          store: shown(store),
          node: source.id,
          field: { node: source.id, port, path: readAs(job, to.node, from.path) },
        };
      }
    }
  }
}

/** Where a sink that writes a row in its rows has a field of the record: there, or, of members that no schema knows, in all of that row. */
function writtenAs(writer: JobGraph, sink: TypedNode, field: FieldPlace): FieldPlace {
  const part = partOf(sink);
  const inside = { ...field, path: [...part, ...field.path] };
  return part.length === 0 || lineageIn(writer, inside) ? inside : { ...field, path: part };
}

/** What readers call a field that was written by the sink. */
function readAs({ graph }: JobGraph, sinkId: string, path: readonly string[]): readonly string[] {
  const sink = graph.nodes.find(({ id }) => id === sinkId);
  return path.slice(sink ? partOf(sink).length : 0);
}

function partOf({ spec, params, ok }: TypedNode): readonly string[] {
  return (ok ? spec.sinkPart?.(params)?.split(".") : undefined) ?? [];
}

function* usersOf(store: JobGraph["uses"][number]["store"], access: "reads" | "writes", jobs: readonly JobGraph[]) {
  const id = storeId(store);
  for (const job of jobs) {
    for (const use of job.uses) {
      const node = use.access === access && storeId(use.store) === id && job.graph.nodes.find((one) => one.id === use.nodeId);
      if (node) yield [job, node] as const;
    }
  }
}

/** Undefined where the pipeline has no such field. */
function lineageIn({ graph, pipeline }: JobGraph, field: FieldPlace): Ends | undefined {
  const found = lineageOf(graph, field, pipeline.id);
  return "lineage" in found ? found.lineage : undefined;
}

function named({ pipeline: { id, draft } }: JobGraph): LineageStage["pipeline"] {
  return { id, name: draft.name, ...(draft.title && { title: draft.title }) };
}

function shown({ kind, name, connection }: JobGraph["uses"][number]["store"]): LineageStage["store"] {
  return { kind, name, ...(connection !== undefined && { connection }) };
}
