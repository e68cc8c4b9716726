import type { Millis } from "@millrace/engine/node";

/**
 * When a stream counts as idle: no row for more than `idleAfterMs`, measured from the first probe that saw no activity, as Flink's
 * WatermarksWithIdleness does. What arrived between two probes is not known more exactly than that.
 */
export class Idleness {
  isIdle = false;
  private readonly idleAfterMs: number;
  private sawRow = false;
  private quietSince: Millis | undefined;

  constructor(idleAfterMs: number) {
    this.idleAfterMs = idleAfterMs;
  }

  onRow(): void {
    this.sawRow = true;
    this.isIdle = false;
  }

  /** Asked every watermark interval; true once, when the stream goes idle. */
  hasGoneIdle(now: Millis): boolean {
    if (this.sawRow) {
      this.sawRow = false;
      this.quietSince = undefined;
      return false;
    }
    this.quietSince ??= now;
    if (this.isIdle || now - this.quietSince <= this.idleAfterMs) return false;
    this.isIdle = true;
    return true;
  }
}
