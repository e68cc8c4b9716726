/**
 * Numbers that look random and are a function of their keys alone, so that any record can be made again from (seed, which record) without
 * the ones before it. That is what keeps a generator's checkpoint a few numbers long.
 */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number, both bounds included; exact up to 2^53. */
  between(least: number, most: number): number;
  /** True in `share` (0 to 1) of the calls. */
  chance(share: number): boolean;
  of<T>(values: readonly T[]): T;
}

/** Mulberry32 over the mixed keys. Of a key only its value as a 32-bit integer counts. */
export function random(...keys: readonly number[]): Random {
  let state = mix(keys);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number) => {
    const span = most - least + 1;
    // 32 bits would leave gaps in a wide span, and show in its last digits.
    const share = span <= 2 ** 20 ? next() : (Math.floor(next() * 2 ** 21) * 2 ** 32 + next() * 2 ** 32) / 2 ** 53;
    return least + Math.min(Math.floor(share * span), span - 1);
  };
  return {
    next,
    between,
    chance: (share) => next() < share,
    of: (values) => values[between(0, values.length - 1)] as (typeof values)[number],
  };
}

/** MurmurHash3's 32-bit mixing, one block a key. */
function mix(keys: readonly number[]): number {
  let hash = 0x9747b28c;
  for (const key of keys) {
    let block = Math.imul(key | 0, 0xcc9e2d51);
    block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
    hash ^= block;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= keys.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** A choice in which each value comes up in proportion to its weight. */
export interface Weighted<T> {
  pick(random: Random): T;
  /** Mean of a measure of the values, by weight. */
  mean(measure: (value: T) => number): number;
}

export function weighted<T>(entries: readonly (readonly [value: T, weight: number])[]): Weighted<T> {
  const bounds: number[] = [];
  let total = 0;
  for (const [, weight] of entries) {
    total += weight;
    bounds.push(total);
  }
  if (!(total > 0)) throw new Error("weights must have a sum above zero");
  return {
    pick(random) {
      const drawn = random.next() * total;
      const index = bounds.findIndex((bound) => drawn < bound);
      return (entries.at(index) as readonly [T, number])[0];
    },
    mean: (measure) => entries.reduce((sum, [value, weight]) => sum + measure(value) * weight, 0) / total,
  };
}
