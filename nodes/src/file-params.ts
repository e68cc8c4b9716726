/** Params that the file nodes have in common. */
import { paramMeta } from "@millrace/engine/node";
import { z } from "zod";

export function pathParam() {
  return z
    .string()
    .min(1)
    .max(1_000)
    .register(paramMeta, {
      title: { en: "File", zh: "文件" },
      description: {
        en: "A path below the connection's folder: without a connection, `files` in the data folder.",
        zh: "连接文件夹下的路径；未指定连接时为数据文件夹中的 `files`。",
      },
      kind: "file",
      examples: ["logs/app.jsonl"],
    });
}

export function fileFormatParam() {
  return z
    .enum(["json", "csv", "text"])
    .default("json")
    .register(paramMeta, {
      title: { en: "Format", zh: "格式" },
      description: {
        en: "One JSON object a line (JSONL), CSV, or lines of text: one field `text`.",
        zh: "每行一个 JSON 对象（JSONL）、CSV，或文本行：单个字段 `text`。",
      },
      options: { json: { en: "JSON lines", zh: "JSON 行" }, csv: { en: "CSV", zh: "CSV" }, text: { en: "Lines of text", zh: "文本行" } },
    });
}

export function separatorParam() {
  return z
    .string()
    .refine((text) => /^[\t !#-~]$/.test(text), {
      params: { expected: { en: "one ASCII character other than a quote", zh: "一个 ASCII 字符（引号除外）" } },
    })
    .default(",")
    .register(paramMeta, {
      title: { en: "Separator", zh: "分隔符" },
      description: { en: "Between the fields of a CSV line.", zh: "CSV 行中字段之间的分隔符。" },
      examples: [",", ";", "\t"],
      advanced: true,
    });
}

export function headerParam() {
  return z
    .boolean()
    .default(true)
    .register(paramMeta, {
      title: { en: "Header line", zh: "标题行" },
      description: { en: "The first line of a CSV file names the fields.", zh: "CSV 文件的第一行是字段名。" },
      advanced: true,
    });
}
