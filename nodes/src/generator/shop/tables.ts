/** The tables of the shop's database that it writes: their columns in order, and how a value of each is told in JSON. */

/** DECIMAL(·, 2) in hundredths, so that amounts are exact. `datetime` and `date` as the database prints them. */
export type Value = string | number | bigint | null;
export type Row = Readonly<Record<string, Value>>;

type ColumnType = "number" | "text" | "hundredths";

interface Table {
  /** Name of the primary key's column; a table may have none. */
  readonly key: string | undefined;
  readonly columns: readonly (readonly [name: string, type: ColumnType])[];
}

const CODES: Readonly<Record<string, ColumnType>> = { n: "number", t: "text", h: "hundredths" };

/** `id:n name:t price:h`; the column with a star is the primary key. */
function table(text: string): Table {
  const columns = text
    .trim()
    .split(/\s+/)
    .map((column) => {
      const [name = "", code = ""] = column.replace("*", "").split(":");
      return [name, CODES[code] as ColumnType] as const;
    });
  const key = /(\w+)\*/.exec(text)?.[1];
  return { key, columns };
}

export const TABLES = {
  user_info: table(
    "id*:n login_name:t nick_name:t passwd:t name:t phone_num:t email:t head_img:t user_level:t birthday:t gender:t create_time:t operate_time:t status:t",
  ),
  base_province: table("id:n name:t region_id:t area_code:t iso_code:t iso_3166_2:t"),
  base_region: table("id:t region_name:t"),
  base_dic: table("dic_code*:t dic_name:t parent_code:t create_time:t operate_time:t"),
  base_category1: table("id*:n name:t"),
  base_category2: table("id*:n name:t category1_id:n"),
  base_category3: table("id*:n name:t category2_id:n"),
  base_trademark: table("id*:n tm_name:t logo_url:t"),
  spu_info: table("id*:n spu_name:t description:t category3_id:n tm_id:n"),
  sku_info: table("id*:n spu_id:n price:n sku_name:t sku_desc:t weight:h tm_id:n category3_id:n sku_default_img:t is_sale:n create_time:t"),
  activity_info: table("id*:n activity_name:t activity_type:t activity_desc:t start_time:t end_time:t create_time:t"),
  activity_rule: table(
    "id*:n activity_id:n activity_type:t condition_amount:h condition_num:n benefit_amount:h benefit_discount:h benefit_level:n",
  ),
  activity_sku: table("id*:n activity_id:n sku_id:n create_time:t"),
  coupon_info: table(
    "id*:n coupon_name:t coupon_type:t condition_amount:h condition_num:n activity_id:n benefit_amount:h benefit_discount:h create_time:t range_type:t limit_num:n taken_count:n start_time:t end_time:t operate_time:t expire_time:t range_desc:t",
  ),
  coupon_range: table("id*:n coupon_id:n range_type:t range_id:n"),
  favor_info: table("id*:n user_id:n sku_id:n spu_id:n is_cancel:t create_time:t cancel_time:t"),
  // The user's id is text here, as in the course's database.
  cart_info: table(
    "id*:n user_id:t sku_id:n cart_price:h sku_num:n img_url:t sku_name:t is_checked:n create_time:t operate_time:t is_ordered:n order_time:t source_type:t source_id:n",
  ),
  coupon_use: table(
    "id*:n coupon_id:n user_id:n order_id:n coupon_status:t get_type:t create_time:t get_time:t using_time:t used_time:t expire_time:t",
  ),
  order_info: table(
    "id*:n consignee:t consignee_tel:t total_amount:h order_status:t user_id:n payment_way:t delivery_address:t order_comment:t out_trade_no:t trade_body:t create_time:t operate_time:t expire_time:t process_status:t tracking_no:t parent_order_id:n img_url:t province_id:n activity_reduce_amount:h coupon_reduce_amount:h original_total_amount:h feight_fee:h feight_fee_reduce:h refundable_time:t",
  ),
  order_detail: table(
    "id*:n order_id:n sku_id:n sku_name:t img_url:t order_price:h sku_num:n create_time:t source_type:t source_id:n split_total_amount:h split_activity_amount:h split_coupon_amount:h",
  ),
  order_detail_activity: table("id*:n order_id:n order_detail_id:n activity_id:n activity_rule_id:n sku_id:n create_time:t"),
  order_detail_coupon: table("id*:n order_id:n order_detail_id:n coupon_id:n coupon_use_id:n sku_id:n create_time:t"),
  order_status_log: table("id*:n order_id:n order_status:t operate_time:t"),
  payment_info: table(
    "id*:n out_trade_no:t order_id:n user_id:n payment_type:t trade_no:t total_amount:h subject:t payment_status:t create_time:t callback_time:t callback_content:t",
  ),
  order_refund_info: table(
    "id*:n user_id:n order_id:n sku_id:n refund_type:t refund_num:n refund_amount:h refund_reason_type:t refund_reason_txt:t refund_status:t create_time:t",
  ),
  refund_payment: table(
    "id*:n out_trade_no:t order_id:n sku_id:n payment_type:t trade_no:t total_amount:h subject:t refund_status:t create_time:t callback_time:t callback_content:t",
  ),
  comment_info: table(
    "id*:n user_id:n nick_name:t head_img:t sku_id:n spu_id:n order_id:n appraise:t comment_txt:t create_time:t operate_time:t",
  ),
} as const satisfies Readonly<Record<string, Table>>;

