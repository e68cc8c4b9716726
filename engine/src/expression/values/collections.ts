/** What functions do with arrays and maps. NULL is a value like others here: two NULLs are the same element, the same key. */
import type { Value } from "../../schema/index.ts";
import { type Comparison, sameValue } from "./compare.ts";

/** Values that were seen; those that are no objects are found at once. */
export class SeenValues {
  private readonly simple = new Set<Value>();
  private readonly others: Value[] = [];

  has(value: Value): boolean {
    return isSimple(value) ? this.simple.has(value) : this.others.some((other) => sameValue(other, value));
  }

  /** Whether the value is new. */
  add(value: Value): boolean {
    if (this.has(value)) return false;
    if (isSimple(value)) this.simple.add(value);
    else this.others.push(value);
    return true;
  }
}

function isSimple(value: Value): boolean {
  return typeof value !== "object" || value === null;
}

export function distinct(...arrays: readonly (readonly Value[])[]): Value[] {
  const seen = new SeenValues();
  return arrays.flatMap((array) => array.filter((value) => seen.add(value)));
}

function setOf(array: readonly Value[]): SeenValues {
  const seen = new SeenValues();
  for (const value of array) seen.add(value);
  return seen;
}

export function except(array: readonly Value[], without: readonly Value[]): Value[] {
  const seen = setOf(without);
  return array.filter((value) => seen.add(value));
}

export function intersect(array: readonly Value[], other: readonly Value[]): Value[] {
  const wanted = setOf(other);
  return distinct(array.filter((value) => wanted.has(value)));
}

/** From 1, both ends included; negative positions count from the end. */
export function sliceArray(array: readonly Value[], from: number, to: number): readonly Value[] {
  if (array.length === 0) return array;
  const start = Math.max(1, from < 0 ? from + array.length + 1 : from);
  const wanted = to < 0 ? to + array.length + 1 : to;
  const end = wanted === 0 ? 1 : Math.min(wanted, array.length);
  return end < start ? [] : array.slice(start - 1, end);
}

export function sortedArray(array: readonly Value[], compare: Comparison, ascending: boolean, nullsFirst: boolean): Value[] {
  const nulls = array.filter((value) => value === null);
  const rest = array.filter((value) => value !== null).sort(ascending ? compare : (a, b) => compare(b, a));
  return nullsFirst ? [...nulls, ...rest] : [...rest, ...nulls];
}

/** The greatest (sign 1) or least (-1) element; NULLs are left out. */
export function extremeOf(array: readonly Value[], compare: Comparison, sign: 1 | -1): Value {
  let best: Value = null;
  for (const value of array) if (value !== null && (best === null || compare(value, best) * sign > 0)) best = value;
  return best;
}

/** Entries of keys and values in turn; the last value under equal keys counts. */
export function mapOf(...items: Value[]): ReadonlyMap<Value, Value> {
  const map = new Map<Value, Value>();
  for (let i = 0; i < items.length; i += 2) put(map, items[i] as Value, items[i + 1] as Value);
  return map;
}

function put(map: Map<Value, Value>, key: Value, value: Value): void {
  const known = isSimple(key) ? undefined : [...map.keys()].find((other) => sameValue(other, key));
  map.set(known ?? key, value);
}

/** Where two maps have the same key the later one counts; its entries stand first, as in Flink. */
export function unionOfMaps(maps: readonly ReadonlyMap<Value, Value>[]): ReadonlyMap<Value, Value> {
  const [first, ...others] = maps as [ReadonlyMap<Value, Value>, ...ReadonlyMap<Value, Value>[]];
  return others.reduce((before, map) => {
    if (map.size === 0) return before;
    const union = new Map(map);
    const keys = setOf([...map.keys()]);
    for (const [key, value] of before) if (!keys.has(key)) union.set(key, value);
    return union;
  }, first);
}
