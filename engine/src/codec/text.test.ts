import { describe, expect, it } from "vitest";
import { changeRow, type Row, RowError } from "../node/index.ts";
import type { Schema } from "../schema/index.ts";
import { codecOf } from "./index.ts";

const FORMAT = { name: "text" } as const;
const schema: Schema = { type: "ROW", fields: [{ name: "line", dataType: { type: "STRING" } }] };
const decoder = codecOf(FORMAT).decoder(schema, true, FORMAT);
const encoder = codecOf(FORMAT).encoder(schema, FORMAT);
const recordOf = (bytes: Uint8Array) => ({ bytes, start: 1, end: bytes.length });

describe("text", () => {
  it("takes the whole record for the first field, and gives its bytes back", () => {
    const record = recordOf(new TextEncoder().encode('x{"not json  中'));
    const row = decoder.decode(record);
    expect(row["line"]).toBe('{"not json  中');
    expect(encoder.encode(row)).toMatchObject(record);
  });

  it("is the field text where there is one, wherever it stands", () => {
    const fields = ["key", "text"].map((name) => ({ name, dataType: { type: "STRING" } as const }));
    const { bytes, start, end } = codecOf({ name: "text" })
      .encoder({ type: "ROW", fields }, { name: "text" })
      .encode({ key: "k", text: "a line" });
    expect(new TextDecoder().decode(bytes.subarray(start, end))).toBe("a line");
  });

  it("writes a changed or new row by its field, nothing for NULL", () => {
    const row = decoder.decode(recordOf(new TextEncoder().encode("xold")));
    const textOf = (one: Row) => {
      const { bytes, start, end } = encoder.encode(one);
      return new TextDecoder().decode(bytes.subarray(start, end));
    };
    expect(textOf(changeRow(row, ["line"], "新"))).toBe("新");
    expect(textOf({ line: "a" })).toBe("a");
    expect(textOf({ line: null })).toBe("");
  });

  it("refuses bytes that are no UTF-8", () => {
    expect(() => decoder.decode(recordOf(Uint8Array.from([0x61, 0x61, 0xc0])))).toThrow(RowError);
  });
});
