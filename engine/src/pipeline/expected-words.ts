/** What a value should have been, by a name that a `Problem`'s arguments can carry. */
import type { Words } from "../node/spec.ts";

export const EXPECTED_WORDS = {
  string: { en: "text", zh: "文本" },
  number: { en: "a number", zh: "数字" },
  int: { en: "a whole number", zh: "整数" },
  integer: { en: "a whole number", zh: "整数" },
  expression: { en: "one whole expression", zh: "一个完整的表达式" },
  condition: { en: "one whole condition", zh: "一个完整的条件" },
  field: { en: "the name of a field, nested ones with dots", zh: "字段名，嵌套字段用点连接" },
  boolean: { en: "true or false", zh: "true 或 false" },
  array: { en: "a list", zh: "列表" },
  object: { en: "an object", zh: "对象" },
  null: { en: "null", zh: "null" },
  "non-empty": { en: "text that is not empty", zh: "非空文本" },
  "non-empty-list": { en: "a list with at least one entry", zh: "至少有一项的列表" },
  duration: { en: "a length of time", zh: "时长" },
  "duration-above-zero": { en: "a length of time above zero", zh: "大于零的时长" },
  id: {
    en: "an id of at most 64 characters: a small letter, then small letters, digits, - or _",
    zh: "至多 64 个字符的 id：以小写字母开头，其后为小写字母、数字、- 或 _",
  },
  "port-ref": { en: 'a port as "node.port"', zh: "形如 “节点.端口” 的端口" },
  "parameter-name": {
    en: "a name of at most 64 characters: a small letter, then letters, digits or _",
    zh: "至多 64 个字符的名称：以小写字母开头，其后为字母、数字或 _",
  },
  json: { en: "a JSON value", zh: "JSON 值" },
  "time-zone": { en: "an IANA time zone", zh: "IANA 时区" },
  valid: { en: "another value", zh: "其他值" },
} as const satisfies Record<string, Words>;

export type Expected = keyof typeof EXPECTED_WORDS;
