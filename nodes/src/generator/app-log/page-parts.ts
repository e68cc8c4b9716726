/** What is shown on a page (曝光) and what people do there (动作). */
import type { Random } from "../random.ts";
import { DISPLAY_TYPES, PAGES_WITH_ACTIVITIES, PAGES_WITH_DISPLAYS, type PageId } from "./domains.ts";

const ACTIVITIES = 2;
const COUPONS = 3;
const POSITIONS = 5;

/** In the order on the page: activities first, all at one position, then products. A product may be shown twice. */
export function displaysOn(pageId: PageId, numbers: Random, maxSku: number) {
  if (!PAGES_WITH_DISPLAYS.has(pageId)) return [];
  const activities = PAGES_WITH_ACTIVITIES.has(pageId) ? numbers.between(1, 2) : 0;
  const activityPosition = numbers.between(1, POSITIONS);
  const products = numbers.between(4, 10);
  return Array.from({ length: activities + products }, (_, i) => {
    const order = i + 1;
    if (i < activities) {
      const item = String(numbers.between(1, ACTIVITIES));
      return { display_type: "activity", item, item_type: "activity_id", order, pos_id: activityPosition };
    }
    return {
      display_type: DISPLAY_TYPES.pick(numbers),
      item: String(numbers.between(1, maxSku)),
      item_type: "sku_id",
      order,
      pos_id: numbers.between(1, POSITIONS),
    };
  });
}

export interface Action {
  readonly action_id: string;
  readonly item?: string;
  readonly item_type?: string;
}

/** `sku` is the page's own product, where it has one. */
export function actionsOn(pageId: PageId, sku: string | undefined, numbers: Random, maxSku: number): Action[] {
  const onSku = (id: string, item: string): Action => ({ action_id: id, item, item_type: "sku_id" });
  const anySku = () => String(numbers.between(1, maxSku));
  switch (pageId) {
    case "good_detail": {
      const own = sku ?? anySku();
      return [
        ...(numbers.chance(0.3) ? [onSku("favor_add", own)] : []),
        ...(numbers.chance(0.1) ? [onSku("cart_add", own)] : []),
        ...(numbers.chance(0.75) ? [{ action_id: "get_coupon", item: String(numbers.between(1, COUPONS)), item_type: "coupon_id" }] : []),
      ];
    }
    case "cart":
      return ["cart_add_num", "cart_minus_num", "cart_remove"].filter(() => numbers.chance(0.1)).map((id) => onSku(id, anySku()));
    case "trade":
      return numbers.chance(0.15) ? [{ action_id: "trade_add_address" }] : [];
    case "favor": {
      if (!numbers.chance(0.1)) return [];
      const first = numbers.between(1, maxSku - 2);
      // "canel" is how the mock spells it.
      return [first, first + 1, first + 2].map((id) => onSku("favor_canel", String(id)));
    }
    default:
      return [];
  }
}
