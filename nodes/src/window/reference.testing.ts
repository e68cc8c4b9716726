/** What windows give, the slow and plain way: every row is kept, and every result is counted anew of them. */
export interface WindowRow {
  readonly key: string | null;
  readonly time: number;
  readonly n: number | null;
}

export type WindowEvent = WindowRow | { readonly watermark: number };

export type PlainShape =
  | { readonly kind: "tumbling"; readonly size: number; readonly offset: number }
  | { readonly kind: "sliding"; readonly size: number; readonly every: number; readonly offset: number }
  | { readonly kind: "cumulating"; readonly size: number; readonly step: number; readonly offset: number }
  | { readonly kind: "session"; readonly gap: number };

export interface PlainRules {
  readonly rules: "stream" | "tvf" | "group-window";
  readonly lateness: number;
  /** Time between early results, in the window's own time; 0: none. */
  readonly early: number;
}

/** What left in one step: results as `kind key count sum distinct list start-end@time`, late rows as `late key n@time`; sorted. */
export function plainWindows(events: readonly WindowEvent[], shape: PlainShape, { rules, lateness, early }: PlainRules): string[][] {
  let watermark = Number.NEGATIVE_INFINITY;
  let open: Plain[] = [];
  return events.map((event) => {
    const out: string[] = [];
    if ("watermark" in event) {
      const before = watermark;
      watermark = Math.max(watermark, event.watermark);
      if (watermark === before) return [];
      for (const window of open) {
        const last = window.end - 1;
        for (
          ;
          window.early !== undefined && window.early < last && window.early <= watermark;
          window.early = Math.min(window.early + early, last)
        )
          give(window);
        if (last > before && last <= watermark) give(window);
      }
      open = open.filter(({ end }) => end - 1 + lateness > watermark);
      return out.sort();
    }
    const windows = shape.kind === "session" ? sessionOf(event, shape.gap) : alignedOf(event, shape);
    if (windows === undefined) return [`late ${event.key} ${event.n}@${event.time}`].filter(() => rules === "stream");
    for (const window of windows) {
      window.rows.push(event);
      if (window.end - 1 <= watermark) give(window);
    }
    return out.sort();

    function give(window: Plain): void {
      const result = resultOf(window);
      const text = (kind: string, of: string) => out.push(`${kind} ${window.key} ${of} ${window.start}-${window.end}@${window.end - 1}`);
      const isUpdating = rules === "group-window" && lateness + early > 0;
      if (!isUpdating || window.given === undefined) text("+I", result);
      else if (window.given !== result) {
        text("-U", window.given);
        text("+U", result);
      }
      window.given = result;
    }
  });

  function alignedOf({ key, time }: WindowRow, aligned: Exclude<PlainShape, { kind: "session" }>): Plain[] | undefined {
    const bounds = boundsOf(time, aligned);
    if (bounds.length === 0) return [];
    const taking = bounds.filter(([, end]) => end - 1 + lateness > watermark);
    if (taking.length === 0) return undefined;
    return taking.map(([start, end]) => {
      const known = open.find((window) => window.key === key && window.start === start && window.end === end);
      return known ?? begin(key, start, end, time);
    });
  }

  function sessionOf({ key, time }: WindowRow, gap: number): Plain[] | undefined {
    const touching = open
      .filter((window) => window.key === key && window.start <= time + gap && window.end >= time)
      .sort((a, b) => a.start - b.start);
    if (touching.length === 0) return time + gap - 1 + lateness <= watermark ? undefined : [begin(key, time, time + gap, time)];
    open = open.filter((window) => !touching.includes(window));
    const merged = begin(
      key,
      Math.min(time, ...touching.map(({ start }) => start)),
      Math.max(time + gap, ...touching.map(({ end }) => end)),
      time,
    );
    merged.rows.push(...touching.flatMap(({ rows }) => rows));
    return [merged];
  }

  function begin(key: string | null, start: number, end: number, time: number): Plain {
    const isOver = end - 1 <= watermark;
    // Java's remainder, as Flink's trigger has it: before 1970 the first one is a multiple later.
    const first = early === 0 || isOver ? undefined : Math.min(time - (time % early) + early, end - 1);
    const window: Plain = { key, start, end, rows: [], early: first, given: undefined };
    open.push(window);
    return window;
  }
}

interface Plain {
  readonly key: string | null;
  readonly start: number;
  readonly end: number;
  readonly rows: WindowRow[];
  early: number | undefined;
  given: string | undefined;
}

/** Every window that there can be is tried. */
function boundsOf(time: number, shape: Exclude<PlainShape, { kind: "session" }>): [number, number][] {
  const found: [number, number][] = [];
  const every = shape.kind === "sliding" ? shape.every : shape.size;
  for (let start = shape.offset - 40 * every; start <= time; start += every)
    for (const end of endsOf(start, shape)) if (start <= time && time < end) found.push([start, end]);
  return found;
}

function endsOf(start: number, shape: Exclude<PlainShape, { kind: "session" }>): number[] {
  if (shape.kind !== "cumulating") return [start + shape.size];
  return Array.from({ length: shape.size / shape.step }, (_, i) => start + (i + 1) * shape.step);
}

function resultOf({ rows }: Plain): string {
  const values = rows.flatMap(({ n }) => (n === null ? [] : [n]));
  const sum = values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
  return `${rows.length} ${sum} ${new Set(values).size} ${values.length === 0 ? null : values.join("+")}`;
}
