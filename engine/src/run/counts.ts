/** What a node has counted, for people to see. */
import type { Millis } from "../node/index.ts";
import { innerId, type TypedNode } from "../pipeline/index.ts";
import { addUp } from "./coordinator.ts";
import type { NodeRuntime } from "./node-runtime.ts";

/** Keys, bytes of them in memory and on disk, timers that are set. */
export interface StateCounts {
  readonly keys: number;
  readonly memoryBytes: number;
  readonly spilledBytes: number;
  readonly timers: number;
}

export interface PortCounts {
  readonly in: Readonly<Record<string, number>>;
  readonly out: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly errors: number;
  readonly watermark: Millis;
  readonly isEnded: boolean;
  readonly holdings?: Readonly<Record<string, number>>;
  /** Of nodes that keep state by key, or have. */
  readonly state?: StateCounts;
  readonly lastError?: { readonly words: { readonly en: string; readonly zh: string }; readonly at: Millis };
}

export function countsOf(node: NodeRuntime): PortCounts {
  const holdings = node.operator?.holdings?.() ?? node.lookup?.holdings();
  return {
    in: Object.fromEntries([...node.inputs].map(([name, port]) => [name, port.total])),
    out: Object.fromEntries([...node.outputs].map(([name, port]) => [name, port.tap.total])),
    dropped: Object.fromEntries([...node.dropped].map(([reason, { total }]) => [reason, total])),
    errors: node.errors,
    watermark: node.watermark,
    isEnded: node.isEnded,
    ...(holdings ? { holdings } : {}),
    ...stateOf(node),
    ...(node.lastError ? { lastError: node.lastError } : {}),
  };
}

/** What people see at nodes that use fragments: of their ports what passed these, and all that went wrong or was dropped inside. Each node inside has its own counts beside. */
export function countsOfUses(uses: readonly TypedNode[], counts: ReadonlyMap<string, PortCounts>): ReadonlyMap<string, PortCounts> {
  const ofUses = new Map<string, PortCounts>();
  for (const { id, inputs, outputs } of uses) {
    const inside = [...counts].flatMap(([nodeId, count]) => (nodeId.startsWith(innerId(id, "")) ? [count] : []));
    const totals = (ports: object, side: "in" | "out") =>
      Object.fromEntries(Object.keys(ports).map((port) => [port, counts.get(innerId(id, port))?.[side][side] ?? 0]));
    const ends = Object.keys(outputs).flatMap((port) => counts.get(innerId(id, port)) ?? []);
    const lastError = inside.flatMap((count) => count.lastError ?? []).sort((a, b) => b.at - a.at)[0];
    ofUses.set(id, {
      in: totals(inputs, "in"),
      out: totals(outputs, "out"),
      dropped: addUp(inside.map(({ dropped }) => dropped)),
      errors: inside.reduce((sum, { errors }) => sum + errors, 0),
      watermark: Math.min(...(ends.length > 0 ? ends : inside).map(({ watermark }) => watermark)),
      isEnded: inside.every(({ isEnded }) => isEnded),
      ...(lastError && { lastError }),
    });
  }
  return ofUses;
}

function stateOf({ operator, backend }: NodeRuntime): { readonly state?: StateCounts } {
  if (operator === undefined || Object.keys(backend.schema().states).length === 0) return {};
  const { keys, memoryBytes, spilledBytes, eventTimers, processingTimers } = backend.usage();
  return { state: { keys, memoryBytes, spilledBytes, timers: eventTimers + processingTimers } };
}
