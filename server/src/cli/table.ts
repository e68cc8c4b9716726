/** Rows of text for people: columns under headings, as wide as what stands in them. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** "2026-01-31T10:00:00.000Z" */
export function timeOf(at: number): string {
  return new Date(at).toISOString();
}
