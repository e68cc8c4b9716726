/** A record's members one below the other, by path, as people read and copy them. */
import { isObject, type Json, pathText } from "./record.ts";

export interface Leaf {
  readonly path: string;
  readonly value: Json;
}

/** Lists are one leaf each up to three plain items, else one leaf per item; at most `limit` leaves. */
export function leavesOf(value: Json, limit = 500): readonly Leaf[] {
  const leaves: Leaf[] = [];
  // A stack of our own: a record may be nested deeper than the language's.
  const waiting: { value: Json; path: string }[] = [{ value, path: "" }];
  for (let next = waiting.pop(); next && leaves.length < limit; next = waiting.pop()) {
    const { value: inner, path } = next;
    const children = childrenOf(inner, path);
    if (children) waiting.push(...children.toReversed());
    else leaves.push({ path, value: inner });
  }
  return leaves;
}

function childrenOf(value: Json, path: string): { value: Json; path: string }[] | undefined {
  if (isObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return undefined;
    return entries.map(([name, inner]) => ({ value: inner, path: path === "" ? pathText([name]) : `${path}.${pathText([name])}` }));
  }
  // Expressions count list items from 1.
  if (Array.isArray(value) && value.some((item: Json) => typeof item === "object" && item !== null)) {
    return value.map((item: Json, index) => ({ value: item, path: `${path}[${index + 1}]` }));
  }
  return undefined;
}
