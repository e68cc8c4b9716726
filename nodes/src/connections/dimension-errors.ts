/** What all drivers of role "dimension" refuse alike. */
import { MAX_DIMENSION_KEY } from "@millrace/engine/node";
import { isTableName } from "../table-name.ts";
import { ConnectionError, quote } from "./connection-error.ts";

export function badDimensionKey(key: string): ConnectionError {
  const length = Buffer.byteLength(key);
  return new ConnectionError("dimension.bad-key", {
    en: `The key ${quote(key)} has ${length} bytes; expected 1 to ${MAX_DIMENSION_KEY}.`,
    zh: `key ${quote(key)} 的长度为 ${length} 字节；应为 1 到 ${MAX_DIMENSION_KEY} 字节。`,
  });
}

export function badTableName(name: string): ConnectionError {
  return new ConnectionError("dimension.bad-table", {
    en: `${quote(name)} cannot be a dimension table's name; expected a letter, then letters, digits, underscores, dots and colons, 128 at most.`,
    zh: `${quote(name)} 不能作为维表名；应以字母开头，其后为字母、数字、下划线、点或冒号，至多 128 个字符。`,
  });
}

export function checkTableName(name: string): void {
  if (!isTableName(name)) throw badTableName(name);
}
