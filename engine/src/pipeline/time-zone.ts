import { didYouMean } from "./did-you-mean.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";

const known = new Map<string, boolean>();

/** The problem with a time zone's name; undefined when the host's tables know it. */
export function timeZoneProblem(timeZone: string): Problem | undefined {
  if (isTimeZone(timeZone)) return undefined;
  const suggestion = didYouMean(timeZone, Intl.supportedValuesOf("timeZone"));
  return problem("settings.time-zone", { timeZone: timeZone.slice(0, 100), ...(suggestion && { suggestion }) }, { path: ["timeZone"] });
}

function isTimeZone(timeZone: string): boolean {
  const cached = known.get(timeZone);
  if (cached !== undefined) return cached;
  let isKnown = true;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    isKnown = false;
  }
  // Typing makes many wrong names; the table is small and can start again.
  if (known.size > 1_000) known.clear();
  known.set(timeZone, isKnown);
  return isKnown;
}
