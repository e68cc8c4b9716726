/** A binary heap: the least entry first. */
export interface DueQueue<T> {
  push(entry: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
}

export function dueQueue<T>(isBefore: (a: T, b: T) => boolean): DueQueue<T> {
  const heap: T[] = [];
  const at = (index: number) => heap[index] as T;

  function swap(a: number, b: number): void {
    const held = at(a);
    heap[a] = at(b);
    heap[b] = held;
  }

  function sink(): void {
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1;
      const right = left + 1;
      let least = parent;
      if (left < heap.length && isBefore(at(left), at(least))) least = left;
      if (right < heap.length && isBefore(at(right), at(least))) least = right;
      if (least === parent) return;
      swap(parent, least);
      parent = least;
    }
  }

  return {
    push(entry) {
      heap.push(entry);
      for (let child = heap.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1;
        if (!isBefore(at(child), at(parent))) return;
        swap(child, parent);
        child = parent;
      }
    },
    peek: () => heap[0],
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length > 0) {
        heap[0] = last as T;
        sink();
      }
      return first;
    },
  };
}
