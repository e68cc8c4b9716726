/** One lookup node of a task: what it asks, and how its queue meets the node's rows, watermarks and state. */
import { type LookupContext, type LookupSettings, type Millis, type NodeType, RowError } from "../node/index.ts";
import type { TypedNode } from "../pipeline/index.ts";
import { type KeyedBackend, keyGroupOf, ownerOf, textOwner } from "../state/index.ts";
import type { CurrentRecord } from "./exchange-edge.ts";
import { LookupQueue, type Saved, savedType } from "./lookup-queue.ts";
import { type LookupSide, NodeFailure, type NodeRuntime } from "./node-runtime.ts";
import type { Mutable } from "./wiring.ts";

/** The key under which a subtask keeps what is under way: any number in one of its key groups, so that the state finds a new owner like any other. */
export const FLIGHT_KEY = [{ type: "BIGINT" }] as const;

export interface LookupSurroundings {
  readonly connection: LookupContext["connection"];
  /** In place of what the spec says. */
  readonly settings: Partial<LookupSettings>;
  readonly context: Omit<LookupContext, "connection" | "at">;
  readonly current: Mutable<CurrentRecord>;
  /** Something may leave. */
  wake(): void;
}

export function createLookupSide(
  type: NodeType,
  typed: TypedNode,
  node: NodeRuntime,
  backend: KeyedBackend,
  { connection, settings: given, context, current, wake }: LookupSurroundings,
): LookupSide {
  const said = typed.spec.lookup?.(typed.params);
  if (!said || !type.createLookup) throw new Error(`node type ${JSON.stringify(typed.spec.type)} has no settings for its lookup`);
  const settings = { ...said, ...given };
  const rowType = context.schemas.inputs[settings.input];
  if (!rowType) throw new Error(`node type ${JSON.stringify(typed.spec.type)} has no input ${JSON.stringify(settings.input)} to ask for`);
  const own = textOwner(rowType);
  const ownKey = [keyOfSubtask(context.subtask, context.parallelism)];
  const list = backend.list("under way", savedType(rowType));
  const alarms = new Set<{ readonly time: Millis; readonly ring: () => void }>();
  const lookup = type.createLookup(typed.params, {
    ...context,
    connection,
    at: (time, ring) => void alarms.add({ time, ring }),
  });

  const queue = new LookupQueue<CurrentRecord>(settings, lookup, {
    now: context.now,
    wake,
    cause: () => ({ ...current }),
    own: (row) => (own ? (own(row) as typeof row) : row),
    emit: ({ row, time, cause }, emissions) =>
      within(cause, () => {
        try {
          for (const { port, row: emitted } of emissions(row, time)) node.emit(port, emitted, time);
        } catch (error) {
          if (!(error instanceof RowError)) throw error;
          node.failed(error, row, time, settings.input);
        }
      }),
    failed: ({ row, time, cause }, error) => within(cause, () => node.failed(error, row, time, settings.input)),
    watermark: (time) => node.sendWatermark(time),
    idle: (isIdle) => node.sendIdle(isIdle),
  });

  /** What leaves was caused by the record that asked, not by the one that is being processed. */
  function within(cause: CurrentRecord, work: () => void): void {
    const before = { ...current };
    Object.assign(current, cause);
    try {
      work();
    } finally {
      Object.assign(current, before);
    }
  }

  return {
    receive(row, time, port) {
      if (port !== settings.input) return lookup.onRow?.(row, time, port);
      try {
        queue.onRow(row, time);
      } catch (error) {
        // A failure that is the run's; what is wrong with the row itself has left by `error`.
        throw error instanceof RowError ? new NodeFailure(node.id, error) : error;
      }
    },
    onWatermark: (time) => queue.onWatermark(time),
    onIdle: (isIdle) => queue.onIdle(isIdle),
    deliver() {
      const now = context.now();
      for (const alarm of alarms) {
        if (alarm.time > now) continue;
        alarms.delete(alarm);
        alarm.ring();
      }
      return queue.deliver();
    },
    get isEmpty() {
      return queue.size === 0;
    },
    get isFull() {
      return queue.isFull;
    },
    save() {
      backend.select(ownKey);
      queue.save(list);
    },
    restored() {
      const lists = backend.keys.map((key) => {
        backend.select(key);
        const saved = list.get() as unknown as readonly Saved[];
        list.clear();
        return saved;
      });
      const { received } = node;
      queue.restore(lists, { place: undefined, offset: 0, traced: false }, received, node.watermark);
    },
    holdings: () => queue.holdings(),
    close: () => lookup.close(),
  };
}

function keyOfSubtask(subtask: number, parallelism: number): number {
  let key = 0;
  while (ownerOf(keyGroupOf([key]), parallelism) !== subtask) key++;
  return key;
}
