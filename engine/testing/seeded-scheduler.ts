/**
 * A clock and an order of events of its own for code that waits only through it. Everything that could happen next (a pause that ends, a message that arrives, an answer
 * from outside) is a lane; of those that are ready a seeded choice picks one, all that follows from it at once is let happen, and then the next is picked. Time moves only when
 * nothing is ready. One seed gives one run, again and again.
 */
export type Random = () => number;

/** Mulberry32: numbers from 0 (inclusive) to 1, a function of the seed alone. */
export function seededRandom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Events of a lane happen in order. Those of a group can be forgotten together. */
interface Lane {
  readonly name: string;
  readonly group: number;
  /** How likely it is picked, beside the others. */
  readonly weight: number;
  readonly events: (() => void)[];
}

interface Timer {
  readonly at: number;
  readonly lane: Lane;
  readonly event: () => void;
}

/** Some lanes are a hundred times as fast as others, so that one subtask falls far behind or runs far ahead. */
const WEIGHTS = [1, 1, 1, 10, 100];

export class SeededScheduler {
  now = 0;
  /** Events that have happened. */
  steps = 0;
  readonly random: Random;
  private readonly lanes = new Map<string, Lane>();
  private ready: Lane[] = [];
  private timers: Timer[] = [];
  private readonly gone = new Set<number>();

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** Adds an event behind those of its lane; `afterMs` later when that is above zero. Returns what makes a later one happen now (or does nothing, if it has). */
  add(group: number, name: string, event: () => void, afterMs = 0): () => void {
    if (this.gone.has(group)) return () => undefined;
    const lane = this.lane(group, name);
    if (afterMs <= 0) {
      this.enqueue(lane, event);
      return () => undefined;
    }
    const timer: Timer = { at: this.now + afterMs, lane, event };
    this.timers.push(timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index === -1) return;
      this.timers.splice(index, 1);
      this.enqueue(lane, event);
    };
  }

  /** Forgets all events of a group, and those it still adds: whoever waits for one waits for ever. */
  forget(group: number): void {
    this.gone.add(group);
    this.ready = this.ready.filter((lane) => lane.group !== group);
    this.timers = this.timers.filter(({ lane }) => lane.group !== group);
  }

  /** Lets one event happen, and all that follows from it at once. False when there is none left. */
  async step(): Promise<boolean> {
    if (this.ready.length === 0 && !this.moveTime()) return false;
    const lane = this.pick();
    const event = lane.events.shift() as () => void;
    if (lane.events.length === 0) this.ready.splice(this.ready.indexOf(lane), 1);
    this.steps++;
    event();
    // Promises settle before the next round of the event loop, however long their chain.
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }

  /** What is ready and what is timed, for messages about a run that stands still. */
  describe(): string {
    const ready = this.ready.map(({ name, group }) => `${group}:${name}`);
    const timed = this.timers.map(({ at, lane }) => `${lane.group}:${lane.name}@${at}`);
    return `ready: ${ready.join(", ") || "none"}; later: ${timed.join(", ") || "none"}`;
  }

  private lane(group: number, name: string): Lane {
    const id = `${group}:${name}`;
    let lane = this.lanes.get(id);
    if (lane === undefined) {
      lane = { name, group, weight: WEIGHTS[Math.floor(this.random() * WEIGHTS.length)] as number, events: [] };
      this.lanes.set(id, lane);
    }
    return lane;
  }

  private enqueue(lane: Lane, event: () => void): void {
    if (lane.events.length === 0) this.ready.push(lane);
    lane.events.push(event);
  }

  private pick(): Lane {
    const { ready } = this;
    let left = this.random() * ready.reduce((sum, { weight }) => sum + weight, 0);
    for (const lane of ready) {
      left -= lane.weight;
      if (left < 0) return lane;
    }
    return ready[ready.length - 1] as Lane;
  }

  private moveTime(): boolean {
    if (this.timers.length === 0) return false;
    this.now = this.timers.reduce((earliest, { at }) => Math.min(earliest, at), Number.POSITIVE_INFINITY);
    const due = this.timers.filter(({ at }) => at <= this.now);
    this.timers = this.timers.filter(({ at }) => at > this.now);
    for (const { lane, event } of due) this.enqueue(lane, event);
    return true;
  }
}
