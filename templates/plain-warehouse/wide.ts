/** OrderWideApp and PaymentWideApp. Nothing is late: what fits is joined, whenever it came. */
import { oncePerId } from "./base-db.ts";
import { fromShanghai, type Row, withoutNulls } from "./values.ts";

export type Dimensions = ReadonlyMap<string, ReadonlyMap<string, Row>>;

export interface OrderWideSettings {
  /** Between the create_time of order and detail, to either side; the course has 5 ms. */
  readonly boundMs?: number;
  /** "calendar": whole years on the day of the order. A time: the course's ⌊days ÷ 365⌋ at that moment. */
  readonly age?: "calendar" | { readonly at: number };
  /** The course declares create_date and create_hour and does not fill them. */
  readonly withDate?: boolean;
}

export function orderWide(
  orders: readonly Row[],
  details: readonly Row[],
  dimensions: Dimensions,
  { boundMs = 5_000, age = "calendar", withDate = true }: OrderWideSettings = {},
): Row[] {
  const byId = new Map(oncePerId(orders).map((order) => [String(order.id), order]));
  return oncePerId(details).flatMap((detail) => {
    const order = byId.get(String(detail.order_id));
    if (order === undefined || Math.abs(fromShanghai(detail.create_time) - fromShanghai(order.create_time)) > boundMs) return [];
    return [withoutNulls(widened(order, detail, dimensions, age, withDate))];
  });
}

function widened(order: Row, detail: Row, dimensions: Dimensions, age: OrderWideSettings["age"], withDate: boolean): Row {
  const find = (table: string, key: Row[string]): Row =>
    key === undefined || key === null ? {} : (dimensions.get(table)?.get(String(key)) ?? {});
  const user = find("dim_user_info", order.user_id);
  const province = find("dim_base_province", order.province_id);
  const sku = find("dim_sku_info", detail.sku_id);
  const createTime = String(order.create_time);
  return {
    detail_id: detail.id,
    order_id: order.id,
    sku_id: detail.sku_id,
    order_price: detail.order_price,
    sku_num: detail.sku_num,
    sku_name: sku.sku_name ?? detail.sku_name,
    split_activity_amount: detail.split_activity_amount,
    split_coupon_amount: detail.split_coupon_amount,
    split_total_amount: detail.split_total_amount,
    province_id: order.province_id,
    user_id: order.user_id,
    order_status: order.order_status,
    create_time: order.create_time,
    total_amount: order.total_amount,
    activity_reduce_amount: order.activity_reduce_amount,
    coupon_reduce_amount: order.coupon_reduce_amount,
    original_total_amount: order.original_total_amount,
    feight_fee: order.feight_fee,
    ...(withDate && { create_date: createTime.slice(0, 10), create_hour: createTime.slice(11, 13) }),
    user_age: ageOf(user.birthday, createTime, age),
    user_gender: user.gender,
    province_name: province.name,
    province_area_code: province.area_code,
    province_iso_code: province.iso_code,
    province_3166_2_code: province.iso_3166_2,
    spu_id: sku.spu_id,
    tm_id: sku.tm_id,
    category3_id: sku.category3_id,
    ...namesOf(sku, find),
  };
}

export function namesOf(sku: Row, find: (table: string, key: Row[string]) => Row): Row {
  return {
    spu_name: find("dim_spu_info", sku.spu_id).spu_name,
    tm_name: find("dim_base_trademark", sku.tm_id).tm_name,
    category3_name: find("dim_base_category3", sku.category3_id).name,
  };
}

function ageOf(birthday: Row[string], orderTime: string, age: OrderWideSettings["age"]): number | undefined {
  if (typeof birthday !== "string") return undefined;
  if (typeof age === "object") return Math.floor((age.at - fromShanghai(`${birthday} 00:00:00`)) / 86_400_000 / 365);
  const years = Number(orderTime.slice(0, 4)) - Number(birthday.slice(0, 4));
  return orderTime.slice(5, 10) < birthday.slice(5, 10) ? years - 1 : years;
}

export interface PaymentWideSettings {
  /** How long before the payment's confirmation the order may have been created. */
  readonly boundMs?: number;
}

export function paymentWide(payments: readonly Row[], wide: readonly Row[], { boundMs = 1_800_000 }: PaymentWideSettings = {}): Row[] {
  const byOrder = Map.groupBy(wide, ({ order_id }) => String(order_id));
  const confirmed = oncePerId(payments.filter(({ callback_time }) => callback_time !== undefined && callback_time !== null));
  return confirmed.flatMap((payment) => {
    const at = fromShanghai(payment.callback_time);
    const rows = (byOrder.get(String(payment.order_id)) ?? []).filter(({ create_time }) => {
      const before = at - fromShanghai(create_time);
      return before >= 0 && before <= boundMs;
    });
    return rows.map(({ create_time, create_date: _date, create_hour: _hour, ...row }) =>
      withoutNulls({
        ...row,
        order_create_time: create_time,
        payment_id: payment.id,
        subject: payment.subject,
        payment_type: payment.payment_type,
        payment_create_time: payment.create_time,
        callback_time: payment.callback_time,
        total_amount: payment.total_amount,
        user_id: payment.user_id,
        order_id: payment.order_id,
      }),
    );
  });
}
