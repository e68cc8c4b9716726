/** What a node has counted, for people to see. */
import type { Millis } from "../node/index.ts";
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

function stateOf({ operator, backend }: NodeRuntime): { readonly state?: StateCounts } {
  if (operator === undefined || Object.keys(backend.schema().states).length === 0) return {};
  const { keys, memoryBytes, spilledBytes, eventTimers, processingTimers } = backend.usage();
  return { state: { keys, memoryBytes, spilledBytes, timers: eventTimers + processingTimers } };
}
