import type { Random } from "../random.ts";

/** What arrives instead of a log when something on the way broke it: cut off (most often), a proxy's page, or a log that does not say of which device. */
export function malformed(log: { readonly common: object }, numbers: Random): string {
  const whole = JSON.stringify(log);
  const kind = numbers.between(1, 4);
  if (kind === 4) return "<html><head><title>502 Bad Gateway</title></head></html>";
  if (kind === 3) return JSON.stringify({ ...log, common: { ...log.common, mid: undefined } });
  // An object without its closing brace is never JSON.
  return whole.slice(0, numbers.between(1, whole.length - 1));
}
