/** What the held records say about one field. */
import type { Column } from "./columns.ts";
import { cellText, type Json, type PreviewRecord, valueAt } from "./record.ts";

export interface FieldStatistics {
  readonly count: number;
  /** Null or absent. */
  readonly nulls: number;
  readonly distinct: number;
  /** In the order of the values; undefined when all are null. */
  readonly min: string | undefined;
  readonly max: string | undefined;
  /** Most frequent first, at most five. */
  readonly top: readonly { readonly text: string; readonly count: number }[];
  /** Counts in equal steps from min to max; undefined unless the values are numbers that differ. */
  readonly histogram: readonly number[] | undefined;
}

const BINS = 12;

export function statisticsOf(records: readonly PreviewRecord[], column: Column): FieldStatistics {
  const values: Json[] = [];
  for (const record of records) {
    const value = valueAt(record.value, column.path);
    if (value !== undefined && value !== null) values.push(value);
  }
  const counts = new Map<string, number>();
  for (const value of values) counts.set(cellText(value), (counts.get(cellText(value)) ?? 0) + 1);
  const top = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 5);
  const sorted = values.toSorted(compare);
  return {
    count: records.length,
    nulls: records.length - values.length,
    distinct: counts.size,
    min: sorted.length > 0 ? cellText(sorted[0]) : undefined,
    max: sorted.length > 0 ? cellText(sorted.at(-1)) : undefined,
    top: top.map(([text, count]) => ({ text, count })),
    histogram: histogramOf(values),
  };
}

function histogramOf(values: readonly Json[]): readonly number[] | undefined {
  if (values.length === 0 || !values.every((value) => typeof value === "number" || typeof value === "bigint")) return undefined;
  const numbers = values.map(Number);
  const min = Math.min(...numbers);
  const max = Math.max(...numbers);
  if (min === max) return undefined;
  const bins = Array.from({ length: BINS }, () => 0);
  for (const number of numbers) {
    const bin = Math.min(BINS - 1, Math.floor(((number - min) / (max - min)) * BINS));
    bins[bin] = (bins[bin] as number) + 1;
  }
  return bins;
}

function compare(a: Json, b: Json): number {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  const left = cellText(a);
  const right = cellText(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function isNumber(value: Json): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
