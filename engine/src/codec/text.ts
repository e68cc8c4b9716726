/** Records that are text as a whole: it is the field `text`, or else the first of the schema, whatever that is called. */
import { attach, META, type Row } from "../node/index.ts";
import type { Field, Schema } from "../schema/index.ts";
import { textOf } from "./byte-text.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { Codec, Decoder, Encoder } from "./codec.ts";
import { cannotWrite, notUtf8, wrongType } from "./codec-errors.ts";
import { utf8Fault } from "./json-fault.ts";
import { valueFromText, valueToText } from "./value-text.ts";

export const textCodec: Codec = {
  name: "text",
  decoder: (schema) => textDecoder(schema),
  encoder: (schema) => textEncoder(schema),
};

function textDecoder(schema: Schema): Decoder {
  const { name, dataType } = textField(schema);
  return {
    decode({ bytes, start, end }) {
      const text = textOf(bytes, start, end);
      if (text.includes("\ufffd")) {
        const at = utf8Fault(bytes.subarray(start, end));
        if (at !== undefined) throw notUtf8(at);
      }
      const value = valueFromText(text, dataType);
      if (value === undefined) throw wrongType(name, dataType, JSON.stringify(text));
      return attach({ [name]: value } as Row, { record: { format: "text", bytes, start, end } });
    },
  };
}

function textEncoder(schema: Schema): Encoder {
  const { name, dataType } = textField(schema);
  const writer = new ByteWriter();
  return {
    encode(row) {
      const meta = row[META];
      if (meta?.record?.format === "text" && !meta.changes?.length) return meta.record;
      const value = Object.hasOwn(row, name) ? (row[name] ?? null) : null;
      if (typeof value === "object" && value !== null && !(value instanceof Uint8Array))
        throw cannotWrite(name, dataType, "a value with fields");
      writer.begin();
      if (value !== null) writer.text(valueToText(value, dataType));
      return writer.take();
    },
  };
}

function textField({ fields }: Schema): Field {
  const field = fields.find(({ name }) => name === "text") ?? fields[0];
  if (!field) throw new Error("a text record wants a schema with a field");
  return field;
}
