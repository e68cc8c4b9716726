/** What the gmall mock draws from: the values of each member of an app log and how often they come up. */
import { weighted } from "../random.ts";

export const AREAS = weighted([
  ["110000", 30],
  ["310000", 20],
  ["440000", 20],
  ["230000", 10],
  ["370000", 10],
  ["420000", 5],
  ["500000", 5],
  ["530000", 5],
]);

/** As the mock spells them: two end in a blank, and it is "Sumsung". */
export const MODELS = weighted([
  ["Xiaomi 9", 30],
  ["Xiaomi 10 Pro ", 30],
  ["Xiaomi Mix2 ", 30],
  ["iPhone X", 20],
  ["iPhone 8", 20],
  ["iPhone Xs", 20],
  ["iPhone Xs Max", 20],
  ["vivo iqoo3", 20],
  ["Huawei P30", 10],
  ["Huawei Mate 30", 10],
  ["Redmi k30", 10],
  ["Honor 20s", 5],
  ["Oneplus 7", 5],
  ["Sumsung Galaxy S20", 3],
]);

export const ANDROID_CHANNELS = weighted([
  ["xiaomi", 30],
  ["oppo", 20],
  ["wandoujia", 10],
  ["web", 10],
  ["huawei", 5],
  ["vivo", 5],
  ["360", 5],
]);

export const IOS_VERSIONS = weighted([
  ["13.3.1", 30],
  ["13.2.9", 10],
  ["13.2.3", 10],
  ["12.4.1", 5],
]);

export const ANDROID_VERSIONS = weighted([
  ["11.0", 70],
  ["10.0", 20],
  ["9.0", 5],
  ["8.1", 5],
]);

export const APP_VERSIONS = weighted([
  ["v2.1.134", 70],
  ["v2.1.132", 20],
  ["v2.1.111", 5],
  ["v2.0.1", 5],
]);

export const ENTRIES = weighted([
  ["install", 5],
  ["icon", 75],
  ["notice", 20],
]);

/** How people come to a product's page. */
export const SOURCE_TYPES = weighted([
  ["query", 40],
  ["promotion", 25],
  ["recommend", 15],
  ["activity", 20],
]);

/** Why a product is shown on a page. */
export const DISPLAY_TYPES = weighted([
  ["query", 60],
  ["promotion", 30],
  ["recommend", 10],
]);

export const SEARCH_WORDS = ["图书", "小米", "iphone11", "电视", "口红", "ps5", "苹果手机", "小米盒子"] as const;

export const PAGE_IDS = [
  "home",
  "category",
  "discovery",
  "top_n",
  "favor",
  "search",
  "good_list",
  "good_detail",
  "good_spec",
  "comment",
  "comment_done",
  "comment_list",
  "cart",
  "trade",
  "payment",
  "payment_done",
  "orders_all",
  "orders_unpaid",
  "orders_undelivered",
  "orders_unreceipted",
  "orders_wait_comment",
  "mine",
  "activity",
  "login",
  "register",
] as const;
export type PageId = (typeof PAGE_IDS)[number];

export const PAGES_WITH_ONE_SKU: ReadonlySet<PageId> = new Set<PageId>(["good_detail", "good_spec", "comment", "comment_list"]);
export const PAGES_WITH_SKUS: ReadonlySet<PageId> = new Set<PageId>(["trade", "payment", "payment_done"]);
/** Their displays begin with one or two activities. */
export const PAGES_WITH_ACTIVITIES: ReadonlySet<PageId> = new Set<PageId>(["home", "discovery", "category"]);
export const PAGES_WITH_DISPLAYS: ReadonlySet<PageId> = new Set<PageId>([
  "home",
  "category",
  "discovery",
  "activity",
  "good_list",
  "good_detail",
  "good_spec",
]);

export interface VisitPath {
  readonly pages: readonly PageId[];
  readonly weight: number;
}

/** Where visits lead. Two in five look at one product and leave; one in seventeen leaves at once, which is a bounce (跳出). */
export const VISIT_PATHS: readonly VisitPath[] = [
  { pages: ["home", "good_list", "good_detail", "cart", "trade", "payment"], weight: 20 },
  { pages: ["home", "search", "good_list", "good_detail", "login", "good_detail", "cart", "trade", "payment"], weight: 50 },
  { pages: ["home", "mine", "orders_unpaid", "trade", "payment"], weight: 10 },
  { pages: ["home", "mine", "orders_unpaid", "good_detail", "good_spec", "comment", "trade", "payment"], weight: 5 },
  { pages: ["home", "mine", "orders_unpaid", "good_detail", "good_spec", "comment", "home"], weight: 5 },
  { pages: ["home", "good_detail"], weight: 70 },
  { pages: ["home"], weight: 10 },
];

/** Milliseconds that people stay on a page, and that the app takes to load. */
export const DWELL_MS = { least: 1_000, most: 20_000 } as const;
