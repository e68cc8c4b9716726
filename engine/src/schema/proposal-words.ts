/** The words of what `propose.ts` says of a field. */
import type { Words } from "../node/spec.ts";
import type { ProposalNote } from "./propose.ts";

const KIND: Readonly<Record<string, Words>> = {
  boolean: { en: "truth value", zh: "布尔值" },
  number: { en: "number", zh: "数字" },
  text: { en: "text", zh: "文本" },
  object: { en: "object", zh: "对象" },
  array: { en: "array", zh: "数组" },
};

const WORDS: Readonly<Record<Exclude<ProposalNote["code"], "mixed" | "epoch" | "map" | "time-text">, Words>> = {
  "no-value": {
    en: "No record has a value here, so the type is not known. Write it, or remove the field.",
    zh: "没有记录在此处有值，类型未知。请写明类型或删除该字段。",
  },
  few: { en: "Few records have a value here.", zh: "此处有值的记录很少。" },
  "small-numbers": {
    en: "All are small whole numbers. Write BIGINT where larger ones may come.",
    zh: "都是较小的整数。若可能更大，请写 BIGINT。",
  },
  decimal: {
    en: "Exact, with the digits that were seen: more digits behind the point are rounded. Write DOUBLE for measurements.",
    zh: "精确小数，位数按所见的值：更多的小数位会被舍入。测量值请写 DOUBLE。",
  },
  huge: { en: "Whole numbers beyond BIGINT.", zh: "超出 BIGINT 的整数。" },
  "number-text": {
    en: "All are numbers written as texts. They are read as numbers where the type says BIGINT or DECIMAL.",
    zh: "都是写成文本的数字。类型写 BIGINT 或 DECIMAL 时按数字读取。",
  },
  "json-text": {
    en: "All are JSON in a text. JSON_VALUE or a Parse node reads them.",
    zh: "都是文本形式的 JSON。可用 JSON_VALUE 或解析节点读取。",
  },
  deep: { en: "It is nested too deep to look at.", zh: "嵌套过深，未查看。" },
  "empty-array": { en: "All arrays are empty, so the type of their elements is not known.", zh: "数组都为空，元素类型未知。" },
};

export function proposalNoteWords(note: ProposalNote): Words {
  switch (note.code) {
    case "mixed": {
      const parts = (language: "en" | "zh") =>
        note.kinds.map(({ kind, count, example }) =>
          language === "en" ? `${count} × ${KIND[kind]?.en ?? kind} (${example})` : `${count} 个${KIND[kind]?.zh ?? kind}（${example}）`,
        );
      return { en: `Values of different types: ${parts("en").join(", ")}.`, zh: `值的类型不一致：${parts("zh").join("，")}。` };
    }
    case "epoch":
      return note.unit === "ms"
        ? {
            en: "They look like milliseconds since 1970: TO_TIMESTAMP_LTZ(field, 3) makes times of them.",
            zh: "看起来是 1970 年以来的毫秒数：TO_TIMESTAMP_LTZ(字段, 3) 可转为时间。",
          }
        : {
            en: "They look like seconds since 1970: TO_TIMESTAMP_LTZ(field, 0) makes times of them.",
            zh: "看起来是 1970 年以来的秒数：TO_TIMESTAMP_LTZ(字段, 0) 可转为时间。",
          };
    case "map":
      return {
        en: `${note.names} different names, of which each record has few: names are values here.`,
        zh: `共有 ${note.names} 个不同的名称，每条记录只有其中少数：此处名称是值。`,
      };
    case "time-text":
      return {
        en: `All texts are of the form of ${note.type}. One of another form would be refused.`,
        zh: `所有文本都是 ${note.type} 的形式。其他形式会被拒绝。`,
      };
    default:
      return WORDS[note.code];
  }
}
