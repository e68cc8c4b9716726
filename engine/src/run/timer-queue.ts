/** A binary heap of timers in order of time, equal times in the order they were set. Cancelled ones are skipped when they come up. */
export interface Timer<T> {
  readonly time: number;
  readonly order: number;
  readonly owner: T;
}

export class TimerQueue<T> {
  private readonly heap: Timer<T>[] = [];
  private order = 0;

  add(time: number, owner: T): void {
    const timer = { time, order: this.order++, owner };
    let index = this.heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.heap[parent] as Timer<T>;
      if (!before(timer, above)) break;
      this.heap[index] = above;
      index = parent;
    }
    this.heap[index] = timer;
  }

  /** Removes and returns the first timer at or before `time`. */
  takeUntil(time: number): Timer<T> | undefined {
    const first = this.heap[0];
    if (first === undefined || first.time > time) return undefined;
    const last = this.heap.pop() as Timer<T>;
    if (this.heap.length > 0) this.sink(last);
    return first;
  }

  private sink(timer: Timer<T>): void {
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && before(this.heap[child + 1] as Timer<T>, this.heap[child] as Timer<T>)) child++;
      const below = this.heap[child] as Timer<T>;
      if (!before(below, timer)) break;
      this.heap[index] = below;
      index = child;
    }
    this.heap[index] = timer;
  }
}

function before<T>(a: Timer<T>, b: Timer<T>): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
