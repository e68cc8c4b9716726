/** Rows of the tables that the shop begins with. */
import activityInfo from "./seed/activity_info.json" with { type: "json" };
import activityRule from "./seed/activity_rule.json" with { type: "json" };
import activitySku from "./seed/activity_sku.json" with { type: "json" };
import baseCategory1 from "./seed/base_category1.json" with { type: "json" };
import baseCategory2 from "./seed/base_category2.json" with { type: "json" };
import baseCategory3 from "./seed/base_category3.json" with { type: "json" };
import baseDic from "./seed/base_dic.json" with { type: "json" };
import baseProvince from "./seed/base_province.json" with { type: "json" };
import baseRegion from "./seed/base_region.json" with { type: "json" };
import baseTrademark from "./seed/base_trademark.json" with { type: "json" };
import couponInfo from "./seed/coupon_info.json" with { type: "json" };
import couponRange from "./seed/coupon_range.json" with { type: "json" };
import skuInfo from "./seed/sku_info.json" with { type: "json" };
import spuInfo from "./seed/spu_info.json" with { type: "json" };
import type { Row, TableName } from "./tables.ts";

export const SEED_ROWS: Partial<Readonly<Record<TableName, readonly Row[]>>> = {
  base_province: baseProvince,
  base_region: baseRegion,
  base_dic: baseDic,
  base_category1: baseCategory1,
  base_category2: baseCategory2,
  base_category3: baseCategory3,
  base_trademark: baseTrademark,
  spu_info: spuInfo,
  sku_info: skuInfo,
  activity_info: activityInfo,
  activity_rule: activityRule,
  activity_sku: activitySku,
  coupon_info: couponInfo,
  coupon_range: couponRange,
};

export interface Sku {
  readonly id: number;
  readonly name: string;
  /** In hundredths. */
  readonly price: number;
  readonly spu: number;
  readonly category3: number;
  readonly image: string;
}

/** SKU ids go from 1 without a gap. */
export const SKUS: readonly Sku[] = skuInfo.map((sku) => ({
  id: sku.id,
  name: sku.sku_name,
  price: sku.price * 100,
  spu: sku.spu_id,
  category3: sku.category3_id,
  image: sku.sku_default_img,
}));

export const PROVINCES = baseProvince.length;

export interface ActivityRule {
  readonly id: number;
  readonly activity: number;
  readonly skus: ReadonlySet<number>;
  readonly level: number;
  /** Amount off from a total on, both in hundredths, or a share off (in hundredths) from so many pieces on. */
  readonly benefit: { readonly from: number; readonly off: number } | { readonly pieces: number; readonly share: number };
}

export const ACTIVITY_RULES: readonly ActivityRule[] = activityRule.map((rule) => ({
  id: rule.id,
  activity: rule.activity_id,
  skus: new Set(activitySku.filter(({ activity_id }) => activity_id === rule.activity_id).map(({ sku_id }) => sku_id)),
  level: rule.benefit_level,
  benefit:
    rule.condition_amount === undefined
      ? { pieces: rule.condition_num ?? 0, share: rule.benefit_discount ?? 0 }
      : { from: rule.condition_amount, off: rule.benefit_amount ?? 0 },
}));

export interface Coupon {
  readonly id: number;
  readonly from: number;
  readonly off: number;
  readonly category3: number;
}

/** In hundredths, like all amounts. */
export const COUPONS: readonly Coupon[] = couponInfo.map(({ id, condition_amount, benefit_amount }) => ({
  id,
  from: condition_amount,
  off: benefit_amount,
  category3: couponRange.find(({ coupon_id }) => coupon_id === id)?.range_id ?? 0,
}));
