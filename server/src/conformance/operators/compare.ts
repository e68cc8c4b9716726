/** What a script expects against what came out, step by step. */
import type { OperatorScript, Seen } from "./script.ts";

/** Undefined when nothing differs; else the first step that does, with both. */
export function differenceIn({ expect, ordered }: OperatorScript, seen: readonly (readonly Seen[])[]): string | undefined {
  const last = Math.max(seen.length - 1, ...expect.map(({ after }) => after));
  for (let step = 0; step <= last; step++) {
    const expected = expect.filter(({ after }) => after === step).map(({ after: _, ...rest }) => rest);
    const got = seen[step] ?? [];
    const [a, b] = [texts(expected, ordered), texts(got, ordered)];
    if (a.join("\n") !== b.join("\n")) return `step ${step}: expected ${shown(expected, ordered)}, got ${shown(got, ordered)}`;
  }
  return undefined;
}

/** Rows first, in the order of their texts, unless order counts. */
function texts(list: readonly Seen[], ordered: boolean): string[] {
  const all = list.map((one) => ({ isControl: !isRow(one), text: "error" in one ? "error" : JSON.stringify(normal(one)) }));
  if (ordered) return all.map(({ text }) => text);
  return [
    ...all.flatMap(({ isControl, text }) => (isControl ? [] : [text])).sort(),
    ...all.flatMap(({ isControl, text }) => (isControl ? [text] : [])),
  ];
}

function shown(list: readonly Seen[], ordered: boolean): string {
  const all = list.map((one) => JSON.stringify(normal(one)));
  return all.length === 0 ? "nothing" : (ordered ? all : all.sort()).join(" ");
}

function isRow(one: Seen): boolean {
  return "row" in one || "match" in one || "timeout" in one;
}

/** Members in the order of their names, integers beyond 2^53 as texts, one zero. */
function normal(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === undefined) return null;
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, normal((value as Record<string, unknown>)[name])]));
}
