/** Room outside of memory for one node's keyed state, given by the host. It is a cache: it begins empty, and nothing in it outlives the task. */
export interface SpillStore {
  /** The bytes hold until the next call. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Copies both. Throws when there is no room. */
  put(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
  /** Up to `limit` pairs whose keys begin with `space` and come after the key `after`; copies. In order of the keys' bytes; keys of more than a thousand bytes in any order that stays the same. */
  page(space: number, after: Uint8Array | undefined, limit: number): readonly Spilled[];
  /** Does `work`, whose changes are made together, which is much cheaper. */
  batch(work: () => void): void;
}

export interface Spilled {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Memory that one node's state may take, and where the rest goes. */
export interface SpillOptions {
  readonly store: SpillStore;
  /** Approximate bytes in memory above which the least recently used keys leave it. */
  readonly budgetBytes: number;
}

/** What a store's keys begin with. */
export const SPACE = {
  /** State by key. */
  KEYS: 0x01,
  /** Keys whose state in the store changed since the last snapshot. */
  CHANGED: 0x02,
  EVENT_TIMERS: 0x03,
  PROCESSING_TIMERS: 0x04,
} as const;

/** A buffer's own `slice` gives a view. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
