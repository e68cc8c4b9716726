/** One file as one split that ends; its position is where the next record begins. */
import { csvHeader } from "@millrace/engine/codec";
import type { FileReader, FileStore, Position, Source, SourceContext, SplitReader } from "@millrace/engine/node";
import type { Schema } from "@millrace/engine/schema";
import { ConnectionError, quote } from "../connections/connection-error.ts";
import type { FileSourceParams } from "./spec.ts";

export function createSource({ path, format, separator, header }: FileSourceParams, { connection, schema }: SourceContext): Source {
  const files = connection as FileStore;
  const split = { id: path, origin: path, bounded: true };
  return {
    splits: async () => [split],
    async open(_, position) {
      const start = { byte: Number(position?.byte ?? 0), line: Number(position?.line ?? 0) };
      const reader = await files.openReader(path, start, format === "csv" ? { csv: { separator } } : {});
      try {
        if (format === "csv" && header && start.byte === 0) await passHeader(reader, path, separator, schema);
      } catch (error) {
        await reader.close();
        throw error;
      }
      return splitReader(reader);
    },
    expects: () => ({ en: `reads the file ${path}`, zh: `读取文件 ${path}` }),
    close: async () => {},
  };
}

function splitReader(reader: FileReader): SplitReader {
  return {
    read: (maxRecords) => reader.read(maxRecords),
    position: (): Position => ({ byte: reader.byte, line: reader.line }),
    close: () => reader.close(),
  };
}

/** Columns are read by their order, so a header that names others would put values into the wrong fields. */
async function passHeader(reader: FileReader, path: string, separator: string, schema: Schema | undefined): Promise<void> {
  const first = (await reader.read(1))?.bytes(0);
  if (!first || !schema) return;
  const found = Buffer.from(first.bytes.subarray(first.start, first.end)).toString("utf8");
  const expected = csvHeader(schema, separator);
  if (names(found, separator) === names(expected, separator)) return;
  throw new ConnectionError("files.other-header", {
    en: `The first line of ${quote(path)} is ${quote(found)}, but the schema's columns are ${quote(expected)}. Put the schema's fields in the order of the file, or turn the header line off.`,
    zh: `${quote(path)} 的首行是 ${quote(found)}，而模式的列为 ${quote(expected)}。请按文件顺序排列模式的字段，或关闭标题行选项。`,
  });
}

/** Names may be quoted or not, whatever is in them. */
function names(header: string, separator: string): string {
  return header
    .split(separator)
    .map((name) => name.trim().replace(/^"(.*)"$/, "$1"))
    .join(separator);
}
