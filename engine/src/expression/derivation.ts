/** How an expression's value comes from the fields that it reads: for lineage. */
import type { CheckedExpression } from "./api.ts";
import type { Typed } from "./typed-tree.ts";

type Path = readonly string[];

export interface Derivation {
  /** The value may be that of one of these fields as it is: `a`, `CASE WHEN c THEN a ELSE b END`. */
  readonly copied: readonly Path[];
  /** Something is computed from these. */
  readonly computed: readonly Path[];
  /** They choose between values. */
  readonly decided: readonly Path[];
}

export function derivationOf(checked: CheckedExpression): Derivation {
  const found = { copied: [] as Path[], computed: [] as Path[], decided: [] as Path[] };
  follow(checked.tree as Typed, new Map(), found);
  return found;
}

function follow(node: Typed, slots: Map<symbol, Typed>, found: { copied: Path[]; computed: Path[]; decided: Path[] }): void {
  const path = pathOf(node);
  if (path) return void found.copied.push(path);
  switch (node.kind) {
    case "constant":
      return;
    case "case":
      for (const { when, result } of node.branches) {
        collect(when, slots, found.decided);
        follow(result, slots, found);
      }
      return follow(node.otherwise, slots, found);
    case "let":
      return follow(node.body, new Map([...slots, [node.slot, node.value]]), found);
    case "slot": {
      const value = slots.get(node.slot);
      return value && follow(value, slots, found);
    }
    default:
      collect(node, slots, found.computed);
  }
}

function pathOf(node: Typed): Path | undefined {
  if (node.kind === "field") return [node.name];
  const above = node.kind === "member" ? pathOf(node.of) : undefined;
  return above && [...above, (node as Typed & { kind: "member" }).name];
}

function collect(node: Typed, slots: ReadonlyMap<symbol, Typed>, paths: Path[]): void {
  const path = pathOf(node);
  if (path) return void paths.push(path);
  switch (node.kind) {
    case "member":
      return collect(node.of, slots, paths);
    case "logic":
      for (const operand of node.operands) collect(operand, slots, paths);
      return;
    case "case":
      for (const { when, result } of node.branches) {
        collect(when, slots, paths);
        collect(result, slots, paths);
      }
      return collect(node.otherwise, slots, paths);
    case "let":
      return collect(node.body, new Map([...slots, [node.slot, node.value]]), paths);
    case "slot": {
      const value = slots.get(node.slot);
      return value && collect(value, slots, paths);
    }
    case "apply":
      for (const arg of node.args) collect(arg, slots, paths);
      return;
    case "try":
      return collect(node.operand, slots, paths);
    default:
  }
}
