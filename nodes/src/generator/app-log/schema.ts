import type { DataType, Field, Schema } from "@millrace/engine/schema";

const STRING: DataType = { type: "STRING" };
const INT: DataType = { type: "INT" };
const BIGINT: DataType = { type: "BIGINT" };

const open = (fields: Readonly<Record<string, DataType>>): Schema => ({
  type: "ROW",
  fields: Object.entries(fields).map(([name, dataType]): Field => ({ name, dataType })),
  open: true,
});
const texts = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, STRING]));

/** An app log: a start log has `start` and no `page`, a page log the other way round. Members without a value are left out. */
export const APP_LOG_SCHEMA: Schema = open({
  common: open(texts("ar", "ba", "ch", "is_new", "md", "mid", "os", "uid", "vc")),
  start: open({ entry: STRING, loading_time: BIGINT, open_ad_id: BIGINT, open_ad_ms: BIGINT, open_ad_skip_ms: BIGINT }),
  page: open({ during_time: BIGINT, ...texts("item", "item_type", "last_page_id", "page_id", "source_type") }),
  displays: { type: "ARRAY", element: open({ ...texts("display_type", "item", "item_type"), order: INT, pos_id: INT }) },
  actions: { type: "ARRAY", element: open({ ...texts("action_id", "item", "item_type"), ts: BIGINT }) },
  err: open({ error_code: INT, msg: STRING }),
  ts: BIGINT,
});
