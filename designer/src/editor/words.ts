import type { RoomWords } from "../i18n/room-words.ts";

export const words = {
  liveChosen: { en: "{{chosen}} match, {{others}} do not", zh: "匹配 {{chosen}}，不匹配 {{others}}" },
  liveError: { en: "Error", zh: "错误" },
  liveErrors: { en: "{{percent}} % errors", zh: "错误 {{percent}}%" },
  liveFailure: { en: "The value could not be worked out: {{message}}", zh: "无法求值：{{message}}" },
  liveFewer: { en: "Fewer values", zh: "收起求值结果" },
  liveGone: {
    en: "The designer was built anew under this page. Load the page again to see values.",
    zh: "设计器已重新构建。请重新载入页面以查看求值结果。",
  },
  liveKept: { en: "{{kept}} kept, {{dropped}} dropped", zh: "保留 {{kept}}，丢弃 {{dropped}}" },
  liveLabel_one: { en: "Values for {{count}} record", zh: "{{count}} 条记录的求值结果" },
  liveLabel_other: { en: "Values for {{count}} records", zh: "{{count}} 条记录的求值结果" },
  liveMore: { en: "More values", zh: "展开求值结果" },
  liveNoInput: { en: "Connect an input to see values.", zh: "连接输入后可查看求值结果。" },
  liveNoSamples: { en: "No record has passed here yet; values appear with the first.", zh: "此处尚无记录经过；有记录后显示求值结果。" },
  liveNulls: { en: "{{percent}} % NULL", zh: "NULL {{percent}}%" },
  liveTimeout: {
    en: "No value within 2 seconds on these records. A pattern that can match in very many ways is the usual cause.",
    zh: "对这些记录求值超过 2 秒。常见原因是正则表达式的匹配方式过多。",
  },
} as const satisfies RoomWords;
