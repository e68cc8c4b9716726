/** Keys that stand in a source's records, so that a record can go to its key's owner before anybody decodes it. */
import { type CheckRecord, keyExtractor } from "../codec/index.ts";
import { RowError } from "../node/index.ts";
import { expressionKey, parsePortRef, type TypedGraph, type TypedNode } from "../pipeline/index.ts";
import type { Schema, Value } from "../schema/index.ts";
import { keyIdOf } from "../state/index.ts";

type Path = readonly string[];

/** Where in a source's records the key stands by which all of its rows go on; undefined where they go elsewhere too, or the key must be worked out. */
export function keyPathsOf(graph: TypedGraph, source: TypedNode): readonly Path[] | undefined {
  const [edge, another] = Object.values(source.outputs)[0]?.edges ?? [];
  if (edge === undefined || another !== undefined || (source.spec.format?.(source.params).name ?? "json") !== "json") return undefined;
  const to = parsePortRef(edge.to);
  const target = graph.nodes.find(({ id }) => id === to.node);
  const texts = target?.disabled ? undefined : target?.spec.keyBy?.(target.params)[to.port];
  const paths = (texts ?? []).map((text) => {
    const reads = target?.expressions.get(expressionKey({ port: to.port, text }))?.reads ?? [];
    return reads.length === 1 && reads[0]?.join(".") === text.trim() ? reads[0] : undefined;
  });
  return paths.length > 0 && paths.every((path) => path !== undefined) ? paths : undefined;
}

/**
 * Refuses a record whose key is another one to who decodes it than to who looks for it alone: JSON takes the last member of a name, the extractor the first. The wrong subtask would have it, behind watermarks and barriers
 * that it belongs before; and at any parallelism the same records are refused.
 */
export function keyOnce(schema: Schema, paths: readonly Path[]): CheckRecord {
  const extract = keyExtractor(schema, paths);
  return (record, row) => {
    const first = extract(record);
    if (first !== undefined && keyIdOf(first) !== keyIdOf(paths.map((path) => valueAt(row, path)))) throw keyTwice();
  };
}

function valueAt(row: Value, path: Path): Value {
  return path.reduce((at: Value, name) => (at as Readonly<Record<string, Value>> | null)?.[name] ?? null, row);
}

function keyTwice(): RowError {
  return new RowError("source.key-twice", {
    en: "A member that is part of the key comes twice in this record, with two values; expected one.",
    zh: "该记录中作为 key 的成员出现了两次，且值不同；应只有一个。",
  });
}
