import { describe, expect, it } from "vitest";
import { PAGE_IDS, VISIT_PATHS } from "./domains.ts";
import { type AppLogOptions, makeAppLogs } from "./make-app-logs.ts";

const START = 1_613_959_200_000; // 2021-02-22 10:00 in Shanghai
const MINUTE = 60_000;

interface Log {
  readonly common: Readonly<Record<string, string>>;
  readonly start?: Readonly<Record<string, string | number>>;
  readonly page?: Readonly<Record<string, string | number>> & { readonly page_id: string; readonly during_time: number };
  readonly displays?: readonly Readonly<Record<string, string | number>>[];
  readonly actions?: readonly (Readonly<Record<string, string | number>> & { readonly ts: number })[];
  readonly err?: { readonly error_code: number; readonly msg: string };
  readonly ts: number;
}

function logs(count: number, options: AppLogOptions = {}): Log[] {
  return makeAppLogs({ malformed: 0, ...options }, count).map(({ text }) => JSON.parse(text) as Log);
}

/** The logs of each visit, in order, for visits that begin in the list. */
function visits(list: readonly Log[]): Log[][] {
  const open = new Map<string, Log[]>();
  const all: Log[][] = [];
  for (const log of list) {
    const mid = log.common.mid as string;
    if (log.start) {
      const visit = [log];
      open.set(mid, visit);
      all.push(visit);
    } else open.get(mid)?.push(log);
  }
  return all;
}

const shareOf = <T>(list: readonly T[], isOne: (item: T) => boolean) => list.filter(isOne).length / list.length;
const pathOf = (visit: readonly Log[]) => visit.slice(1).map(({ page }) => page?.page_id);

const many = logs(30_000);
const manyVisits = visits(many);
/** Visits that began early enough to have ended in the list. */
const whole = manyVisits.filter(([first]) => (first as Log).ts < (many.at(-1) as Log).ts - 4 * MINUTE);

