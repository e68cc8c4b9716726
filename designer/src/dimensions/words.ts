import type { RoomWords } from "../i18n/room-words.ts";

export const words = {
  builtIn: { en: "Built-in tables", zh: "内置维表" },
  columns: { en: "Columns: {{columns}}", zh: "列：{{columns}}" },
  key: { en: "Key", zh: "key" },
  keyColumn: { en: "found by {{key}}", zh: "按 {{key}} 查找" },
  keyPrefix: { en: "Keys that begin with …", zh: "key 前缀…" },
  more: { en: "Read on", zh: "继续读取" },
  noRows: { en: "No row is there.", zh: "没有数据行。" },
  noTables: {
    en: "No dimension table yet. A dimension sink makes one by writing to it.",
    zh: "还没有维表。维表输出节点写入时自动创建。",
  },
  reading: { en: "Reading …", zh: "正在读取…" },
  refresh: { en: "Read again", zh: "刷新" },
  row: { en: "Row", zh: "数据行" },
  rowCount_one: { en: "{{total}} row", zh: "{{total}} 行" },
  rowCount_other: { en: "{{total}} rows", zh: "{{total}} 行" },
  tables: { en: "Dimension tables", zh: "维表" },
} satisfies RoomWords;
