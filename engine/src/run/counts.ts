/** What a node has counted, for people to see. */
import { MAX_TIME, type Millis } from "../node/index.ts";
import { innerId, type TypedNode } from "../pipeline/index.ts";
import { addUp } from "./coordinator.ts";
import type { InputPort, NodeRuntime } from "./node-runtime.ts";

/** Keys, bytes of them in memory and on disk, timers that are set. */
export interface StateCounts {
  readonly keys: number;
  readonly memoryBytes: number;
  readonly spilledBytes: number;
  readonly timers: number;
  /** The earliest timer of event time, which may be a cancelled one. */
  readonly nextTimer?: Millis;
}

/** What came last by an input port, and how far its time is: what says why nothing leaves. */
export interface InputFacts {
  /** Event time of the last row; left out before there was one since the run went on. */
  readonly lastTime?: Millis;
  readonly watermark: Millis;
  readonly isIdle: boolean;
}

export interface PortCounts {
  readonly in: Readonly<Record<string, number>>;
  readonly out: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly errors: number;
  readonly watermark: Millis;
  readonly isEnded: boolean;
  /** By input port. */
  readonly inputs?: Readonly<Record<string, InputFacts>>;
  readonly holdings?: Readonly<Record<string, number>>;
  /** Of a sink whose rows name their targets: rows by target. */
  readonly targets?: Readonly<Record<string, number>>;
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
    inputs: Object.fromEntries([...node.inputs].map(([name, port]) => [name, inputFacts(port)])),
    ...(holdings ? { holdings } : {}),
    ...(node.targets.size > 0 && { targets: Object.fromEntries(node.targets) }),
    ...stateOf(node),
    ...(node.lastError ? { lastError: node.lastError } : {}),
  };
}

function inputFacts({ lastTime, valve }: InputPort): InputFacts {
  return { ...(lastTime !== undefined && { lastTime }), watermark: valve.watermark, isIdle: valve.isIdle };
}

/** Of several subtasks: the last time that any has seen, the watermark that all have. */
export function mergeInputs(all: readonly (PortCounts["inputs"] | undefined)[]): Record<string, InputFacts> {
  const merged: Record<string, InputFacts> = {};
  for (const inputs of all)
    for (const [port, one] of Object.entries(inputs ?? {})) {
      const other = merged[port];
      const times = [one.lastTime, other?.lastTime].filter((time) => time !== undefined);
      merged[port] = {
        ...(times.length > 0 && { lastTime: Math.max(...times) }),
        watermark: Math.min(one.watermark, other?.watermark ?? MAX_TIME),
        isIdle: one.isIdle && (other?.isIdle ?? true),
      };
    }
  return merged;
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
      inputs: Object.fromEntries(
        Object.keys(inputs).flatMap((port) =>
          Object.values(counts.get(innerId(id, port))?.inputs ?? {})
            .slice(0, 1)
            .map((facts) => [port, facts]),
        ),
      ),
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
  const { keys, memoryBytes, spilledBytes, eventTimers, processingTimers, nextEventTimer } = backend.usage();
  return {
    state: {
      keys,
      memoryBytes,
      spilledBytes,
      timers: eventTimers + processingTimers,
      ...(nextEventTimer !== undefined && { nextTimer: nextEventTimer }),
    },
  };
}
