import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "./byte-writer.ts";

function written(write: (writer: ByteWriter) => void): string {
  const writer = new ByteWriter();
  writer.begin();
  write(writer);
  const { bytes, start, end } = writer.take();
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, end));
}

describe("the byte writer", () => {
  it("writes whole numbers in digits", () => {
    const limits = Array.from({ length: 16 }, (_, i) => [10 ** i - 1, 10 ** i, -(10 ** i)]).flat();
    for (const whole of [...limits, 0, -0, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2n ** 63n, -(2n ** 63n)])
      expect(written((writer) => writer.whole(whole))).toBe(String(whole));
    fc.assert(fc.property(fc.maxSafeInteger(), (whole) => written((writer) => writer.whole(whole)) === String(whole)));
    fc.assert(fc.property(fc.integer(), (whole) => written((writer) => writer.whole(whole)) === String(whole)));
  });

  it("writes any text, as it is and as a JSON string", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        expect(written((writer) => writer.text(text))).toBe(text);
        expect(written((writer) => writer.quoted(text))).toBe(JSON.stringify(text));
      }),
    );
    expect(written((writer) => writer.quoted('a"\\\n\u007f中\ud800'))).toBe(JSON.stringify('a"\\\n\u007f中\ud800'));
  });

  it("copies bytes of any length, to the last of their buffer, and its own", () => {
    const source = Uint8Array.from({ length: 700 }, (_, i) => 0x30 + (i % 60));
    const text = new TextDecoder().decode(source);
    for (let length = 0; length <= 300; length++) {
      expect(written((writer) => writer.copy(source, 700 - length, 700))).toBe(text.slice(700 - length));
      const twice = written((writer) => {
        writer.copy(source, 0, length);
        const { bytes, start, end } = writer.since(0);
        writer.copy(bytes, start, end);
      });
      expect(twice).toBe(text.slice(0, length).repeat(2));
    }
  });

  it("keeps what was begun when its buffer is full, and gives up what was not taken", () => {
    const writer = new ByteWriter();
    const texts = Array.from({ length: 400 }, (_, i) => String.fromCharCode(97 + (i % 26)).repeat((i * 97) % 5_000));
    const read = texts.map((text) => {
      writer.begin();
      writer.text("given up");
      writer.begin();
      const begun = writer.length;
      writer.text(`,${text}`);
      writer.text(text);
      writer.closeObject(begun);
      const { bytes, start, end } = writer.take();
      return new TextDecoder().decode(bytes.subarray(start, end));
    });
    expect(read).toEqual(texts.map((text) => `{${text}${text}}`));
  });
});