export type TableName = keyof typeof TABLES;

export const TABLE_NAMES = Object.keys(TABLES) as [TableName, ...TableName[]];

/** What the jobs need before they can widen facts (the promotions' tables too, which cost nothing). */
export const DIMENSION_TABLES: readonly TableName[] = TABLE_NAMES.slice(0, TABLE_NAMES.indexOf("favor_info"));

/** What the "clear" switch empties, in this order. */
export const CLEARED_TABLES = [
  "favor_info",
  "cart_info",
  "order_info",
  "order_detail",
  "order_status_log",
  "payment_info",
  "order_refund_info",
  "refund_payment",
  "comment_info",
] as const satisfies readonly TableName[];

/** The row as a JSON object, columns in order, NULL told as null, decimals with their zeros. */
export function rowJson(name: TableName, row: Row): string {
  return membersJson(name, row, () => true);
}

/** Only the columns that the row has. */
export function someColumnsJson(name: TableName, row: Row): string {
  return membersJson(name, row, (column) => Object.hasOwn(row, column));
}

function membersJson(name: TableName, row: Row, isTold: (column: string) => boolean): string {
  let text = "";
  for (const [column, type] of TABLES[name].columns) {
    if (isTold(column)) text += `${text === "" ? "" : ","}"${column}":${valueJson(row[column] ?? null, type)}`;
  }
  return `{${text}}`;
}

export function keyJson(name: TableName, row: Row | undefined): string | undefined {
  const { key, columns } = TABLES[name] as Table;
  if (key === undefined) return undefined;
  const type = columns.find(([column]) => column === key)?.[1] as ColumnType;
  return `"pk.${key}":${valueJson(row?.[key] ?? null, type)}`;
}

function valueJson(value: Value, type: ColumnType): string {
  if (value === null) return "null";
  if (type === "number") return String(value);
  if (type === "text") return textJson(String(value));
  return decimalText(Number(value));
}

function decimalText(hundredths: number): string {
  const digits = String(Math.abs(hundredths)).padStart(3, "0");
  return `${hundredths < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const SURROGATE = /[\ud800-\udfff]/;

/** Characters beyond the first plane are told as two escapes, as Maxwell does. */
function textJson(text: string): string {
  const json = JSON.stringify(text);
  if (!SURROGATE.test(json)) return json;
  return json.replace(/[\u{10000}-\u{10ffff}]/gu, (character) =>
    Array.from({ length: 2 }, (_, i) => `\\u${character.charCodeAt(i).toString(16).toUpperCase()}`).join(""),
  );
}
