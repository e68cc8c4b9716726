import { defineSpec, paramMeta } from "@millrace/engine/node";
import { z } from "zod";
import { fileFormatParam, headerParam, pathParam, separatorParam } from "../file-params.ts";
import { connectionParam, omitNullsParam } from "../io-params.ts";

const params = z.strictObject({
  path: pathParam(),
  format: fileFormatParam(),
  daily: z
    .boolean()
    .default(false)
    .register(paramMeta, {
      title: { en: "A file a day", zh: "按天滚动" },
      description: {
        en: "The day of the rows, on the clock of the pipeline's zone, stands in the name: app.log becomes app.2021-02-22.log.",
        zh: "文件名中带行的日期（流水线时区）：app.log 变为 app.2021-02-22.log。",
      },
      advanced: true,
    }),
  omitNulls: omitNullsParam(),
  separator: separatorParam(),
  header: headerParam(),
  connection: connectionParam(),
});

export type FileSinkParams = z.output<typeof params>;

export const spec = defineSpec<FileSinkParams>({
  type: "file-sink",
  title: { en: "File sink", zh: "文件输出" },
  summary: { en: "Writes rows as lines of a file, exactly once.", zh: "将行写为文件中的一行，精确一次。" },
  category: "sink",
  keywords: ["jsonl", "csv", "text", "lines", "export", "save", "文件", "导出", "写入", "保存"],
  params,
  inputs: { in: { en: "Rows to write.", zh: "要写出的行。" } },
  outputs: {},
  connection: "files",
  inferSchema: () => ({}),
  format: ({ format, omitNulls, separator, header }) => ({ name: format, omitNulls, separator, header }),
  single: true,
  delivery: "exactly-once",
  cardLine: ({ path }) => path,
  targets: ({ path }) => [{ kind: "file", name: path }],
});
