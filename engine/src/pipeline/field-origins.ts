/** Where the fields of a node's output come from, one step up: what lineage is put together from. */
import { derivationOf } from "../expression/index.ts";
import { ERROR_PORT } from "../node/error-row.ts";
import type { ExpressionUse, FieldPart, FieldSource, NodeSpec, Params } from "../node/spec.ts";
import type { Schema } from "../schema/index.ts";
import { changelogsOf, expressionKey, type TypedGraph, type TypedNode } from "./typed-graph.ts";

/**
 * "copied": the value as it is. "computed": made from it. "condition" and "key": it decides whether the row comes, or with which rows it meets, and is not in the value. "may": the node does
 * not say from which of the fields it reads, so that it may be from this one.
 */
export type Derivation = "copied" | "computed" | "condition" | "key" | "may";

export interface InputPart {
  /** Input port of the node. */
  readonly port: string;
  /** Field of that input; [] is the row as a whole, "[]" an array's elements. */
  readonly path: readonly string[];
  readonly how: Derivation;
  readonly expression?: string | undefined;
}

export interface OriginsContext {
  readonly graph: TypedGraph;
  /** Of a node, by the name that its document gives the schema. */
  readonly declared: (name: string, nodeId: string) => Schema | undefined;
}

/** What the value of an output field is made of, one step up. Empty at a source, and for what the node makes of nothing (a constant, a window's start). */
export function originsOf(node: TypedNode, port: string, path: readonly string[], context: OriginsContext): readonly InputPart[] {
  if (node.disabled) return firstInput(node).map((input) => ({ port: input, path, how: "copied" }));
  if (port === ERROR_PORT)
    return path[0] === "text" ? Object.keys(node.inputs).map((input) => ({ port: input, path: [], how: "computed" })) : [];
  const passed = asked(node, ({ passes }, params) => passes?.(params))?.[port];
  if (passed !== undefined) return [{ port: passed, path, how: "copied" }];
  const parts: InputPart[] = [];
  for (const source of sourcesOf(node, port, context)) {
    const field = source.field === "" ? [] : source.field.split(".");
    const isWithin = isPrefix(field, path);
    if (!isWithin && !isPrefix(path, field)) continue;
    const rest = isWithin ? path.slice(field.length) : [];
    // What is copied into a row's field is not the row.
    const made = source.from.flatMap((part) => partsOf(node, part, rest));
    parts.push(...(isWithin ? made : made.map((part) => (part.how === "copied" ? { ...part, how: "computed" as const } : part))));
    // The last that makes the field decides; what makes a part of an asked row stands beside the row's own.
    if (isWithin) return distinct(parts);
  }
  return distinct([...parts, ...passedThrough(node, path)]);
}

/** Fields that decide whether the node's rows come, and with which others they meet. */
export function decidersOf(node: TypedNode): readonly InputPart[] {
  if (node.disabled) return [];
  const keys = Object.entries(asked(node, ({ keyBy }, params) => keyBy?.(params)) ?? {}).flatMap(([port, texts]) =>
    texts.flatMap((text) => readsOf(node, { port, text }).map((path): InputPart => ({ port, path, how: "key", expression: text }))),
  );
  const conditions = usesOf(node)
    .filter(({ expects }) => expects === "condition")
    .flatMap((use) => readsOf(node, use).map((path): InputPart => ({ port: use.port, path, how: "condition", expression: use.text })));
  return distinct([...keys, ...conditions]);
}

/** Every expression of the node. */
export function usesOf(node: TypedNode): readonly ExpressionUse[] {
  return asked(node, ({ expressions }, params) => expressions?.(params)) ?? [];
}

/** What the spec says of the params. Those of a node with errors may be anything, and then it may have nothing to say. */
export function asked<T>({ ok, spec, params }: TypedNode, ask: (spec: NodeSpec, params: Params) => T): T | undefined {
  if (ok) return ask(spec, params);
  try {
    return ask(spec, params);
  } catch {
    return undefined;
  }
}

/** What an expression of the node reads of its input. */
export function readsOf(node: TypedNode, use: Parameters<typeof expressionKey>[0]): readonly (readonly string[])[] {
  return node.expressions.get(expressionKey(use))?.reads ?? [];
}

export function isPrefix(path: readonly string[], of: readonly string[]): boolean {
  return path.length <= of.length && path.every((name, i) => name === of[i]);
}

/** Later ones win, as fields are set in their order. */
function sourcesOf(node: TypedNode, port: string, { declared }: OriginsContext): readonly FieldSource[] {
  const inputs = Object.fromEntries(Object.entries(node.inputs).map(([name, { schema }]) => [name, schema]));
  const sources = asked(node, ({ lineage }, params) => lineage?.({ params, inputs, declared: (name) => declared(name, node.id) })) ?? [];
  return sources.filter((source) => source.port === undefined || source.port === port).toReversed();
}

function partsOf(node: TypedNode, part: FieldPart, rest: readonly string[]): readonly InputPart[] {
  const { port } = part;
  if ("field" in part) {
    const field = part.field === "" ? [] : part.field.split(".");
    return [{ port, path: part.how === "copied" ? [...field, ...rest] : field, how: part.how }];
  }
  const checked = node.expressions.get(expressionKey(part));
  if (!checked) return [];
  const made = (how: Derivation) => (path: readonly string[]) => ({ port, path, how, expression: part.text });
  // Over groups, a field beside the aggregates is none of the rows'; over a match, which of its rows a field is of is not said.
  if (part.over !== undefined) return checked.reads.map(made("computed"));
  const { copied, computed, decided } = derivationOf(checked);
  return [
    ...copied.map((path) => made("copied")([...path, ...rest])),
    ...computed.map(made("computed")),
    ...decided.map(made("condition")),
  ];
}

function passedThrough(node: TypedNode, path: readonly string[]): readonly InputPart[] {
  const rows = asked(node, (spec, params) => (typeof spec.rows === "function" ? spec.rows(params) : spec.rows)) ?? "pass";
  // What every subtask gets (a split's rules, a lookup's changes) is not what leaves.
  const ports = Object.keys(node.inputs).filter((port) => !node.spec.broadcast?.includes(port));
  if (rows === "pass") return ports.map((port) => ({ port, path, how: "copied" }));
  if (rows !== "new") return ports.map((port) => ({ port, path: [...rows.elementsOf.split("."), "[]", ...path], how: "copied" }));
  return node.spec.lineage ? [] : ports.flatMap((port) => allReads(node, port));
}

function allReads(node: TypedNode, port: string): readonly InputPart[] {
  const own = asked(node, ({ reads }, params) => reads?.(params, changelogsOf(node)))?.[port] ?? [];
  return [
    ...own.map((field): InputPart => ({ port, path: field === "*" ? [] : field.split("."), how: "may" })),
    ...usesOf(node)
      .filter((use) => use.port === port)
      .flatMap((use) => readsOf(node, use).map((path): InputPart => ({ port, path, how: "may", expression: use.text }))),
  ];
}

function firstInput({ inputs }: TypedNode): readonly string[] {
  return Object.keys(inputs).slice(0, 1);
}

function distinct(parts: readonly InputPart[]): readonly InputPart[] {
  return [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()];
}
