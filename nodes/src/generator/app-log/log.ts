/** The members of one app log. Their order is that of the logs the course shows, and the text is written compactly. */
import type { Random } from "../random.ts";
import type { Device } from "./device.ts";
import { ENTRIES, PAGES_WITH_ONE_SKU, PAGES_WITH_SKUS, type PageId, SEARCH_WORDS, SOURCE_TYPES } from "./domains.ts";
import { actionsOn, displaysOn } from "./page-parts.ts";
import type { Visit } from "./visitors.ts";

export interface LogSettings {
  readonly maxSku: number;
  /** Share of logs with an `err`. */
  readonly errors: number;
}

/** The log of a visit's step: 0 is the start log, 1 the first page. */
export function appLog(visit: Visit, step: number, device: Device, isNew: string, numbers: Random, settings: LogSettings) {
  const ts = visit.times[step] as number;
  const common = {
    ar: visit.area,
    ba: device.brand,
    ch: device.channel,
    is_new: isNew,
    md: device.model,
    mid: device.mid as string | undefined,
    os: device.os,
    uid: String(visit.user),
    vc: device.version,
  };
  const content = step === 0 ? { start: startOf(visit, numbers) } : pageOf(visit, step - 1, ts, numbers, settings.maxSku);
  const err = numbers.chance(settings.errors) ? errorOf(numbers) : undefined;
  return { common, ...content, ...(err && { err }), ts };
}

function startOf(visit: Visit, numbers: Random) {
  const entry = ENTRIES.pick(numbers);
  const adMs = numbers.between(1_000, 10_000);
  return {
    entry,
    loading_time: visit.loadingMs,
    open_ad_id: numbers.between(1, 20),
    open_ad_ms: adMs,
    open_ad_skip_ms: numbers.chance(0.5) ? 0 : numbers.between(1_000, adMs),
  };
}

function pageOf(visit: Visit, index: number, ts: number, numbers: Random, maxSku: number) {
  const pageId = visit.pages[index] as PageId;
  const dwellMs = visit.dwellMs[index] as number;
  const subject = subjectOf(pageId, numbers, maxSku);
  const page = {
    during_time: dwellMs,
    ...(subject && { item: subject.item, item_type: subject.type }),
    ...(index > 0 && { last_page_id: visit.pages[index - 1] }),
    page_id: pageId,
    ...(subject?.type === "sku_id" && { source_type: SOURCE_TYPES.pick(numbers) }),
  };
  const displays = displaysOn(pageId, numbers, maxSku);
  const actions = actionsOn(pageId, subject?.item, numbers, maxSku).map((action, i, all) => ({
    ...action,
    ts: ts + (i + 1) * Math.floor(dwellMs / (all.length + 1)),
  }));
  return { page, ...(displays.length > 0 && { displays }), ...(actions.length > 0 && { actions }) };
}

/** What a page is about: an item is always text, ids too. */
function subjectOf(pageId: PageId, numbers: Random, maxSku: number): { item: string; type: string } | undefined {
  if (PAGES_WITH_ONE_SKU.has(pageId)) return { item: String(numbers.between(1, maxSku)), type: "sku_id" };
  if (pageId === "good_list") return { item: numbers.of(SEARCH_WORDS), type: "keyword" };
  if (!PAGES_WITH_SKUS.has(pageId)) return undefined;
  const wanted = numbers.between(1, 3);
  const skus = new Set<number>();
  while (skus.size < wanted) skus.add(numbers.between(1, maxSku));
  return { item: [...skus].join(","), type: "sku_ids" };
}

function errorOf(numbers: Random) {
  const line = numbers.between(1, 400);
  return {
    error_code: numbers.between(1001, 4001),
    msg: `java.net.SocketTimeoutException: timeout\n\tat mall.app.net.HttpClient.read(HttpClient.java:${line})`,
  };
}
