/** Rows as they go to their targets: written as JSON and read again, so that they are records, with every column digit for digit as it came. */
import { ByteWriter, codecOf, type Member, objectMembers, skipSpace } from "@millrace/engine/codec";
import { type ByteRange, type Row, RowError } from "@millrace/engine/node";
import type { Schema } from "@millrace/engine/schema";
import { quote } from "../field-types.ts";
import type { Rule } from "./rule.ts";

const JSON_FORMAT = { name: "json" } as const;
const OPEN_OBJECT = 0x7b;
const QUOTE = 0x22;
const NULL = 0x6e;
/** What is added to a row, and what takes the place of another. */
const OWN = ["target", "key", "definition", "data"];

export type Columns = ReadonlyMap<string, Member>;

/** A change with its columns, as they stand in its text. Valid until the next one is opened. */
export interface OpenChange {
  readonly bytes: Uint8Array;
  readonly members: readonly Member[];
  /** Of a change without a row: none. */
  readonly data: Columns;
  readonly old: Columns;
}

export interface RoutedRows {
  open(row: Row): OpenChange;
  /** The row with these columns alone, those that are NULL left out; `type`: in place of its own. */
  routed(change: OpenChange, rule: Rule, key: string | null, type?: string): Row;
  /** One that only has the rule's target made. */
  making(rule: Rule, key: readonly string[]): Row;
}

export function routedRows(input: Schema, output: Schema): RoutedRows {
  const encoder = codecOf(JSON_FORMAT).encoder(input, JSON_FORMAT);
  const decoder = codecOf(JSON_FORMAT).decoder(output, true, JSON_FORMAT);
  const writer = new ByteWriter();

  /** In bytes of its own, as rows keep them. */
  function finish(): Row {
    const { bytes, start, end } = writer.take();
    return decoder.decode({ bytes: bytes.slice(start, end), start: 0, end: end - start });
  }

  return {
    open(row) {
      const { bytes, start }: ByteRange = encoder.encode(row);
      const members = objectMembers(bytes, skipSpace(bytes, start));
      return { bytes, members, data: columnsOf(bytes, members, "data"), old: columnsOf(bytes, members, "old") };
    },
    routed({ bytes, members, data }, { target, columns }, key, type) {
      writer.begin();
      writer.text(`{"target":${JSON.stringify(target)}`);
      if (key !== null) writer.text(`,"key":${JSON.stringify(key)}`);
      for (const { name, start, end } of members) {
        if (OWN.includes(name)) continue;
        writer.text(`,${JSON.stringify(name)}:`);
        if (name === "type" && type !== undefined) writer.text(JSON.stringify(type));
        else writer.copy(bytes, start, end);
      }
      writer.text(',"data":');
      let separator = "{";
      for (const [name, { start, end }] of data) {
        if (bytes[start] === NULL || (columns !== undefined && !columns.includes(name))) continue;
        writer.text(`${separator}${JSON.stringify(name)}:`);
        writer.copy(bytes, start, end);
        separator = ",";
      }
      writer.text(separator === "{" ? "{}}" : "}}");
      return finish();
    },
    making({ table, target, columns, extend }, key) {
      const definition = { ...(columns && { columns }), key: key.join(","), ...(extend !== undefined && { extend }) };
      writer.begin();
      writer.text(JSON.stringify({ target, table, type: "create", definition }));
      return finish();
    },
  };
}

function columnsOf(bytes: Uint8Array, members: readonly Member[], name: string): Columns {
  const member = members.find((one) => one.name === name);
  if (member === undefined || bytes[member.start] !== OPEN_OBJECT) return new Map();
  return new Map(objectMembers(bytes, member.start).map((column) => [column.name, column]));
}

/** The key's text; null where one of its columns is NULL or not there. Several are joined as `CONCAT_WS('|', …)` does. */
export function keyIn({ bytes }: OpenChange, columns: readonly string[], ...rows: readonly Columns[]): string | null {
  const texts: string[] = [];
  for (const name of columns) {
    const column = rows.find((row) => row.has(name))?.get(name);
    if (column === undefined || bytes[column.start] === NULL) return null;
    const json = new TextDecoder().decode(bytes.subarray(column.start, column.end));
    if (json.startsWith("{") || json.startsWith("[")) throw notAKey(name, json);
    texts.push(bytes[column.start] === QUOTE ? (JSON.parse(json) as string) : json);
  }
  return texts.join("|");
}

function notAKey(name: string, json: string): RowError {
  return new RowError("dynamic-split.bad-key", {
    en: `The key's column ${quote(name)} is ${quote(json)}; expected text or a number. Correct the rule's sink_pk.`,
    zh: `主键列 ${quote(name)} 为 ${quote(json)}；应为文本或数字。请更正规则的 sink_pk。`,
  });
}
