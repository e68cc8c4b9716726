/** What an interval join with DataStream's rules gives, the slow and plain way: from the whole history at once, with neither state nor timers. */
export interface JoinEvent {
  readonly side: "left" | "right";
  readonly key: string | null;
  readonly time: number;
  readonly id: number;
}

/** The rows in order of arrival; a watermark of both inputs between them. */
export type JoinHistory = readonly (JoinEvent | { readonly watermark: number })[];

export interface JoinResult {
  /** "left id-right id@time" */
  readonly joined: readonly string[];
  /** "id" */
  readonly late: readonly string[];
  /** "id@time" */
  readonly unmatched: readonly string[];
}

/** The history ends with the end of input. */
export function plainJoin(history: JoinHistory, lower: number, upper: number): JoinResult {
  const rows: { readonly event: JoinEvent; readonly at: number; readonly watermark: number }[] = [];
  const watermarks: { readonly at: number; readonly watermark: number }[] = [];
  let watermark = Number.NEGATIVE_INFINITY;
  history.forEach((one, at) => {
    if ("watermark" in one) {
      watermark = Math.max(watermark, one.watermark);
      watermarks.push({ at, watermark });
    } else rows.push({ event: one, at, watermark });
  });
  const isLate = ({ event, watermark }: (typeof rows)[number]) => event.time < watermark;
  /** When it is no longer there for what comes next. */
  const goneAt = ({ event }: (typeof rows)[number]) => event.time + Math.max(event.side === "left" ? upper : -lower, 0);
  const timely = rows.filter((row) => !isLate(row));
  const joined: string[] = [];
  const matched = new Set<number>();
  for (const left of timely.filter(({ event }) => event.side === "left"))
    for (const right of timely.filter(({ event }) => event.side === "right")) {
      const [first, second] = left.at < right.at ? [left, right] : [right, left];
      const distance = right.event.time - left.event.time;
      if (left.event.key === null || left.event.key !== right.event.key || distance < lower || distance > upper) continue;
      // A watermark that came after the first row and reached its last moment has removed it.
      if (watermarks.some(({ at, watermark }) => at > first.at && at < second.at && watermark >= goneAt(first))) continue;
      joined.push(`${left.event.id}-${right.event.id}@${Math.max(left.event.time, right.event.time)}`);
      matched.add(left.event.id).add(right.event.id);
    }
  const unmatched = timely
    .filter(({ event }) => !matched.has(event.id))
    .map((row) => `${row.event.id}@${row.event.key === null ? row.event.time : goneAt(row)}`);
  return {
    joined: joined.sort(),
    late: rows
      .filter(isLate)
      .map(({ event }) => String(event.id))
      .sort(),
    unmatched: unmatched.sort(),
  };
}
