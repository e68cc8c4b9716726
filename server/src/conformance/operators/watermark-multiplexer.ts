/** `watermarkMultiplexer`: what merges the splits of a source. What an immediate output says counts at once, what a deferred one says with the next probe. */
import { PartialWatermarks } from "@millrace/engine/run";
import { type OperatorScript, type ScriptTime, type Seen, scriptTime, timeOf } from "./script.ts";

export function playWatermarkMultiplexer({ steps }: OperatorScript): Seen[][] {
  const parts = new PartialWatermarks();
  const registered = new Set<string>();
  let told = Number.NEGATIVE_INFINITY;

  function tell(): Seen[] {
    if (registered.size === 0) return [];
    const { watermark, isIdle } = parts.current();
    const isHigher = watermark > told;
    told = watermark;
    return [...(isHigher ? [{ watermark: scriptTime(watermark) }] : []), ...(isIdle ? [{ idle: true }] : [])];
  }

  return steps.map(({ register, unregister, immediate, deferred, watermark, idle, periodic }) => {
    if (register !== undefined) {
      parts.add(String(register));
      registered.add(String(register));
    }
    if (unregister !== undefined) {
      parts.remove(String(unregister));
      registered.delete(String(unregister));
    }
    const part = String(immediate ?? deferred);
    if (watermark !== undefined) parts.onWatermark(part, timeOf(watermark as ScriptTime));
    if (idle === true) parts.onIdle(part, true);
    return immediate !== undefined || periodic === true
      ? tell().filter((one) => !("idle" in one) || idle === true || periodic === true)
      : [];
  });
}
