import type { RoomWords } from "../i18n/room-words.ts";

export const words = {
  title: { en: "Node types", zh: "节点库" },
  search: { en: "Search node types", zh: "搜索节点类型" },
  hint: {
    en: "Drag one onto the canvas or into an edge; Enter adds it behind the selected node.",
    zh: "拖到画布或连线上；按回车添加到所选节点之后。",
  },
  nothing: { en: "No node type is called so.", zh: "没有匹配的节点类型。" },
  "category.source": { en: "Sources", zh: "数据源" },
  "category.transform": { en: "Transform", zh: "转换" },
  "category.route": { en: "Route", zh: "分流与合流" },
  "category.aggregate": { en: "Aggregate", zh: "聚合" },
  "category.join": { en: "Join", zh: "关联" },
  "category.sink": { en: "Sinks", zh: "输出" },
  "category.fragment": { en: "Fragments", zh: "片段" },
} as const satisfies RoomWords;
