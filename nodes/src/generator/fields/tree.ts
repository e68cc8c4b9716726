import type { FieldRule } from "./params.ts";

/** Names with dots as nested objects, members in the order of their first mention. */
export type FieldNode = { readonly name: string } & ({ readonly rule: FieldRule } | { readonly members: readonly FieldNode[] });

export function fieldTree(fields: readonly FieldRule[]): readonly FieldNode[] {
  return level(fields.map((rule) => ({ path: rule.name.split("."), rule })));
}

interface Placed {
  readonly path: readonly string[];
  readonly rule: FieldRule;
}

function level(fields: readonly Placed[]): FieldNode[] {
  const byName = Map.groupBy(fields, ({ path }) => path[0] as string);
  return [...byName].map(([name, placed]) => {
    const [first] = placed as [Placed];
    if (first.path.length === 1) return { name, rule: first.rule };
    return { name, members: level(placed.map(({ path, rule }) => ({ path: path.slice(1), rule }))) };
  });
}
