/**
 * Benchmark input: page logs of about 418 bytes, seeded, the same bytes on every machine, and the same on which other engines were measured. Times rise by a millisecond a
 * record with up to two seconds of disorder; a quarter have no `last_page_id`; 64 % may carry up to six displays.
 */
const AREAS = ["110000", "310000", "440000", "370000", "500000", "230000", "530000", "420000"];
const DEVICES = [
  ["iOS 13.3.1", "iPhone Xs Max", "iPhone", "Appstore"],
  ["iOS 13.2.9", "iPhone X", "iPhone", "Appstore"],
  ["Android 11.0", "Xiaomi 9", "Xiaomi", "xiaomi"],
  ["Android 10.0", "Huawei P30", "Huawei", "huawei"],
  ["Android 11.0", "Redmi k30", "Redmi", "xiaomi"],
  ["Android 9.0", "Oneplus 7", "Oneplus", "oppo"],
  ["Android 10.0", "vivo iqoo3", "vivo", "web"],
  ["Android 11.0", "Sumsung Galaxy S20", "Sumsung", "wandoujia"],
] as const;
const VERSIONS = ["v2.1.134", "v2.1.132", "v2.1.111", "v2.0.1"];
const PAGES = ["home", "good_list", "good_detail", "cart", "trade", "payment", "mine", "search", "category", "activity"];
/** Upper bounds of the pages' shares, in percent. */
const PAGE_SHARES = [16, 36, 64, 72, 77, 81, 87, 93, 97, 100];
const ORIGINS = ["query", "promotion", "recommend", "activity"];
const WITH_ITEM = new Set(["good_detail", "cart", "trade", "payment"]);

export const BASE_TIME = 1_608_279_552_000;
export const JITTER_MS = 2_000;

export interface Records {
  readonly bytes: Buffer;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly count: number;
}

/** `count` logs of `devices` devices. */
export function pageLogs(count: number, devices = 1_000, seed = 1): Records {
  const random = mulberry32(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = (values: readonly string[]) => values[below(values.length)] as string;
  const page = () => {
    const share = below(100);
    return PAGES[PAGE_SHARES.findIndex((bound) => share < bound)] as string;
  };
  const heads = Array.from({ length: devices }, (_, device) => head(device));
  const line = (index: number) => {
    const device = below(devices);
    const id = page();
    const isFirst = below(100) < 25;
    let text = `${heads[device]}"page_id":"${id}"`;
    if (WITH_ITEM.has(id)) text += `,"item":"${1 + below(35)}"`;
    text += `,"during_time":${1_000 + below(19_000)}`;
    if (id === "good_detail") text += ',"item_type":"sku_id"';
    if (!isFirst) text += `,"last_page_id":"${page()}"`;
    if (id === "good_detail") text += `,"source_type":"${pick(ORIGINS)}"`;
    text += "}";
    const shown = below(100) < 64 ? below(7) : 0;
    if (shown > 0) {
      const displays = Array.from(
        { length: shown },
        (_, i) =>
          `{"display_type":"${pick(ORIGINS)}","item":"${1 + below(35)}","item_type":"sku_id","pos_id":${1 + below(5)},"order":${i + 1}}`,
      );
      text += `,"displays":[${displays.join(",")}]`;
    }
    return `${text},"ts":${BASE_TIME + index - below(JITTER_MS + 1)}}`;
  };

  const chunks: Buffer[] = [];
  const starts = new Float64Array(count);
  const ends = new Float64Array(count);
  let at = 0;
  for (let from = 0; from < count; from += 10_000) {
    let text = "";
    for (let i = from; i < Math.min(count, from + 10_000); i++) {
      const record = line(i);
      starts[i] = at;
      at += record.length;
      ends[i] = at;
      text += record;
    }
    chunks.push(Buffer.from(text, "latin1"));
  }
  return { bytes: Buffer.concat(chunks), starts, ends, count };
}

/** What a device says of itself is drawn from its number alone, so it never changes. */
function head(device: number): string {
  let hash = Math.imul(device + 1, 2_654_435_761) >>> 0;
  const next = (n: number) => {
    hash = (Math.imul(hash ^ (hash >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return hash % n;
  };
  const [os, model, brand, channel] = DEVICES[next(DEVICES.length)] as (typeof DEVICES)[number];
  const area = AREAS[next(AREAS.length)];
  const isNew = next(100) < 30 ? 1 : 0;
  const version = VERSIONS[next(VERSIONS.length)];
  return `{"common":{"ar":"${area}","uid":"${device % 1_000_003}","os":"${os}","ch":"${channel}","is_new":"${isNew}","md":"${model}","mid":"mid_${device}","vc":"${version}","ba":"${brand}"},"page":{`;
}

/** Tommy Ettinger's mulberry32 (public domain): 32 bits of state, the same everywhere. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
