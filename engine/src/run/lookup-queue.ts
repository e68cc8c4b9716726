/**
 * The rows of one lookup node that are under way, and the watermarks between them. Rows leave in order, or as they are answered but never across a watermark, in either direction. Answers are taken note of when
 * they come and let out when the subtask says so (`deliver`): never while a checkpoint is cut, so that each row is either in its picture or behind it.
 */
import type { Emission, ListState, Lookup, LookupAnswer, LookupSettings, Millis, Row } from "../node/index.ts";
import { RowError } from "../node/index.ts";
import type { DataType } from "../schema/index.ts";

/** A row under way. */
export interface Flight<Cause> {
  row: Row;
  readonly time: Millis;
  readonly cause: Cause;
  attempts: number;
  /** Undefined before it was first asked for. */
  deadline: Millis | undefined;
  retryAt: Millis | undefined;
  outcome: Emissions | RowError | undefined;
}

type Emissions = (row: Row, time: Millis) => readonly Emission[];

export interface LookupHost<Cause> {
  now(): Millis;
  /** An answer has come. */
  wake(): void;
  /** What caused the row that is being processed. */
  cause(): Cause;
  /** The row with memory of its own. */
  own(row: Row): Row;
  emit(flight: Flight<Cause>, emissions: Emissions): void;
  failed(flight: Flight<Cause>, error: RowError): void;
  watermark(time: Millis): void;
  idle(isIdle: boolean): void;
}

/** Rows between two watermarks. */
interface Segment<Cause> {
  readonly flights: Set<Flight<Cause>>;
  /** What leaves behind them. */
  watermark: Millis | undefined;
  idle: boolean | undefined;
}

/** In the checkpoint: a row, or (without one) a watermark. */
export interface Saved {
  readonly time: Millis;
  readonly row: Row | null;
}

export function savedType(row: DataType): DataType {
  return {
    type: "ROW",
    fields: [
      { name: "time", dataType: { type: "DOUBLE" } },
      { name: "row", dataType: row },
    ],
  };
}

export class LookupQueue<Cause> {
  readonly settings: LookupSettings;
  private readonly lookup: Lookup;
  private readonly host: LookupHost<Cause>;
  private readonly segments: Segment<Cause>[] = [newSegment()];
  /** Not yet asked for, oldest first. */
  private readonly waiting: Flight<Cause>[] = [];
  /** Asked for, and not let out. */
  private readonly asked = new Set<Flight<Cause>>();
  private hasOutcomes = false;
  private savedEmpty = true;

  constructor(settings: LookupSettings, lookup: Lookup, host: LookupHost<Cause>) {
    this.settings = settings;
    this.lookup = lookup;
    this.host = host;
  }

  get size(): number {
    return this.waiting.length + this.asked.size;
  }

  /** More rows than may be under way: no further ones should come. */
  get isFull(): boolean {
    return this.size >= this.settings.capacity;
  }

  holdings(): Record<string, number> {
    return { "rows under way": this.asked.size, "rows waiting": this.waiting.length, ...this.lookup.holdings?.() };
  }

  onRow(row: Row, time: Millis): void {
    const flight = this.add(row, time, this.host.cause());
    if (this.asked.size < this.settings.capacity && this.waiting.length === 1) {
      this.waiting.pop();
      this.start(flight);
      const isNext = this.segments.length === 1 && (!this.settings.ordered || this.size === 1);
      if (flight.outcome !== undefined && isNext) return this.letOut(flight, this.segments[0] as Segment<Cause>);
    }
    flight.row = this.host.own(row);
  }

  onWatermark(time: Millis): void {
    const last = this.segments.at(-1) as Segment<Cause>;
    if (this.size === 0) return this.host.watermark(time);
    // Nothing came since the watermark before: the later one says it all.
    const before = last.flights.size === 0 ? this.segments.at(-2) : undefined;
    if (before !== undefined && before.idle === undefined) before.watermark = time;
    else this.close({ watermark: time });
  }

  onIdle(idle: boolean): void {
    if (this.size === 0) this.host.idle(idle);
    else this.close({ idle });
  }

  /** Gives up on what took too long, asks for what is due, and lets out what can leave. True when anything left. Throws where a failure is the run's. */
  deliver(): boolean {
    this.tick(this.host.now());
    let hasLeft = false;
    while (this.hasOutcomes || this.canClose) {
      this.hasOutcomes = false;
      const segment = this.segments[0] as Segment<Cause>;
      for (const flight of segment.flights) {
        if (flight.outcome !== undefined) {
          this.letOut(flight, segment);
          hasLeft = true;
        } else if (this.settings.ordered) break;
      }
      if (this.canClose) {
        this.segments.shift();
        if (segment.watermark !== undefined) this.host.watermark(segment.watermark);
        if (segment.idle !== undefined) this.host.idle(segment.idle);
        hasLeft = true;
        this.hasOutcomes = true;
      }
      this.startWaiting();
    }
    return hasLeft;
  }

  /** Puts what is under way into the state of the subtask's own key. */
  save(list: ListState): void {
    const saved: Saved[] = [];
    for (const { flights, watermark } of this.segments) {
      for (const { row, time } of flights) saved.push({ row, time });
      if (watermark !== undefined) saved.push({ row: null, time: watermark });
    }
    if (saved.length === 0 && this.savedEmpty) return;
    this.savedEmpty = saved.length === 0;
    list.set(saved as never);
  }

