import type { RoomWords } from "../i18n/room-words.ts";

export const words = {
  liveChosen: { en: "{{kept}} match ({{percent}} %), {{others}} do not", zh: "匹配 {{kept}}（{{percent}}%），不匹配 {{others}}" },
  liveError: { en: "Error", zh: "错误" },
  liveErrors: { en: "{{percent}} % errors", zh: "错误 {{percent}}%" },
  liveFailure: { en: "The value could not be worked out: {{message}}", zh: "无法求值：{{message}}" },
  liveFewer: { en: "Fewer values", zh: "收起求值结果" },
  liveGone: {
    en: "The designer was built anew under this page. Load the page again to see values.",
    zh: "设计器已重新构建。请重新载入页面以查看求值结果。",
  },
  liveKept: { en: "{{kept}} kept ({{percent}} %), {{others}} dropped", zh: "保留 {{kept}}（{{percent}}%），丢弃 {{others}}" },
  liveLabel_one: { en: "Values for {{count}} record", zh: "{{count}} 条记录的求值结果" },
  liveLabel_other: { en: "Values for {{count}} records", zh: "{{count}} 条记录的求值结果" },
  liveMore: { en: "More values", zh: "展开求值结果" },
  liveNoInput: { en: "Connect an input to see values.", zh: "连接输入后可查看求值结果。" },
  liveNoSamples: {
    en: "No record has passed here, and the sources hold none to try the draft on. Values appear with the first.",
    zh: "此处尚无记录经过，数据源中也没有可供试算草稿的记录；有记录后显示求值结果。",
  },
  liveNulls: { en: "{{percent}} % NULL", zh: "NULL {{percent}}%" },
  livePassed_one: { en: "{{shown}} record", zh: "{{shown}} 条记录" },
  livePassed_other: { en: "{{shown}} records", zh: "{{shown}} 条记录" },
  livePassedHelp: { en: "Records that passed here in the run", zh: "运行中经过此处的记录" },
  liveTimeout: {
    en: "No value within 2 seconds on these records. A pattern that can match in very many ways is the usual cause.",
    zh: "对这些记录求值超过 2 秒。常见原因是正则表达式的匹配方式过多。",
  },
  liveTried_one: { en: "{{shown}} record, tried", zh: "试算 {{shown}} 条记录" },
  liveTried_other: { en: "{{shown}} records, tried", zh: "试算 {{shown}} 条记录" },
  liveTriedHelp: {
    en: "What the draft gives here when it is tried on records of its sources, with sinks off",
    zh: "在不写出的情况下，以数据源的记录试算草稿在此处的输出",
  },
  liveTrying: { en: "Trying the draft on records of its sources …", zh: "正在以数据源的记录试算草稿…" },
  liveUnread: {
    en: "No record to try this on: {{name}} could not be read. {{reason}}",
    zh: "没有可供试算的记录：无法读取 {{name}}。{{reason}}",
  },
  liveUpstreamWrong: {
    en: "No value: what is before this has an error. {{name}}: {{problem}}",
    zh: "无法求值：上游有错误。{{name}}：{{problem}}",
  },
  liveOverRows: { en: "It has a value for several rows together: a test shows it.", zh: "其值取决于多行：可用测试查看。" },
  liveWrong: { en: "Values appear once the problem is mended.", zh: "修正问题后显示求值结果。" },
} as const satisfies RoomWords;
