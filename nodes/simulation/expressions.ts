/** The expressions that random pipelines use, each with what it means in plain JavaScript. */

/** A row as plain JSON. */
export type Plain = Readonly<Record<string, unknown>>;

/** The row goes to the error port. */
export class Refused extends Error {}

function num(row: Plain, name: string): number | null {
  const value = row[name];
  return typeof value === "number" ? value : null;
}

function divide(a: number, b: number | null): number | null {
  if (b === null) return null;
  if (b === 0) throw new Refused("division by zero");
  return Math.trunc(a / b);
}

function modulo(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return null;
  if (b === 0) throw new Refused("division by zero");
  return a % b;
}

/** True only when TRUE. */
export const CONDITIONS: Readonly<Record<string, (row: Plain) => boolean>> = {
  "n < 8": (row) => (num(row, "n") ?? Number.NaN) < 8,
  "n >= 4": (row) => (num(row, "n") ?? Number.NaN) >= 4,
  "MOD(n, 3) = 1": (row) => modulo(num(row, "n"), 3) === 1,
  "MOD(n, 2) = 0": (row) => modulo(num(row, "n"), 2) === 0,
  "100 / n > 10": (row) => (divide(100, num(row, "n")) ?? 0) > 10,
  "k IS NOT NULL": (row) => (row.k ?? null) !== null,
  "id > 0": (row) => (num(row, "id") ?? 0) > 0,
};

export const VALUES: Readonly<Record<string, (row: Plain) => unknown>> = {
  id: (row) => row.id ?? null,
  k: (row) => row.k ?? null,
  n: (row) => row.n ?? null,
  ts: (row) => row.ts ?? null,
  raw: (row) => row.raw ?? null,
  "n + 1": (row) => {
    const n = num(row, "n");
    return n === null ? null : n + 1;
  },
  "12 / n": (row) => divide(12, num(row, "n")),
  "MOD(n, 3)": (row) => modulo(num(row, "n"), 3),
  "1": () => 1,
  "'1'": () => "1",
  "'0'": () => "0",
};