describe("the mock app log", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(makeAppLogs({ seed: 5 }, 500)).toEqual(makeAppLogs({ seed: 5 }, 500));
    expect(makeAppLogs({ seed: 5 }, 500)).not.toEqual(makeAppLogs({ seed: 6 }, 500));
  });

  it.each([0.5, 20, 300])("reaches %d records a second from the first moment on", (rate) => {
    const list = makeAppLogs({ rate }, 6_000);
    const first = list.slice(0, 600);
    const seconds = (slice: typeof list) => ((slice.at(-1)?.time ?? 0) - START) / 1000;
    expect(list.length / seconds(list) / rate).toBeGreaterThan(0.95);
    expect(list.length / seconds(list) / rate).toBeLessThan(1.05);
    expect(first.length / seconds(first) / rate).toBeGreaterThan(0.85);
    expect(first.length / seconds(first) / rate).toBeLessThan(1.15);
  });

  it("gives the logs in the order of their ts, which is also the record's time", () => {
    const list = makeAppLogs({ malformed: 0 }, 2_000);
    expect(list.map(({ time }) => time)).toEqual(list.map(({ time }) => time).toSorted((a, b) => a - b));
    expect(list.every(({ text, time }) => (JSON.parse(text) as Log).ts === time)).toBe(true);
  });

  it("writes compact JSON with the members in the course's order", () => {
    const start = makeAppLogs({ malformed: 0, errors: 0 }, 200).find(({ text }) => text.includes('"start"'))?.text;
    expect(start).toMatch(
      /^\{"common":\{"ar":"\d+","ba":"[^"]+","ch":"[^"]+","is_new":"[01]","md":"[^"]+","mid":"mid_\d+","os":"[^"]+","uid":"\d+","vc":"[^"]+"\},"start":\{"entry":"\w+","loading_time":\d+,"open_ad_id":\d+,"open_ad_ms":\d+,"open_ad_skip_ms":\d+\},"ts":\d+\}$/,
    );
    const page = many.find((log) => log.page?.source_type && log.displays && log.actions && log.err);
    expect(Object.keys(page ?? {})).toEqual(["common", "page", "displays", "actions", "err", "ts"]);
    expect(Object.keys(page?.page ?? {})).toEqual(["during_time", "item", "item_type", "last_page_id", "page_id", "source_type"]);
    expect(Object.keys(page?.displays?.[0] ?? {})).toEqual(["display_type", "item", "item_type", "order", "pos_id"]);
    expect(Object.keys(page?.actions?.[0] ?? {})).toEqual(["action_id", "item", "item_type", "ts"]);
  });

  it("takes each path as often as its weight says", () => {
    const total = VISIT_PATHS.reduce((sum, { weight }) => sum + weight, 0);
    for (const { pages, weight } of VISIT_PATHS) {
      const share = shareOf(whole, (visit) => pathOf(visit).join() === pages.join());
      expect(Math.abs(share - weight / total), pages.join()).toBeLessThan(0.02);
    }
    const pages = whole.reduce((sum, visit) => sum + visit.length - 1, 0) / whole.length;
    expect(pages).toBeCloseTo(4.97, 0);
  });

  it("names the page before, except on a visit's first page", () => {
    for (const visit of whole) {
      const path = pathOf(visit);
      expect(visit.slice(1).map(({ page }) => page?.last_page_id)).toEqual([undefined, ...path.slice(0, -1)]);
    }
  });

  it("opens each page when the one before was left", () => {
    for (const [start, ...pages] of whole) {
      let ts = (start as Log).ts + Number(start?.start?.loading_time);
      for (const { ts: opened, page } of pages) {
        expect(opened).toBe(ts);
        ts += page?.during_time as number;
      }
    }
  });

  it("never lets two visits of a device overlap", () => {
    const ends = new Map<string, number>();
    let visitsAgain = 0;
    for (const visit of whole) {
      const last = visit.at(-1) as Log;
      const { mid } = last.common as { mid: string };
      if (ends.has(mid)) visitsAgain += 1;
      expect((visit[0] as Log).ts).toBeGreaterThanOrEqual(ends.get(mid) ?? 0);
      ends.set(mid, last.ts + (last.page?.during_time ?? 0));
    }
    expect(visitsAgain).toBeGreaterThan(500);
  });

  it("keeps model, brand, system, channel and version of a device, and user and area of a visit", () => {
    const devices = new Map<string, string>();
    for (const { common } of many) {
      const { mid, md, ba, os, ch, vc } = common as Record<"mid" | "md" | "ba" | "os" | "ch" | "vc", string>;
      const fixed = [md, ba, os, ch, vc].join("|");
      expect(fixed).toBe(devices.get(mid) ?? fixed);
      devices.set(mid, fixed);
      expect(md.startsWith(ba)).toBe(true);
      expect(os.startsWith(ba === "iPhone" ? "iOS " : "Android ")).toBe(true);
      expect(ch === "Appstore").toBe(ba === "iPhone");
    }
    expect(devices.size).toBeGreaterThan(450);
    for (const visit of whole) expect(new Set(visit.map(({ common }) => `${common.uid}|${common.ar}`)).size).toBe(1);
  });

  it("draws models and areas by their weights", () => {
    const list = logs(10_000, { rate: 100, pageGap: "0 s", devices: 5_000 });
    const models = new Map(list.map(({ common }) => [common.mid, common.md as string]));
    expect(models.size).toBeGreaterThan(1_000);
    expect(shareOf([...models.values()], (model) => model === "Xiaomi 10 Pro ")).toBeCloseTo(30 / 233, 1);
    expect(shareOf([...models.values()], (model) => model.startsWith("iPhone"))).toBeCloseTo(80 / 233, 1);
    expect(shareOf(whole, ([first]) => first?.common.ar === "110000")).toBeCloseTo(0.3, 1);
    expect(shareOf(whole, ([first]) => first?.start?.entry === "icon")).toBeCloseTo(0.75, 1);
  });

  it("says what a page is about as the item rules have it", () => {
    const pages = many.flatMap(({ page }) => (page ? [page] : []));
    for (const { page_id, item, item_type, source_type } of pages as Record<string, string | undefined>[]) {
      const expected = ["good_detail", "good_spec", "comment"].includes(page_id ?? "")
        ? "sku_id"
        : page_id === "good_list"
          ? "keyword"
          : ["trade", "payment"].includes(page_id ?? "")
            ? "sku_ids"
            : undefined;
      expect(item_type).toBe(expected);
      expect(source_type !== undefined).toBe(expected === "sku_id");
      if (expected === "sku_id") expect(Number(item)).toSatisfy((sku: number) => sku >= 1 && sku <= 10);
      if (expected === "sku_ids") expect(new Set(item?.split(",")).size).toBe(item?.split(",").length);
      if (expected === undefined) expect(item).toBeUndefined();
    }
    expect(PAGE_IDS).toHaveLength(25);
  });

  it("shows activities first, then products, in places counted from one", () => {
    for (const { page, displays } of many) {
      if (displays === undefined) continue;
      const activities = displays.filter(({ item_type }) => item_type === "activity_id");
      expect(displays.map(({ order }) => order)).toEqual(displays.map((_, i) => i + 1));
      expect(displays.slice(0, activities.length)).toEqual(activities);
      expect(new Set(activities.map(({ pos_id }) => pos_id)).size).toBeLessThanOrEqual(1);
      if (page?.page_id === "home") expect(activities.length).toBeGreaterThan(0);
      expect(displays.length - activities.length).toSatisfy((products: number) => products >= 4 && products <= 10);
    }
    const products = many.flatMap(({ displays = [] }) => displays.filter(({ item_type }) => item_type === "sku_id"));
    expect(shareOf(products, ({ display_type }) => display_type === "query")).toBeCloseTo(0.6, 1);
    expect(many.some(({ page, displays }) => page?.page_id === "cart" && displays)).toBe(false);
  });

  it("spreads a page's actions over its time", () => {
    const acted = many.filter(({ actions }) => actions !== undefined);
    expect(acted.length).toBeGreaterThan(1_000);
    for (const { page, actions = [], ts } of acted) {
      const step = Math.floor((page?.during_time ?? 0) / (actions.length + 1));
      expect(actions.map((action) => action.ts)).toEqual(actions.map((_, i) => ts + (i + 1) * step));
    }
    const details = many.filter(({ page }) => page?.page_id === "good_detail");
    const does = (id: string) => shareOf(details, ({ actions = [] }) => actions.some(({ action_id }) => action_id === id));
    expect(does("favor_add")).toBeCloseTo(0.3, 1);
    expect(does("cart_add")).toBeCloseTo(0.1, 1);
    expect(does("get_coupon")).toBeCloseTo(0.75, 1);
  });

  it("adds an error to three logs in a hundred", () => {
    expect(Math.abs(shareOf(many, ({ err }) => err !== undefined) - 0.03)).toBeLessThan(0.006);
    for (const { err } of many) if (err) expect(err.error_code).toSatisfy((code: number) => code >= 1001 && code <= 4001);
  });
});

