/**
 * Fragments: documents used as nodes. A document is a fragment when it has nodes that are its ports (`NodeSpec.fragmentPort`); a node of type "fragment:ID" uses the one that its
 * document carries under that id, with the fragment's parameters as its params. For palette, form and card such a type is a node type as any other: its spec is made here, of the fragment. How
 * it runs is in `expand.ts`: never as a node, always as the nodes inside.
 */
import { z } from "zod";
import type { RoleName } from "../node/roles.ts";
import { duration, type NodeSpec, type Params, paramMeta, type Words } from "../node/spec.ts";
import type { PipelineDocument, PipelineParameter } from "./document.ts";
import type { TypedGraph } from "./typed-graph.ts";

const PREFIX = "fragment:";
/** Between the id of a using node and the id of a node inside; no id has it. */
export const STEP = "/";
export const ERRORS = "error";

export type Specs = ReadonlyMap<string, NodeSpec>;

/** The node type that uses a fragment. */
export function fragmentType(fragmentId: string): string {
  return PREFIX + fragmentId;
}

/** Undefined for other node types. */
export function fragmentOf(type: string): string | undefined {
  return type.startsWith(PREFIX) ? type.slice(PREFIX.length) : undefined;
}

/** The id of a node inside, as state, counters, samples and dead letters know it. */
export function innerId(using: string, inner: string): string {
  return using + STEP + inner;
}

/** The node of the document that a node id is, or is inside of, and the rest of the path: "visits/first/mark" → visits, first/mark. */
export function placeOf(nodeId: string): { readonly node: string; readonly inner: string | undefined } {
  const step = nodeId.indexOf(STEP);
  return step === -1 ? { node: nodeId, inner: undefined } : { node: nodeId.slice(0, step), inner: nodeId.slice(step + 1) };
}

/** Where the rows of an output port ("node", "port") are counted and sampled in an expanded graph: of a node that uses a fragment, inside of that. */
export function insideOf({ uses }: Pick<TypedGraph, "uses">, node: string, port: string): { readonly node: string; readonly port: string } {
  return uses.some(({ id }) => id === node) ? { node: innerId(node, port), port: "out" } : { node, port };
}

/** What the schemas declared for a node are called in an expanded document: those of its fragment, where it is inside of one. */
export function declaredName(nodeId: string, schema: string): string {
  return nodeId.slice(0, nodeId.lastIndexOf(STEP) + 1) + schema;
}

/** Ports of the fragment that a document is, by name, in the order of the document; both empty when it is none. */
export function fragmentPorts(document: PipelineDocument, specs: Specs): { inputs: Record<string, Words>; outputs: Record<string, Words> } {
  const ports = { inputs: {} as Record<string, Words>, outputs: {} as Record<string, Words> };
  for (const [id, { type, name, note }] of Object.entries(document.nodes)) {
    const side = specs.get(type)?.fragmentPort?.side;
    const words = note ?? name;
    if (side) ports[side === "input" ? "inputs" : "outputs"][id] = { en: words, zh: words };
  }
  return ports;
}

export function isFragment(document: PipelineDocument, specs: Specs): boolean {
  return Object.values(document.nodes).some(({ type }) => specs.get(type)?.fragmentPort !== undefined);
}

/** The specs with those of the fragments that the document carries. */
export function withFragments(specs: Specs, document: PipelineDocument): Specs {
  const carried = Object.entries(document.fragments ?? {}).flatMap(([id, { document: fragment }]) =>
    fragment ? [[fragmentType(id), fragmentSpec(id, fragment, specs)] as const] : [],
  );
  return carried.length === 0 ? specs : new Map([...specs, ...carried]);
}

const SPECS = new WeakMap<PipelineDocument, Map<string, NodeSpec>>();

/** The node type that a fragment is. */
export function fragmentSpec(id: string, fragment: PipelineDocument, specs: Specs): NodeSpec {
  const known = SPECS.get(fragment)?.get(id);
  if (known) return known;
  const spec = makeSpec(id, fragment, specs);
  SPECS.set(fragment, (SPECS.get(fragment) ?? new Map<string, NodeSpec>()).set(id, spec));
  return spec;
}

function makeSpec(id: string, fragment: PipelineDocument, specs: Specs): NodeSpec {
  const ports = fragmentPorts(fragment, specs);
  const title = fragment.title ?? { en: fragment.name, zh: fragment.name };
  const parameters = Object.entries(fragment.parameters ?? {});
  const [input = ""] = Object.keys(ports.inputs);
  return {
    type: fragmentType(id),
    title,
    summary: fragment.description ?? { en: `The fragment "${fragment.name}".`, zh: `片段“${fragment.name}”。` },
    category: "fragment",
    keywords: ["fragment", "片段", id, fragment.name],
    params: z.strictObject(
      Object.fromEntries(parameters.map(([name, parameter]) => [name, paramSchema(name, parameter)])),
    ) as z.ZodType<Params>,
    ...ports,
    accepts: ["append", "upsert", "retract"],
    expressions: (params) =>
      parameters.flatMap(([name, { type }]) =>
        type === "expression" || type === "condition"
          ? [
              {
                path: [name],
                text: String(params[name] ?? ""),
                port: input,
                ...(type === "condition" && { expects: "condition" as const }),
              },
            ]
          : [],
      ),
    inferSchema: () => ({}),
    cardLine: (params) => parameters.flatMap(([name]) => (params[name] === undefined ? [] : [String(params[name])])).join(", "),
  };
}

function paramSchema(name: string, { type, default: fallback, title, description }: PipelineParameter): z.ZodType {
  const schema = bareSchema(type);
  const meta = {
    title: title ?? { en: name, zh: name },
    ...(description && { description }),
    ...(isKind(type) && { kind: type }),
  };
  return schema.safeParse(fallback).success ? schema.default(fallback).register(paramMeta, meta) : schema.register(paramMeta, meta);
}

function bareSchema(type: PipelineParameter["type"]): z.ZodType {
  switch (type) {
    case "number":
      return z.number();
    case "integer":
      return z.int();
    case "boolean":
      return z.boolean();
    case "duration":
      return duration();
    case "string":
      return z.string();
    case "expression":
    case "condition":
    case "field":
      return z.string().min(1);
  }
}

function isKind(type: PipelineParameter["type"]): type is "expression" | "condition" | "field" | "duration" {
  return type === "expression" || type === "condition" || type === "field" || type === "duration";
}

/** Connection aliases of a document and of the fragments it carries, with their roles: an alias means the same in all of them. Where two give it different roles the document's own counts, or the first. */
export function connectionAliases(document: PipelineDocument): Readonly<Record<string, { readonly role: RoleName }>> {
  const aliases: Record<string, { readonly role: RoleName }> = {};
  const waiting = [document];
  for (let one = waiting.shift(); one; one = waiting.shift()) {
    for (const [alias, declared] of Object.entries(one.connections ?? {})) if (!Object.hasOwn(aliases, alias)) aliases[alias] = declared;
    for (const { document: fragment } of Object.values(one.fragments ?? {})) if (fragment) waiting.push(fragment);
  }
  return aliases;
}
