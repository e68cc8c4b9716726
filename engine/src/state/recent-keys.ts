/**
 * Entries of keys of several values that were found lately, by the values themselves: putting a text together as identity, and finding that, costs more than all else that most operators do with a row.
 * A hash of few letters says where to look, in two places; whether it is the key, only its values do. What is not found here may be in the table all the same.
 */
import type { Value } from "../schema/index.ts";
import type { KeyEntry } from "./key-entry.ts";

const PLACES = 4_096;
const MASK = PLACES - 1;

export class RecentKeys {
  private places: (KeyEntry | undefined)[] = [];

  find(values: readonly Value[]): KeyEntry | undefined {
    const { places } = this;
    const place = hashOf(values) & MASK;
    const first = places[place];
    if (first !== undefined && isOf(first, values)) return first;
    const second = places[place ^ 1];
    return second !== undefined && isOf(second, values) ? second : undefined;
  }

  add(entry: KeyEntry): void {
    // Most nodes have no such keys.
    if (this.places.length === 0) this.places = new Array<KeyEntry | undefined>(PLACES).fill(undefined);
    const place = hashOf(entry.values) & MASK;
    this.places[place ^ 1] = this.places[place];
    this.places[place] = entry;
  }

  /** The entry is in the table no more. */
  forget(entry: KeyEntry): void {
    const place = hashOf(entry.values) & MASK;
    if (this.places[place] === entry) this.places[place] = undefined;
    else if (this.places[place ^ 1] === entry) this.places[place ^ 1] = undefined;
  }
}

/** NaN is none of the values here, and both zeros are one. */
function isOf({ values: own }: KeyEntry, values: readonly Value[]): boolean {
  const { length } = values;
  if (own.length !== length) return false;
  for (let i = 0; i < length; i++) if (own[i] !== values[i]) return false;
  return true;
}

/** Of a text its length and three of its letters. */
function hashOf(values: readonly Value[]): number {
  let hash = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    let part = 0;
    if (typeof value === "string") {
      const { length } = value;
      if (length > 0)
        part = length + 31 * value.charCodeAt(length - 1) + 961 * value.charCodeAt(length >> 1) + 29_791 * value.charCodeAt(0);
    } else if (typeof value === "number") part = value | 0;
    else if (value === true) part = 1;
    hash = Math.imul(hash ^ part, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
