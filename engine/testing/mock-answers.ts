/** What stands for an outside system in a timeline: it answers at once, or when the clock of the test is there, without a promise in between, so that a step's effects are complete when it ends. */
import type { ByteRange, DimensionStore, HttpClient, HttpResponse, LookupAnswers } from "../src/node/index.ts";
import { toJsonText } from "./json-text.ts";

interface Call {
  readonly due: number;
  readonly answer: () => void;
}

export class MockAnswers {
  private readonly now: () => number;
  private readonly rows = new Map<string, unknown>();
  private delay: LookupAnswers["delay"] = 0;
  private fails: number | boolean = false;
  private calls: Call[] = [];
  /** When the last call of each key was to be answered. */
  private readonly dues = new Map<string, number>();
  private again = new Map<string, number>();
  private watchers: ((keys: readonly string[]) => void)[] = [];

  constructor(now: () => number) {
    this.now = now;
  }

  /** As the member of a step says. */
  change({ rows, delay, fails }: LookupAnswers): void {
    for (const [key, row] of Object.entries(rows ?? {})) {
      if (row === null) this.rows.delete(key);
      else this.rows.set(key, row);
    }
    if (delay !== undefined) this.delay = delay;
    if (fails !== undefined) this.fails = fails;
    if (rows) for (const watcher of this.watchers) watcher(Object.keys(rows));
  }

  /** Answers what is due, in the order in which it is. */
  tick(): void {
    const due = this.calls.filter((call) => call.due <= this.now()).sort((a, b) => a.due - b.due);
    this.calls = this.calls.filter((call) => call.due > this.now());
    for (const { answer } of due) answer();
  }

  /** Who asked is gone. Who asks for the same again is answered when the last call would have been, as if nothing had happened. */
  forget(): void {
    this.again = new Map(this.dues);
    this.calls = [];
    this.watchers = [];
  }

  get dimensions(): DimensionStore {
    const none = async () => {
      throw new Error("a lookup only reads");
    };
    return {
      get: (_table, keys) => this.ask(keys[0] ?? "", () => keys.map((key) => this.rangeOf(this.rows.get(key)))),
      watch: (_table, onChange) => {
        this.watchers.push(onChange);
        return () => undefined;
      },
      transactions: "none",
      listTables: none,
      createTable: none,
      deleteTable: none,
      scan: none,
      upsert: none,
      openWriter: none,
      commitPrepared: none,
      close: async () => undefined,
    };
  }

  get http(): HttpClient {
    return {
      request: ({ path }) => this.ask(path, () => responseOf(this.rows.get(path))),
      close: async () => undefined,
    };
  }

  /** A thenable that calls back by the clock. */
  private ask<T>(key: string, find: () => T): PromiseLike<T> {
    const failing = this.takeFailure();
    const delay = typeof this.delay === "number" ? this.delay : (this.delay?.[key] ?? 0);
    const settled = new Settled<T>();
    const answer = () => {
      if (failing) settled.reject(new Error("the mock is down"));
      else settled.resolve(find());
    };
    const due = this.again.get(key) ?? this.now() + delay;
    this.again.delete(key);
    this.dues.set(key, due);
    if (due <= this.now()) answer();
    else this.calls.push({ due, answer });
    return settled;
  }

  private takeFailure(): boolean {
    if (typeof this.fails === "boolean") return this.fails;
    if (this.fails === 0) return false;
    this.fails--;
    return true;
  }

  private rangeOf(row: unknown): ByteRange | undefined {
    if (row === undefined) return undefined;
    const bytes = new TextEncoder().encode(typeof row === "string" ? row : toJsonText(row));
    return { bytes, start: 0, end: bytes.length };
  }
}

/** A promise that calls back at once: a real one does so in a later turn of the event loop, and a timeline has none. */
class Settled<T> implements PromiseLike<T> {
  private outcome: { readonly value: T } | { readonly reason: unknown } | undefined;
  private readonly waiting: (() => void)[] = [];

  resolve(value: T): void {
    this.settle({ value });
  }

  reject(reason: unknown): void {
    this.settle({ reason });
  }

  // biome-ignore lint/suspicious/noThenProperty: being like a promise is what it is for.
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onReason?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    const next = new Settled<A | B>();
    const run = () => {
      try {
        const outcome = this.outcome as NonNullable<typeof this.outcome>;
        if ("value" in outcome) next.resolve((onValue ? onValue(outcome.value) : outcome.value) as A);
        else if (onReason) next.resolve(onReason(outcome.reason) as B);
        else next.reject(outcome.reason);
      } catch (error) {
        next.reject(error);
      }
    };
    if (this.outcome === undefined) this.waiting.push(run);
    else run();
    return next;
  }

  private settle(outcome: NonNullable<typeof this.outcome>): void {
    this.outcome ??= outcome;
    for (const run of this.waiting.splice(0)) run();
  }
}

function responseOf(row: unknown): HttpResponse {
  if (row === undefined) return { status: 404, headers: {}, body: new Uint8Array(0) };
  const { status, body, headers } = (typeof row === "object" && row !== null && "status" in row ? row : { status: 200, body: row }) as {
    readonly status: number;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  };
  return { status, headers: headers ?? {}, body: new TextEncoder().encode(typeof body === "string" ? body : toJsonText(body ?? null)) };
}
