/** Order of a graph's nodes, and the circles in it. Works with lists of its own: a hostile drawing may be as deep as it is long. */

/** Successors by node; every node is a key. */
export type Successors = ReadonlyMap<string, readonly string[]>;

export interface GraphOrder {
  /** Sources first, then by distance from them, ties by id; the nodes of circles and behind them last, by id. */
  readonly order: readonly string[];
  /** Each circle once, as the nodes along it, the first repeated at the end. */
  readonly cycles: readonly (readonly string[])[];
}

export function orderGraph(successors: Successors): GraphOrder {
  const missing = new Map<string, number>([...successors.keys()].map((id) => [id, 0]));
  for (const targets of successors.values()) for (const target of targets) missing.set(target, (missing.get(target) ?? 0) + 1);
  const level = new Map<string, number>();
  const ready = [...missing].filter(([, count]) => count === 0).map(([id]) => id);
  for (const id of ready) level.set(id, 0);
  for (let id = ready.pop(); id !== undefined; id = ready.pop())
    for (const target of successors.get(id) ?? []) {
      level.set(target, Math.max(level.get(target) ?? 0, (level.get(id) as number) + 1));
      const left = (missing.get(target) as number) - 1;
      missing.set(target, left);
      if (left === 0) ready.push(target);
    }
  const stuck = [...missing].filter(([, count]) => count > 0).map(([id]) => id);
  const ordered = [...missing.keys()].filter((id) => missing.get(id) === 0);
  ordered.sort((a, b) => (level.get(a) as number) - (level.get(b) as number) || compare(a, b));
  stuck.sort(compare);
  return { order: [...ordered, ...stuck], cycles: stuck.length === 0 ? [] : findCycles(stuck, successors) };
}

/** One circle per knot of nodes that reach each other; every node of a reported circle is taken out before the next is looked for. */
function findCycles(stuck: readonly string[], successors: Successors): string[][] {
  const left = new Set(stuck);
  const cycles: string[][] = [];
  const done = new Set<string>();
  for (const start of stuck) {
    if (done.has(start)) continue;
    // Depth first with an explicit stack; meeting a node of the present trail closes a circle.
    const trail: string[] = [];
    const onTrail = new Set<string>();
    const stack: { id: string; next: number }[] = [{ id: start, next: 0 }];
    trail.push(start);
    onTrail.add(start);
    while (stack.length > 0) {
      const top = stack.at(-1) as { id: string; next: number };
      const target = (successors.get(top.id) ?? [])[top.next++];
      if (target === undefined) {
        stack.pop();
        trail.pop();
        onTrail.delete(top.id);
        done.add(top.id);
      } else if (onTrail.has(target) && left.has(target)) {
        const cycle = trail.slice(trail.indexOf(target));
        if (cycle.every((id) => left.has(id))) {
          cycles.push([...cycle, target]);
          for (const id of cycle) left.delete(id);
        }
      } else if (!done.has(target) && !onTrail.has(target) && left.has(target)) {
        stack.push({ id: target, next: 0 });
        trail.push(target);
        onTrail.add(target);
      }
    }
  }
  return cycles;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
