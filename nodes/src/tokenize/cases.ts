import { type NodeCase, row } from "@millrace/engine/node";

const failed = (message: string, text: string) => ({ value: { node: "node", code: "tokenize.too-long", message, text } });

export const cases: readonly NodeCase[] = [
  {
    name: "parts Chinese into words that do not overlap, with the row",
    params: { text: "item", as: "keyword" },
    inputs: { in: "item STRING, ts BIGINT" },
    steps: [row(5, { item: "香奈儿（Chanel）女士香水5号香水", ts: 5 })],
    emits: ["香", "奈", "儿", "chanel", "女士香水", "5号", "香水"].map((keyword) => [
      "out",
      { item: "香奈儿（Chanel）女士香水5号香水", ts: 5, keyword },
      5,
    ]),
  },
  {
    name: "gives every word that is in the text",
    params: { text: "item", by: { method: "chinese", mode: "max-word" } },
    steps: [{ ...row(5, { item: "液晶平板电视" }), expect: { counters: { out: 4 } } }],
    emits: ["液晶", "平板电视", "平板", "电视"].map((word) => ["out", { item: "液晶平板电视", word }]),
  },
  {
    name: "says each word's place, and gives a word that stands twice twice",
    params: { text: "CONCAT(a, b)", as: "word", position: "place" },
    steps: [row(5, { a: "唇膏", b: " 口红 唇膏" })],
    emits: ["唇膏", "口红", "唇膏"].map((word, i) => ["out", { a: "唇膏", b: " 口红 唇膏", word, place: i + 1 }]),
  },
  {
    name: "leaves out single letters and numbers when asked",
    params: { text: "UPPER(t)", skip: ["single", "digits"] },
    inputs: { in: "t STRING" },
    steps: [row(5, { t: "雾面 2024 苹果12手机 5号" })],
    emits: ["苹果", "12", "手机", "5号"].filter((word) => word !== "12").map((word) => ["out", { t: "雾面 2024 苹果12手机 5号", word }]),
  },
  {
    name: "drops rows without words, and counts them",
    params: { text: "t" },
    inputs: { in: "t STRING" },
    steps: [
      { ...row(5, { t: null }), expect: { rows: { out: [] } } },
      { ...row(6, { t: "，。 （）" }), expect: { rows: { out: [] }, counters: { "dropped.empty": 2 } } },
    ],
    emits: [],
  },
  {
    name: "keeps rows without words when asked, once",
    params: { text: "t", whenEmpty: "keep", position: "n" },
    inputs: { in: "t STRING" },
    steps: [row(5, { t: null }), row(6, { t: "" }), row(7, { t: "电视" })],
    emits: [
      ["out", { t: null, word: null, n: null }],
      ["out", { t: "", word: null, n: null }],
      ["out", { t: "电视", word: "电视", n: 1 }],
    ],
  },
  {
    name: "parts by a separator, and keeps the letters' case",
    params: { text: "tags", by: { method: "separator", separator: "\\s*[,，]\\s*" } },
    steps: [row(5, { tags: "Hot, NEW，,on sale" })],
    emits: ["Hot", "NEW", "on sale"].map((word) => ["out", { tags: "Hot, NEW，,on sale", word }]),
  },
  {
    name: "keeps the kind of a row that is taken back",
    params: { text: "t" },
    inputs: { in: "t STRING" },
    steps: [
      {
        rows: { in: [{ value: { t: "小米盒子" }, time: 5, kind: "-D" }] },
        expect: {
          rows: {
            out: [
              { value: { t: "小米盒子", word: "小米" }, time: 5, kind: "-D" },
              { value: { t: "小米盒子", word: "盒子" }, time: 5, kind: "-D" },
            ],
          },
          ordered: true,
        },
      },
    ],
  },
  {
    name: "takes a text of the greatest length, and sends a longer one to the error port",
    params: { text: "t", longest: 3 },
    inputs: { in: "t STRING" },
    steps: [
      { ...row(5, { t: "abc" }), expect: { rows: { out: [{ value: { t: "abc", word: "abc" } }] } } },
      {
        ...row(6, { t: "abcd" }),
        expect: {
          rows: {
            out: [],
            error: [failed('The text has 4 letters; at most 3 are taken. Raise "Longest text", or shorten it with LEFT.', '{"t":"abcd"}')],
          },
        },
      },
    ],
  },
  {
    name: "refuses a text that is a number",
    params: { text: "n" },
    inputs: { in: "n BIGINT" },
    invalid: 'text: field "n": expected STRING, got BIGINT. Choose another field or convert it first.',
  },
  {
    name: "refuses a separator that is no regular expression",
    params: { text: "t", by: { method: "separator", separator: "(" } },
    inputs: { in: "t STRING" },
    invalid: 'by.separator: "(" is no regular expression: missing closing ): `(`. Put a \\ before characters that stand for themselves.',
  },
  {
    name: "refuses a field inside of what is no row",
    params: { text: "t", as: "t.word" },
    inputs: { in: "t STRING" },
    invalid: 'as: "t.word" goes through a field that is not a row. Choose another name.',
  },
];
