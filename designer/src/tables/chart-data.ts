/** What of a result can be drawn: a column along the axis, and columns of numbers as lines or bars. */
import type { QueryResultView } from "@millrace/server/api";

export interface ChartData {
  /** Names of columns that the axis may show. */
  readonly axes: readonly string[];
  readonly x: string;
  readonly labels: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

/** More are too many to tell apart. */
const MOST_SERIES = 8;
/** What the eye can tell apart on a screen. */
const MOST_POINTS = 2_000;

const NUMBER = /^(?:LowCardinality\()?(?:Nullable\()?(?:U?Int|Float|BFloat|Decimal)/;
const TIME = /^(?:LowCardinality\()?(?:Nullable\()?Date/;

/** `wanted`: the column along the axis; left out: the first time, else the first that is no number, else the first. Undefined when there is nothing to draw. */
export function chartData({ columns, rows }: Pick<QueryResultView, "columns" | "rows">, wanted?: string): ChartData | undefined {
  const axes = columns.map(({ name }) => name);
  const byDefault = columns.find(({ type }) => TIME.test(type)) ?? columns.find(({ type }) => !NUMBER.test(type)) ?? columns[0];
  const x = wanted !== undefined && axes.includes(wanted) ? wanted : byDefault?.name;
  const index = axes.indexOf(x ?? "");
  const drawn = columns.flatMap(({ type }, i) => (i !== index && NUMBER.test(type) ? [i] : [])).slice(0, MOST_SERIES);
  if (x === undefined || drawn.length === 0 || rows.length === 0) return undefined;
  const shown = rows.slice(0, MOST_POINTS);
  // Along time, whatever order the query gave.
  const ordered = TIME.test(columns[index]?.type ?? "") ? shown.toSorted((a, b) => compare(textOf(a[index]), textOf(b[index]))) : shown;
  return {
    axes,
    x,
    labels: ordered.map((row) => textOf(row[index])),
    series: drawn.map((i) => ({ name: axes[i] as string, values: ordered.map((row) => numberOf(row[i])) })),
  };
}

/** As people read it; NULL in small letters would be a text. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function numberOf(value: unknown): number | null {
  const number = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
