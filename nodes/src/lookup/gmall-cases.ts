/** The warehouse's wide order, looked up step by step: province and SKU of section 8's order 1001. */
import type { NodeCase } from "@millrace/engine/node";

const wide = { detail_id: 5002, order_id: 1001, sku_id: 26, sku_name: "from the detail", province_id: 1 };

export const gmallCases: readonly NodeCase[] = [
  {
    name: "order wide (订单宽表): the province of its order",
    params: {
      table: "DIM_BASE_PROVINCE",
      key: "province_id",
      schema: "NAME STRING, AREA_CODE STRING, ISO_CODE STRING, ISO_3166_2 STRING",
      order: "unordered",
      fields: [
        { name: "province_name", field: "NAME" },
        { name: "province_area_code", field: "AREA_CODE" },
        { name: "province_iso_code", field: "ISO_CODE" },
        { name: "province_3166_2_code", field: "ISO_3166_2" },
      ],
    },
    inputs: { in: "detail_id BIGINT, order_id BIGINT, sku_id BIGINT, sku_name STRING, province_id BIGINT" },
    steps: [
      { answers: { lookup: { rows: { 1: { ID: "1", NAME: "北京", AREA_CODE: "110000", ISO_CODE: "CN-11", ISO_3166_2: "CN-BJ" } } } } },
      {
        rows: { in: [{ value: wide }] },
        expect: {
          rows: {
            out: [
              {
                value: {
                  ...wide,
                  province_name: "北京",
                  province_area_code: "110000",
                  province_iso_code: "CN-11",
                  province_3166_2_code: "CN-BJ",
                },
              },
            ],
          },
        },
      },
    ],
  },
  {
    name: "order wide (订单宽表): the SKU's name takes the place of the detail's, and its keys lead further",
    params: {
      table: "DIM_SKU_INFO",
      key: "sku_id",
      schema: "SKU_NAME STRING, SPU_ID STRING, CATEGORY3_ID STRING, TM_ID STRING",
      order: "unordered",
      fields: [
        { name: "sku_name", field: "SKU_NAME" },
        { name: "spu_id", field: "SPU_ID" },
        { name: "category3_id", field: "CATEGORY3_ID" },
        { name: "tm_id", field: "TM_ID" },
      ],
    },
    inputs: { in: "detail_id BIGINT, order_id BIGINT, sku_id BIGINT, sku_name STRING, province_id BIGINT" },
    steps: [
      { answers: { lookup: { rows: { 26: { SKU_NAME: "索芙特 Y01 复古红", SPU_ID: "9", CATEGORY3_ID: "477", TM_ID: "8" } }, delay: 20 } } },
      { rows: { in: [{ value: wide }] }, expect: { rows: { out: [] } } },
      {
        clock: 20,
        expect: { rows: { out: [{ value: { ...wide, sku_name: "索芙特 Y01 复古红", spu_id: "9", category3_id: "477", tm_id: "8" } }] } },
      },
    ],
  },
];
