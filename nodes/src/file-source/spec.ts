import { defineSpec } from "@millrace/engine/node";
import { z } from "zod";
import { words } from "../field-types.ts";
import { fileFormatParam, headerParam, pathParam, separatorParam } from "../file-params.ts";
import { connectionParam, schemaParam } from "../io-params.ts";
import { sourceSchema } from "../source-schema.ts";

const params = z.strictObject({
  path: pathParam(),
  format: fileFormatParam(),
  schema: schemaParam(),
  separator: separatorParam(),
  header: headerParam(),
  connection: connectionParam(),
});

export type FileSourceParams = z.output<typeof params>;

export const spec = defineSpec<FileSourceParams>({
  type: "file-source",
  title: { en: "File source", zh: "文件数据源" },
  summary: { en: "Reads the records of a file, to its end.", zh: "读取文件中的记录，直到文件末尾。" },
  category: "source",
  keywords: ["jsonl", "csv", "text", "lines", "import", "batch", "bounded", "文件", "导入", "读取", "有界"],
  params,
  inputs: {},
  outputs: { out: { en: "The records, in the order of the file.", zh: "记录，按文件中的顺序。" } },
  connection: "files",
  inferSchema(context) {
    const { format, schema } = context.params;
    if (format === "csv" && schema === undefined)
      context.problem(
        words(
          ["schema"],
          'A CSV file\'s columns have no types of their own. Name a schema, or write its columns: "mid STRING, ts BIGINT".',
          "CSV 文件的列没有类型。请填写模式名称，或写出各列：“mid STRING, ts BIGINT”。",
        ),
      );
    return { out: sourceSchema(context) };
  },
  format: ({ format, separator, header }) => ({ name: format, separator, header }),
  cardLine: ({ path }) => path,
  targets: ({ path }) => [{ kind: "file", name: path }],
});
