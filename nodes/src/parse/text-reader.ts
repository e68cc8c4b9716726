/** How a text gives fields, one reader per format. Readers throw `RowError` for what they cannot read. */
import { codecOf, type Decoder, valueFromText, wrongType } from "@millrace/engine/codec";
import { type OperatorContext, type Row, RowError } from "@millrace/engine/node";
import type { Field, Schema, Value } from "@millrace/engine/schema";
import { quote } from "../field-types.ts";
import { schemaOf } from "../schema-text.ts";
import { compilePattern } from "./pattern.ts";
import type { ParseParams } from "./spec.ts";

export interface TextReader {
  readonly fields: readonly Field[];
  read(text: string): Row;
}

export function textReader(as: ParseParams["as"], declared: OperatorContext["declared"]): TextReader {
  switch (as.format) {
    case "json": {
      const schema = known(as.schema, declared);
      return recordReader(schema, codecOf({ name: "json" }).decoder(schema, true, { name: "json" }));
    }
    case "csv": {
      const schema = known(as.schema, declared);
      const format = { name: "csv", separator: as.separator } as const;
      return recordReader(schema, codecOf(format).decoder(schema, true, format));
    }
    case "regex":
      return regexReader(as.pattern, as.schema === undefined ? undefined : known(as.schema, declared));
    case "key-value":
      return keyValueReader(known(as.schema, declared), as.pairSeparator, as.keySeparator);
  }
}

function known(text: string, declared: OperatorContext["declared"]): Schema {
  const found = schemaOf(text, declared, []);
  if ("schema" in found) return found.schema;
  throw new Error(`the planner has checked the schema ${quote(text)}`);
}

function recordReader({ fields }: Schema, decoder: Decoder): TextReader {
  const encoder = new TextEncoder();
  return {
    fields,
    read(text) {
      const bytes = encoder.encode(text);
      return decoder.decode({ bytes, start: 0, end: bytes.length });
    },
  };
}

function regexReader(source: string, schema: Schema | undefined): TextReader {
  const pattern = compilePattern(source);
  if ("reason" in pattern) throw new Error(`the planner has checked the pattern ${quote(source)}`);
  const fields: readonly Field[] = schema?.fields ?? pattern.groups.map((name) => ({ name, dataType: { type: "STRING" } }));
  return {
    fields,
    read(text) {
      const groups = pattern.match(text);
      if (!groups) {
        throw new RowError("parse.no-match", {
          en: `the text ${quote(text)} does not match the pattern. Widen the pattern, or route such texts elsewhere.`,
          zh: `文本 ${quote(text)} 与模式不匹配。请放宽模式，或将此类文本送往别处。`,
        });
      }
      return typed(fields, (name) => groups[name] ?? null);
    },
  };
}

function keyValueReader({ fields }: Schema, pairSeparator: string, keySeparator: string): TextReader {
  return {
    fields,
    read(text) {
      const pairs = new Map<string, string>();
      for (const part of text.split(pairSeparator)) {
        const pair = part.trim();
        if (pair === "") continue;
        const at = pair.indexOf(keySeparator);
        if (at === -1) throw notAPair(pair, keySeparator);
        pairs.set(pair.slice(0, at).trim(), pair.slice(at + keySeparator.length).trim());
      }
      return typed(fields, (name) => pairs.get(name) ?? null);
    },
  };
}

function notAPair(pair: string, keySeparator: string): RowError {
  return new RowError("parse.not-key-value", {
    en: `${quote(pair)} has no ${quote(keySeparator)} between key and value. Correct the separators, or what writes the text.`,
    zh: `${quote(pair)} 的键与值之间没有 ${quote(keySeparator)}。请更正分隔符，或修正写入方。`,
  });
}

/** Texts as values of the fields' types. A text that is empty is NULL where the type is not text. */
function typed(fields: readonly Field[], textOf: (name: string) => string | null): Row {
  const row: Record<string, Value> = {};
  for (const { name, dataType } of fields) {
    const text = textOf(name);
    const value = text === null ? null : valueFromText(text, dataType);
    if (value !== undefined) row[name] = value;
    else if (text === "") row[name] = null;
    else throw wrongType(name, dataType, quote(text as string));
  }
  return row;
}
