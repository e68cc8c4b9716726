import { language } from "./i18n.ts";

const formats = new Map<string, Intl.NumberFormat>();

function format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = language() + JSON.stringify(options);
  const found = formats.get(key) ?? new Intl.NumberFormat(language() === "zh" ? "zh-CN" : "en", options);
  formats.set(key, found);
  return found;
}

/** A total, exact: "12,480". */
export function countText(count: number): string {
  return format({}).format(count);
}

/** Short for cards and edges: "12.5K", "1.25万". */
export function shortCount(count: number): string {
  return format({ notation: "compact", maximumSignificantDigits: 3 }).format(count);
}

/** Records a second, short: "0", "0.4", "1.2K". */
export function rateText(rate: number): string {
  if (rate > 0 && rate < 10) return format({ maximumFractionDigits: 1 }).format(rate);
  return shortCount(Math.round(rate));
}

/** A time of day with seconds, in the browser's zone. */
export function clockText(at: number): string {
  return new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en", { timeStyle: "medium" }).format(at);
}

/** A date with a time of day, in the browser's zone. */
export function momentText(at: number): string {
  return new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en", { dateStyle: "medium", timeStyle: "medium" }).format(at);
}
