/**
 * What a lookup remembers: the latest used answers, each for a time, and who else waits for one that is under way, so that a key is asked for once at a time. An answer that was under way when its key
 * changed is given to those who asked, and not remembered.
 */
import type { Millis } from "@millrace/engine/node";

export interface CacheOptions {
  readonly rows: number;
  readonly forMs: Millis;
  /** Whether to remember that nothing is there. */
  readonly misses: boolean;
  now(): Millis;
}

/** `undefined`: nothing is there. */
export type Answered<T> = { readonly found: T | undefined } | { readonly failure: unknown };

/** Calls one of both back, once; what it throws counts as a failure. */
export type Ask<T> = (key: string, onFound: (found: T | undefined) => void, onFailure: (failure: unknown) => void) => void;

interface Asked<T> {
  readonly waiters: ((answer: Answered<T>) => void)[];
  isStale: boolean;
}

export class LookupCache<T> {
  hits = 0;
  asked = 0;
  private readonly options: CacheOptions;
  private readonly held = new Map<string, { readonly found: T | undefined; readonly until: Millis }>();
  private readonly underWay = new Map<string, Asked<T>>();

  constructor(options: CacheOptions) {
    this.options = options;
  }

  get size(): number {
    return this.held.size;
  }

  /** Calls back with what is remembered, at once, or with what `ask` finds. */
  get(key: string, ask: Ask<T>, done: (answer: Answered<T>) => void): void {
    const known = this.held.get(key);
    if (known !== undefined && known.until > this.options.now()) {
      this.hits++;
      // The latest used stand at the end.
      this.held.delete(key);
      this.held.set(key, known);
      return done({ found: known.found });
    }
    this.held.delete(key);
    this.asked++;
    const asked = this.underWay.get(key);
    // One that was asked before a change may answer with what was there before.
    if (asked !== undefined && !asked.isStale) return void asked.waiters.push(done);
    const own: Asked<T> = { waiters: [done], isStale: false };
    this.underWay.set(key, own);
    const settle = (answer: Answered<T>) => {
      if (this.underWay.get(key) === own) this.underWay.delete(key);
      if ("found" in answer && !own.isStale) this.remember(key, answer.found);
      for (const waiter of own.waiters) waiter(answer);
    };
    try {
      ask(
        key,
        (found) => settle({ found }),
        (failure) => settle({ failure }),
      );
    } catch (failure) {
      settle({ failure });
    }
  }

  forget(keys: readonly string[] | "all"): void {
    if (keys === "all") {
      this.held.clear();
      for (const asked of this.underWay.values()) asked.isStale = true;
      return;
    }
    for (const key of keys) {
      this.held.delete(key);
      const asked = this.underWay.get(key);
      if (asked) asked.isStale = true;
    }
  }

  private remember(key: string, found: T | undefined): void {
    const { rows, forMs, misses, now } = this.options;
    if (rows === 0 || (found === undefined && !misses)) return;
    this.held.set(key, { found, until: now() + forMs });
    if (this.held.size <= rows) return;
    const [oldest] = this.held.keys();
    this.held.delete(oldest as string);
  }
}
