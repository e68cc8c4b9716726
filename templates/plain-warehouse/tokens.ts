/** What IK's smart mode makes of the search words and the names of SPUs: a table, so that no tokenizer is needed. */

const TOKENS: Readonly<Record<string, string>> = {
  图书: "图书",
  小米: "小米",
  iphone11: "iphone11",
  电视: "电视",
  口红: "口红",
  ps5: "ps5",
  苹果手机: "苹果 手机",
  小米盒子: "小米 盒子",
  尚硅谷大数据数仓: "尚 硅谷 大 数据 数 仓",
  小米10: "小米 10",
  "Redmi 10X": "redmi 10x",
  "Apple iPhone 12": "apple iphone 12",
  "HUAWEI P40": "huawei p40",
  "TCL巨幕私人影院电视 4K超高清 AI智慧屏  液晶平板电视机": "tcl 巨 幕 私人 影院 电视 4k 超 高清 ai 智慧 屏 液晶 平板 电视机",
  "小米电视 内置小爱 智能网络液晶平板教育电视": "小米 电视 内置 小 爱 智能 网络 液晶 平板 教育 电视",
  "十月稻田 长粒香大米 东北大米 东北香米 5kg": "十月 稻田 长 粒 香 大米 东北 大米 东北 香米 5kg",
  "金沙河面条 原味银丝挂面 龙须面 方便速食拉面 清汤面 900g": "金沙 河 面条 原 味 银丝 挂面 龙须面 方便 速食 拉面 清 汤面 900g",
  "索芙特i-Softto 口红不掉色唇膏保湿滋润 璀璨金钻哑光唇膏": "索 芙 特 i-softto 口红 不 掉色 唇膏 保湿 滋润 璀璨 金 钻 哑 光 唇膏",
  "CAREMiLLE珂曼奶油小方口红 雾面滋润保湿持久丝缎唇膏": "caremille 珂 曼 奶油 小方 口红 雾 面 滋润 保湿 持久 丝 缎 唇膏",
  "香奈儿（Chanel）女士香水5号香水 粉邂逅柔情淡香水EDT": "香 奈 儿 chanel 女士香水 5号 香水 粉 邂逅 柔情 淡 香水 edt",
  "华为智慧屏 4K全面屏智能电视机": "华为 智慧 屏 4k 全面 屏 智能 电视机",
};

export function tokensOf(text: string): readonly string[] {
  const tokens = TOKENS[text];
  if (tokens === undefined) throw new Error(`the table of tokens lacks ${JSON.stringify(text)}`);
  return tokens === "" ? [] : tokens.split(" ");
}
