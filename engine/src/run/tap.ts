/**
 * A tap copies a few records off a port for people to see. Counting is always on; sampling costs one comparison per row once the period's quota is used
 * up. While a source record is `traced` every tap on its way takes it, so that it can be followed from edge to edge by its origin.
 */
import type { Millis, Origin, Row } from "../node/index.ts";
import { kindOf } from "../node/index.ts";
import type { RowKind } from "../schema/index.ts";

export interface TapSample {
  readonly seq: number;
  readonly at: Millis;
  /** Event time; null before any. */
  readonly time: Millis | null;
  readonly kind: RowKind;
  readonly text: string;
  readonly truncated?: boolean;
  readonly origin?: Origin;
  readonly changed?: readonly string[];
  /** Why the row ended here. */
  readonly reason?: string;
}

export interface TapSettings {
  /** Samples taken per refill. */
  readonly quota: number;
  /** Samples kept. */
  readonly keep: number;
  /** Text kept of all samples together, in UTF-16 units; the latest sample is kept all the same. */
  readonly keepText: number;
  /** Longest text kept, in UTF-16 units. */
  readonly maxText: number;
}

export const DEFAULT_TAP: TapSettings = { quota: 5, keep: 100, keepText: Number.POSITIVE_INFINITY, maxText: 65_536 };

export class Tap {
  total = 0;
  /** Samples that may still be taken before the next refill. */
  left: number;
  private readonly ring: TapSample[] = [];
  private keptText = 0;
  private seq = 0;
  private readonly settings: TapSettings;
  private readonly describe: (row: Row) => { text: string; changed?: readonly string[] };

  constructor(settings: TapSettings, describe: (row: Row) => { text: string; changed?: readonly string[] }) {
    this.settings = settings;
    this.left = settings.quota;
    this.describe = describe;
  }

  take(row: Row, time: Millis, at: Millis, origin: Origin | undefined, reason?: string): void {
    this.left--;
    const { text, changed } = this.describe(row);
    const truncated = text.length > this.settings.maxText;
    this.ring.push({
      seq: this.seq++,
      at,
      time: Number.isFinite(time) ? time : null,
      kind: kindOf(row),
      text: truncated ? text.slice(0, this.settings.maxText) : text,
      ...(truncated ? { truncated } : {}),
      ...(origin ? { origin } : {}),
      ...(changed?.length ? { changed } : {}),
      ...(reason === undefined ? {} : { reason }),
    });
    this.keptText += Math.min(text.length, this.settings.maxText);
    while (this.ring.length > this.settings.keep || (this.keptText > this.settings.keepText && this.ring.length > 1))
      this.keptText -= this.ring.shift()?.text.length ?? 0;
  }

  refill(): void {
    this.left = this.settings.quota;
  }

  /** Samples with a sequence number above `after`, oldest first. */
  since(after: number): readonly TapSample[] {
    return this.ring.filter((sample) => sample.seq > after);
  }
}
