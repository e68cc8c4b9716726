/** The 47 rows of `table_process`: which tables are dimensions, which changes are facts, and the columns that are kept. */

export interface Rule {
  readonly source_table: string;
  readonly operate_type: "insert" | "update" | "delete";
  readonly sink_type: "hbase" | "kafka";
  readonly sink_table: string;
  readonly sink_columns: readonly string[];
  readonly sink_pk?: string;
}

const ORDER_INFO =
  "id consignee consignee_tel total_amount order_status user_id payment_way delivery_address order_comment out_trade_no trade_body create_time operate_time expire_time process_status tracking_no parent_order_id img_url province_id activity_reduce_amount coupon_reduce_amount original_total_amount feight_fee feight_fee_reduce refundable_time";

const DIMENSIONS: Readonly<Record<string, string>> = {
  activity_info: "id activity_name activity_type activity_desc start_time end_time create_time",
  activity_rule: "id activity_id activity_type condition_amount condition_num benefit_amount benefit_discount benefit_level",
  activity_sku: "id activity_id sku_id create_time",
  base_category1: "id name",
  base_category2: "id name category1_id",
  base_category3: "id name category2_id",
  base_dic: "dic_code dic_name parent_code create_time operate_time",
  base_province: "id name region_id area_code iso_code iso_3166_2",
  base_region: "id region_name",
  base_trademark: "id tm_name",
  coupon_info:
    "id coupon_name coupon_type condition_amount condition_num activity_id benefit_amount benefit_discount create_time range_type limit_num taken_count start_time end_time operate_time expire_time range_desc",
  coupon_range: "id coupon_id range_type range_id",
  financial_sku_cost: "id sku_id sku_name busi_date is_lastest sku_cost create_time",
  sku_info: "id spu_id price sku_name sku_desc weight tm_id category3_id sku_default_img is_sale create_time",
  spu_info: "id spu_name description category3_id tm_id",
  user_info: "id login_name name user_level birthday gender create_time operate_time",
};

const FACTS: readonly (readonly [table: string, types: string, topic: string, columns: string])[] = [
  ["order_info", "insert", "dwd_order_info", ORDER_INFO],
  ["order_info", "update", "dwd_order_info_update", ORDER_INFO],
  [
    "order_detail",
    "insert",
    "dwd_order_detail",
    "id order_id sku_id sku_name order_price sku_num create_time source_type source_id split_activity_amount split_coupon_amount split_total_amount",
  ],
  [
    "order_detail_activity",
    "insert",
    "dwd_order_detail_activity",
    "id order_id order_detail_id activity_id activity_rule_id sku_id create_time",
  ],
  ["order_detail_coupon", "insert", "dwd_order_detail_coupon", "id order_id order_detail_id coupon_id coupon_use_id sku_id create_time"],
  [
    "payment_info",
    "insert update",
    "dwd_payment_info",
    "id out_trade_no order_id user_id payment_type trade_no total_amount subject payment_status create_time callback_time callback_content",
  ],
  [
    "refund_payment",
    "insert update",
    "dwd_refund_payment",
    "id out_trade_no order_id sku_id payment_type trade_no total_amount subject refund_status create_time callback_time callback_content",
  ],
  [
    "order_refund_info",
    "insert",
    "dwd_order_refund_info",
    "id user_id order_id sku_id refund_type refund_num refund_amount refund_reason_type refund_reason_txt refund_status create_time",
  ],
  [
    "cart_info",
    "insert",
    "dwd_cart_info",
    "id user_id sku_id cart_price sku_num img_url sku_name is_checked create_time operate_time is_ordered order_time source_type source_id",
  ],
  ["favor_info", "insert", "dwd_favor_info", "id user_id sku_id spu_id is_cancel create_time cancel_time"],
  [
    "comment_info",
    "insert",
    "dwd_comment_info",
    "id user_id nick_name head_img sku_id spu_id order_id appraise comment_txt create_time operate_time",
  ],
  [
    "coupon_use",
    "insert update",
    "dwd_coupon_use",
    "id coupon_id user_id order_id coupon_status get_type get_time using_time used_time expire_time",
  ],
];

export const TABLE_PROCESS: readonly Rule[] = [
  ...Object.entries(DIMENSIONS).flatMap(([table, columns]) =>
    (["insert", "update"] as const).map(
      (operate_type): Rule => ({
        source_table: table,
        operate_type,
        sink_type: "hbase",
        sink_table: `dim_${table}`,
        sink_columns: columns.split(" "),
        sink_pk: table === "base_dic" ? "dic_code" : "id",
      }),
    ),
  ),
  ...FACTS.flatMap(([table, types, topic, columns]) =>
    (types.split(" ") as Rule["operate_type"][]).map(
      (operate_type): Rule => ({
        source_table: table,
        operate_type,
        sink_type: "kafka",
        sink_table: topic,
        sink_columns: columns.split(" "),
      }),
    ),
  ),
];
