/** What differs between two records, by path. */
import { cellText, isObject, type Json, pathText } from "./record.ts";

export interface Difference {
  readonly path: readonly string[];
  readonly key: string;
  readonly change: "added" | "removed" | "changed";
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Empty when the records are equal; members in another order are equal, list items are compared as a whole. */
export function differencesOf(before: Json | undefined, after: Json | undefined): readonly Difference[] {
  const found: Difference[] = [];
  compare(before, after, [], found);
  return found;
}

export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return differencesOf(a, b).length === 0;
}

function compare(before: Json | undefined, after: Json | undefined, path: readonly string[], found: Difference[]): void {
  if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(own(before, name), own(after, name), [...path, name], found);
    }
    return;
  }
  if (equal(before, after)) return;
  const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  found.push({ path, key: pathText(path), change, before, after });
}

function own(value: { readonly [member: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a === null || b === null) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item: Json, index) => sameJson(item, b[index] as Json));
  }
  // 1 and 1n are the same number.
  if ((typeof a === "number" || typeof a === "bigint") && (typeof b === "number" || typeof b === "bigint"))
    return cellText(a) === cellText(b);
  return false;
}