describe("is_new", () => {
  const dayOf = ({ ts }: Log) => Math.floor((ts + 8 * 3_600_000) / 86_400_000);

  function wrong(list: readonly Log[]): number {
    const firstDays = new Map<string, number>();
    return shareOf(list, (log) => {
      const mid = log.common.mid as string;
      if (!firstDays.has(mid)) firstDays.set(mid, dayOf(log));
      return (log.common.is_new === "1") !== (firstDays.get(mid) === dayOf(log));
    });
  }

  it("is 1 on a device's first day and 0 after it", () => {
    const beforeMidnight = 1_614_009_000_000 - 5 * MINUTE; // 23:45 in Shanghai
    const list = logs(24_000, { start: beforeMidnight, wrongIsNew: 0 });
    expect(wrong(list)).toBe(0);
    expect(shareOf(list, ({ common }) => common.is_new === "0")).toBeGreaterThan(0.1);
  });

  it("is wrong in the share that was asked for", () => {
    expect(Math.abs(wrong(logs(20_000, { wrongIsNew: 0.25 })) - 0.25)).toBeLessThan(0.02);
  });

  it("says 0 of a device that was seen in yesterday's logs", () => {
    const list = logs(4_000, { dayBefore: "1 min", wrongIsNew: 0 });
    const yesterday = list.filter(({ ts }) => ts < START);
    expect(yesterday.length / (20 * 60)).toBeCloseTo(1, 0);
    expect(list.slice(0, yesterday.length)).toEqual(yesterday);
    expect(yesterday.every(({ ts }) => ts >= START - 86_400_000 && ts < START - 86_400_000 + MINUTE)).toBe(true);
    expect(wrong(list)).toBe(0);
    expect(shareOf(list.slice(yesterday.length), ({ common }) => common.is_new === "0")).toBeGreaterThan(0.5);
  });
});

describe("what is wrong on purpose", () => {
  it("breaks the share of lines that was asked for: cut off, not JSON, or without a mid", () => {
    const list = makeAppLogs({ malformed: 0.2 }, 10_000).map(({ text }) => text);
    const isJson = (text: string) => {
      try {
        return JSON.parse(text) as Log;
      } catch {
        return undefined;
      }
    };
    const broken = list.filter((text) => isJson(text)?.common.mid === undefined);
    expect(Math.abs(broken.length / list.length - 0.2)).toBeLessThan(0.02);
    expect(broken.some((text) => isJson(text) !== undefined)).toBe(true);
    expect(broken.some((text) => text.startsWith("<"))).toBe(true);
    expect(broken.some((text) => text.startsWith("{") && isJson(text) === undefined)).toBe(true);
  });

  it("delays logs by at most the jitter, and some overtake others", () => {
    const list = makeAppLogs({ jitter: "2 s" }, 5_000).map(({ time }) => time);
    let latest = 0;
    let behind = 0;
    for (const time of list) {
      behind = Math.max(behind, latest - time);
      latest = Math.max(latest, time);
    }
    expect(behind).toBeGreaterThan(1_000);
    expect(behind).toBeLessThanOrEqual(2_000);
  });

  it("can put a fixed time between pages, none too", () => {
    for (const pageGap of ["1 s", "0 s"]) {
      for (const [start, ...pages] of visits(logs(3_000, { pageGap, devices: 100 })).slice(0, 200)) {
        const gap = pageGap === "1 s" ? 1_000 : 0;
        for (const [i, { ts }] of pages.entries()) expect(ts).toBe((start as Log).ts + i * gap);
      }
    }
  });

  it("takes paths of one's own", () => {
    const list = logs(500, { paths: [{ pages: ["home", "favor"], weight: 1 }], devices: 5_000 });
    expect(new Set(list.flatMap(({ page }) => (page ? [page.page_id] : [])))).toEqual(new Set(["home", "favor"]));
    const taken = list.flatMap(({ actions = [] }) => actions);
    expect(taken.length % 3).toBe(0);
    expect(taken.every(({ action_id }) => action_id === "favor_canel")).toBe(true);
  });
});
