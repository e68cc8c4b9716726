/**
 * Partial and completed matches in the order of their first rows: a binary heap in an array, like Java's PriorityQueue to the last swap. Among matches that begin with the same row the heap decides which comes
 * first, and a skip strategy then gives up the others; so to give Flink's answers is to keep Flink's heap.
 */

/** What waits in a state of the automaton; plain data, for it lies in keyed state. */
export interface Partial {
  /** Name of the state. */
  readonly state: string;
  /** The entry of its latest row; 0: none yet. */
  readonly entry: number;
  /** Time and number of its first row; null: none yet, which is later than any. */
  readonly start: number | null;
  readonly first: number | null;
}

function compare(a: Partial, b: Partial): number {
  if (a.start === null || b.start === null) return a.start === b.start ? 0 : a.start === null ? 1 : -1;
  return a.start - b.start || (a.first as number) - (b.first as number);
}

/** Whether `a` begins no later than `b`. */
export function isNotLater(a: Partial, b: Partial): boolean {
  return compare(a, b) <= 0;
}

export function push(heap: Partial[], item: Partial): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >>> 1;
    if (compare(item, heap[parent] as Partial) >= 0) break;
    heap[at] = heap[parent] as Partial;
    at = parent;
  }
  heap[at] = item;
}

export function pop(heap: Partial[]): Partial | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (heap.length > 0) sink(heap, 0, last as Partial);
  return first;
}

/** Takes out what is not to be kept. */
export function keep(heap: Partial[], isKept: (item: Partial) => boolean): void {
  const kept = heap.filter(isKept);
  if (kept.length === heap.length) return;
  heap.length = 0;
  heap.push(...kept);
  for (let at = (heap.length >>> 1) - 1; at >= 0; at--) sink(heap, at, heap[at] as Partial);
}

function sink(heap: Partial[], from: number, item: Partial): void {
  let at = from;
  const half = heap.length >>> 1;
  while (at < half) {
    let child = 2 * at + 1;
    const right = child + 1;
    if (right < heap.length && compare(heap[child] as Partial, heap[right] as Partial) > 0) child = right;
    if (compare(item, heap[child] as Partial) <= 0) break;
    heap[at] = heap[child] as Partial;
    at = child;
  }
  heap[at] = item;
}