  /**
   * Takes up what was saved, of one former subtask or several. `received` is the node's merged watermark, `given` what of it was let out before. A saved watermark beyond the merged one was another set of inputs':
   * here, after a change of parallelism, rows before it may still come. Where there are several lists, their watermarks mean nothing to one another, and the merged one waits for all.
   */
  restore(lists: readonly (readonly Saved[])[], cause: Cause, received: Millis, given: Millis): void {
    for (const saved of lists)
      for (const { row, time } of saved) {
        if (row !== null) this.add(row, time, cause);
        else if (lists.length === 1 && time <= received) this.onWatermark(time);
      }
    this.savedEmpty = false;
    if (received > given) this.onWatermark(received);
  }

  private add(row: Row, time: Millis, cause: Cause): Flight<Cause> {
    const flight: Flight<Cause> = { row, time, cause, attempts: 0, deadline: undefined, retryAt: undefined, outcome: undefined };
    (this.segments.at(-1) as Segment<Cause>).flights.add(flight);
    this.waiting.push(flight);
    return flight;
  }

  private close(control: { readonly watermark?: Millis; readonly idle?: boolean }): void {
    Object.assign(this.segments.at(-1) as Segment<Cause>, control);
    this.segments.push(newSegment());
  }

  private get canClose(): boolean {
    return this.segments.length > 1 && (this.segments[0] as Segment<Cause>).flights.size === 0;
  }

  private startWaiting(): void {
    while (this.waiting.length > 0 && this.asked.size < this.settings.capacity) this.start(this.waiting.shift() as Flight<Cause>);
  }

  private start(flight: Flight<Cause>): void {
    this.asked.add(flight);
    flight.deadline ??= this.host.now() + this.settings.timeoutMs;
    flight.retryAt = undefined;
    const attempt = ++flight.attempts;
    const done = (answer: LookupAnswer) => {
      if (flight.outcome === undefined && flight.attempts === attempt && flight.retryAt === undefined) this.onAnswer(flight, answer);
    };
    try {
      this.lookup.ask(flight.row, flight.time, done);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.settle(flight, error);
    }
  }

  private onAnswer(flight: Flight<Cause>, answer: LookupAnswer): void {
    const { retry } = this.settings;
    const mayRetry = "failure" in answer ? !(answer.failure instanceof RowError) : answer.missed === true && retry.misses;
    if (mayRetry && flight.attempts < retry.attempts) {
      flight.retryAt = this.host.now() + retry.pauseMs * retry.growth ** (flight.attempts - 1);
      this.lastFailure.set(flight, answer);
    } else if ("failure" in answer) this.giveUp(flight, answer.failure);
    else this.settle(flight, answer.emissions);
    this.host.wake();
  }

  /** Why a row is asked for again, for the words should it never be answered. */
  private readonly lastFailure = new WeakMap<Flight<Cause>, LookupAnswer>();

  private tick(now: Millis): void {
    for (const flight of this.asked) {
      if (flight.outcome !== undefined) continue;
      if (now >= (flight.deadline as Millis)) this.giveUp(flight, this.timedOut(flight));
      else if (flight.retryAt !== undefined && now >= flight.retryAt) this.start(flight);
    }
    this.startWaiting();
  }

  private timedOut(flight: Flight<Cause>): { readonly en: string; readonly zh: string } {
    const { timeoutMs } = this.settings;
    const last = this.lastFailure.get(flight);
    const because = last !== undefined && "failure" in last ? last.failure : undefined;
    const words = because instanceof RowError ? because.words : because;
    return {
      en: `No answer came within ${timeoutMs} ms${flight.attempts > 1 ? `, after ${flight.attempts} attempts` : ""}${words ? `; the last one said: ${words.en}` : "."}`,
      zh: `${timeoutMs} 毫秒内没有应答${flight.attempts > 1 ? `（已尝试 ${flight.attempts} 次）` : ""}${words ? `；最后一次：${words.zh}` : "。"}`,
    };
  }

  private giveUp(flight: Flight<Cause>, failure: RowError | { readonly en: string; readonly zh: string }): void {
    if (failure instanceof RowError) return this.settle(flight, failure);
    switch (this.settings.onFailure) {
      case "error":
        return this.settle(flight, new RowError("lookup.failed", failure));
      case "pass":
        return this.settle(flight, (row, time) => this.lookup.without(row, time));
      case "fail":
        return this.settle(flight, new LookupFailure(failure));
    }
  }

  private settle(flight: Flight<Cause>, outcome: Emissions | RowError): void {
    flight.outcome = outcome;
    this.hasOutcomes = true;
  }

  private letOut(flight: Flight<Cause>, { flights }: Segment<Cause>): void {
    const { outcome } = flight;
    if (outcome instanceof LookupFailure) throw outcome;
    flights.delete(flight);
    this.asked.delete(flight);
    if (outcome instanceof RowError) this.host.failed(flight, outcome);
    else this.host.emit(flight, outcome as Emissions);
  }
}

/** A row without an answer, where that fails the run. */
class LookupFailure extends RowError {
  constructor(words: { readonly en: string; readonly zh: string }) {
    super("lookup.failed", words);
    this.name = "LookupFailure";
  }
}

function newSegment<Cause>(): Segment<Cause> {
  return { flights: new Set(), watermark: undefined, idle: undefined };
}
