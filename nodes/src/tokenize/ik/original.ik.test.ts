/** Holds the tokenizer to the Java original. */
import { segmentByOriginal } from "@millrace/services/ik";
import fc from "fast-check";
import { expect, it } from "vitest";
import { segment } from "./segment.ts";

/** Names of the gmall shop's products, and what its data has none of: numerals, measure words, full width, other scripts, connectors. */
const NAMES = [
  "小米10",
  "Redmi 10X",
  "Apple iPhone 12",
  "HUAWEI P40",
  "TCL巨幕私人影院电视 4K超高清 AI智慧屏  液晶平板电视机",
  "小米电视 内置小爱 智能网络液晶平板教育电视",
  "十月稻田 长粒香大米 东北大米 东北香米 5kg",
  "金沙河面条 原味银丝挂面 龙须面 方便速食拉面 清汤面 900g",
  "索芙特i-Softto 口红不掉色唇膏保湿滋润 璀璨金钻哑光唇膏 Z02 少女红",
  "CAREMiLLE珂曼奶油小方口红 雾面滋润保湿持久丝缎唇膏 M02 干玫瑰",
  "香奈儿（Chanel）女士香水5号香水 粉邂逅柔情淡香水EDT",
  "华为智慧屏 4K全面屏智能电视机",
  "一二三年3千克八百万只5.5克1,000元２０２１年　Ａ股　カタカナひらがな한국어𠀀é#&+-.@_,",
  "中华人民共和国国歌研究生命起源的科学家们一九九八年代",
];

const piece = fc
  .tuple(fc.constantFrom(...NAMES), fc.nat(40), fc.integer({ min: 1, max: 12 }))
  .map(([name, from, length]) => name.slice(from % name.length, (from % name.length) + length));
const texts = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(""));

it("gives what IK Analyzer gives, for 10,000 texts in both modes", async () => {
  const asked = [...NAMES, ...fc.sample(texts, { numRuns: 10_000, seed: 20_820 })];
  const original = await segmentByOriginal(asked);
  const ours = asked.map((text) => ({ smart: segment(text, "smart"), maxWord: segment(text, "max-word") }));
  for (const [i, text] of asked.entries()) expect({ text, ...ours[i] }).toEqual({ text, ...original[i] });
});
