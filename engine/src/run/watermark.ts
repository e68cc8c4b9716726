/**
 * Watermarks: "no more rows with a time at or before t". Rules as in Flink's StatusWatermarkValve, which decides them where its
 * documentation is silent: the minimum over channels that are active and aligned, never decreasing; a channel back
 * from idle counts again only once its watermark has caught up; when the last active channel goes idle and it held the
 * minimum, the maximum over all channels is let through first.
 */
import { MAX_TIME, MIN_TIME, type Millis } from "../node/index.ts";

export interface WatermarkOutput {
  watermark(time: Millis): void;
  idle(isIdle: boolean): void;
}

interface Channel {
  watermark: Millis;
  idle: boolean;
  aligned: boolean;
}

/** Merges the channels that end in one input port. */
export class WatermarkValve {
  private readonly channels: Channel[];
  private readonly out: WatermarkOutput;
  private last: Millis = MIN_TIME;
  private lastIdle = false;

  constructor(channels: number, out: WatermarkOutput) {
    this.channels = Array.from({ length: channels }, () => ({ watermark: MIN_TIME, idle: false, aligned: true }));
    this.out = out;
  }

  get watermark(): Millis {
    return this.last;
  }

  get isIdle(): boolean {
    return this.lastIdle;
  }

  onWatermark(index: number, time: Millis): void {
    const channel = this.channels[index] as Channel;
    if (channel.idle || time <= channel.watermark) return;
    channel.watermark = time;
    if (!channel.aligned && time >= this.last) channel.aligned = true;
    this.emitMinimum();
  }

  onIdle(index: number, idle: boolean): void {
    const channel = this.channels[index] as Channel;
    if (channel.idle === idle) return;
    channel.idle = idle;
    if (!idle) {
      if (channel.watermark >= this.last) channel.aligned = true;
      if (this.lastIdle) {
        this.lastIdle = false;
        this.out.idle(false);
      }
      return;
    }
    channel.aligned = false;
    const heldTheMinimum = channel.watermark === this.last;
    if (this.channels.some((other) => !other.idle)) {
      if (heldTheMinimum) this.emitMinimum();
      return;
    }
    if (heldTheMinimum) this.emit(Math.max(...this.channels.map((other) => other.watermark)));
    this.lastIdle = true;
    this.out.idle(true);
  }

  /** Channel watermarks, for the checkpoint. */
  snapshot(): Millis[] {
    return this.channels.map((channel) => channel.watermark);
  }

  /** Takes up where a snapshot left off, without emitting: downstream restores its own. */
  restore(watermarks: readonly Millis[]): void {
    this.channels.forEach((channel, index) => {
      channel.watermark = watermarks[index] ?? MIN_TIME;
    });
    this.last = Math.min(...this.channels.map((channel) => channel.watermark));
  }

  private emitMinimum(): void {
    let minimum = Number.POSITIVE_INFINITY;
    let any = false;
    for (const channel of this.channels) {
      if (!channel.aligned) continue;
      any = true;
      if (channel.watermark < minimum) minimum = channel.watermark;
    }
    if (any) this.emit(minimum);
  }

  private emit(time: Millis): void {
    if (time <= this.last) return;
    this.last = time;
    this.out.watermark(time);
  }
}

/** Merges the input ports of an operator: the minimum over ports that are not idle; idle only when all are. */
export class CombinedWatermark {
  private readonly ports: { watermark: Millis; idle: boolean }[];
  private readonly out: WatermarkOutput;
  private combined: Millis = MIN_TIME;
  private idle = false;

  constructor(ports: number, out: WatermarkOutput) {
    this.ports = Array.from({ length: ports }, () => ({ watermark: MIN_TIME, idle: false }));
    this.out = out;
  }

  get watermark(): Millis {
    return this.combined;
  }

  onWatermark(port: number, time: Millis): void {
    const state = this.ports[port] as { watermark: Millis };
    if (time > state.watermark) state.watermark = time;
    this.update();
  }

  onIdle(port: number, idle: boolean): void {
    (this.ports[port] as { idle: boolean }).idle = idle;
    const allIdle = this.ports.every((state) => state.idle);
    if (!allIdle) this.update();
    if (allIdle !== this.idle) {
      this.idle = allIdle;
      this.out.idle(allIdle);
    }
  }

