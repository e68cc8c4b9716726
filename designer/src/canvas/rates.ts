/** Rates as text on cards and edges. */
import type { NodeLive } from "@millrace/server/api";
import { rateText } from "../i18n/numbers.ts";

/** Rows a second through all ports of a side; the error port is told apart. */
export function rateOf(ports: NodeLive["in"]): number {
  let sum = 0;
  for (const [port, { rate }] of Object.entries(ports)) if (port !== "error") sum += rate;
  return sum;
}

/** "120 → 60"; of a source or a sink the one number there is. */
export function nodeRateText(live: NodeLive | undefined): string {
  if (!live) return "";
  const inputs = Object.keys(live.in).length > 0 ? rateText(rateOf(live.in)) : "";
  const outputs = Object.keys(live.out).some((port) => port !== "error") ? rateText(rateOf(live.out)) : "";
  return inputs && outputs ? `${inputs} → ${outputs}` : inputs || outputs;
}

/** Thickness of an edge: four pixels at some thousand rows a second. */
export function edgeWidth(rate: number): number {
  return 1.5 + Math.min(2.5, Math.log10(1 + Math.max(0, rate)) * 0.7);
}
