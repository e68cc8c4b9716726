/**
 * BaseLogApp computed plainly from the raw logs, sharing no code with the product: what the topics must hold after the same input in the same order per device.
 */
export interface PlainResult {
  readonly pages: string[];
  readonly starts: string[];
  readonly displays: string[];
  readonly dirty: string[];
}

interface Log {
  common?: { mid?: unknown; is_new?: unknown } & Record<string, unknown>;
  start?: unknown;
  page?: { page_id?: unknown } | null;
  displays?: Record<string, unknown>[];
  ts?: unknown;
}

/** `texts` in order; results are canonical JSON (sorted members), in order. With `context`, displays carry `common` and `ts`. */
export function plainBaseLog(texts: readonly string[], context: boolean): PlainResult {
  const firstDays = new Map<string, string>();
  const result: PlainResult = { pages: [], starts: [], displays: [], dirty: [] };
  for (const text of texts) {
    let log: Log | null;
    try {
      log = JSON.parse(text) as Log | null;
    } catch {
      result.dirty.push(text);
      continue;
    }
    const mid = log?.common?.mid;
    if (log === null || typeof mid !== "string" || (log.start === undefined && log.page === undefined)) {
      result.dirty.push(text);
      continue;
    }
    if (log.common && log.common.is_new === "1") {
      const day = shanghaiDay(Number(log.ts));
      const first = firstDays.get(mid);
      if (first === undefined) firstDays.set(mid, day);
      else if (first !== day) log.common.is_new = "0";
    }
    if (log.start !== undefined) {
      result.starts.push(canonical(log));
      continue;
    }
    result.pages.push(canonical(log));
    for (const display of log.displays ?? []) {
      result.displays.push(canonical({ ...display, page_id: log.page?.page_id, ...(context ? { common: log.common, ts: log.ts } : {}) }));
    }
  }
  return result;
}

/** yyyyMMdd in UTC+8, which has had no daylight saving since 1991. */
function shanghaiDay(ts: number): string {
  return new Date(ts + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll("-", "");
}

/** JSON with sorted members and without nulls, for comparing by value. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(
      Object.entries(member)
        .filter(([, inner]) => inner !== null && inner !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  });
}