  restore(watermarks: readonly Millis[]): void {
    this.ports.forEach((state, index) => {
      state.watermark = watermarks[index] ?? MIN_TIME;
    });
    this.combined = Math.min(...this.ports.map((state) => state.watermark));
  }

  private update(): void {
    let minimum = Number.POSITIVE_INFINITY;
    let any = false;
    for (const state of this.ports) {
      if (state.idle) continue;
      any = true;
      if (state.watermark < minimum) minimum = state.watermark;
    }
    if (!any || minimum <= this.combined) return;
    this.combined = minimum;
    this.out.watermark(minimum);
  }
}

/**
 * Merges parts that come and go, as Flink's WatermarkOutputMultiplexer does: the minimum over parts that are not idle, never decreasing; when all are idle, the maximum over all of them, since
 * none of them holds the others back any more.
 */
export class PartialWatermarks {
  private readonly parts = new Map<string, { watermark: Millis; idle: boolean }>();
  private last: Millis = MIN_TIME;

  add(part: string): void {
    this.parts.set(part, { watermark: MIN_TIME, idle: false });
  }

  remove(part: string): void {
    this.parts.delete(part);
  }

  /** A part that speaks is active again. Lower than before changes nothing else. */
  onWatermark(part: string, time: Millis): void {
    const state = this.parts.get(part);
    if (!state) return;
    state.idle = false;
    if (time > state.watermark) state.watermark = time;
  }

  onIdle(part: string, idle: boolean): void {
    const state = this.parts.get(part);
    if (state) state.idle = idle;
  }

  get(part: string): { readonly watermark: Millis; readonly idle: boolean } | undefined {
    return this.parts.get(part);
  }

  /** What all of them come to now, and whether nobody speaks. */
  current(): { readonly watermark: Millis; readonly isIdle: boolean } {
    let [minimum, maximum] = [MAX_TIME, MIN_TIME];
    let isIdle = true;
    for (const { watermark, idle } of this.parts.values()) {
      if (watermark > maximum) maximum = watermark;
      if (idle) continue;
      isIdle = false;
      if (watermark < minimum) minimum = watermark;
    }
    const merged = isIdle ? maximum : minimum;
    if (merged > this.last) this.last = merged;
    return { watermark: this.last, isIdle };
  }
}

export interface SplitFacts {
  /** When the last record was read, by the clock; left out before there was one since the run went on. */
  readonly lastAt?: Millis;
  readonly watermark: Millis;
  readonly isIdle: boolean;
}

/** Watermark of a source over its splits: each split's times rise; splits that have been quiet for long are idle, and those at their end are gone. */
export class SplitWatermarks {
  private readonly parts = new PartialWatermarks();
  /** When a record came, or else when the split did. */
  private readonly lastRecordAt = new Map<string, Millis>();
  private readonly withRecords = new Set<string>();
  private readonly idleAfterMs: number;

  constructor(idleAfterMs: number) {
    this.idleAfterMs = idleAfterMs;
  }

  add(split: string, now: Millis): void {
    this.parts.add(split);
    this.lastRecordAt.set(split, now);
  }

  /** Records up to time `maxTime` were read: times rise within a split, so nothing before it is to come. */
  onRecords(split: string, maxTime: Millis, now: Millis): void {
    if (!this.lastRecordAt.has(split)) return;
    this.lastRecordAt.set(split, now);
    this.withRecords.add(split);
    this.parts.onWatermark(split, maxTime - 1);
  }

  onEnd(split: string): void {
    this.parts.remove(split);
    this.lastRecordAt.delete(split);
  }

  /** What there is to see of a split; undefined after its end. */
  factsOf(split: string): SplitFacts | undefined {
    const part = this.parts.get(split);
    const at = this.lastRecordAt.get(split);
    return part && { ...(at !== undefined && this.withRecords.has(split) && { lastAt: at }), watermark: part.watermark, isIdle: part.idle };
  }

  /** The source's watermark now (never lower than before), and whether all of its splits are quiet. */
  current(now: Millis): { readonly watermark: Millis; readonly isIdle: boolean } {
    for (const [split, at] of this.lastRecordAt) this.parts.onIdle(split, now - at > this.idleAfterMs);
    return this.parts.current();
  }
}
