import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { damagedText, jsonObjectText } from "./arbitraries.testing.ts";
import { jsonFault, jsonFaultWords } from "./json-fault.ts";
import { elementRanges, memberRange, objectMembers, skipValue } from "./json-scan.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const faultOf = (text: string) => {
  const bytes = bytesOf(text);
  return jsonFault(bytes, 0, bytes.length);
};

describe("jsonFault", () => {
  it("finds a fault exactly where JSON.parse refuses the text", () => {
    fc.assert(
      fc.property(damagedText, (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(faultOf(text) === undefined).toBe(isJson);
      }),
      { numRuns: 3_000 },
    );
  });

  it("finds bytes that are no UTF-8 exactly where a fatal TextDecoder does", () => {
    const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), (inner) => {
        const bytes = Uint8Array.from([0x22, ...inner.map((byte) => (byte < 0x80 ? 0x61 : byte)), 0x22]);
        let isUtf8 = true;
        try {
          fatal.decode(bytes);
        } catch {
          isUtf8 = false;
        }
        expect(jsonFault(bytes, 0, bytes.length) === undefined).toBe(isUtf8);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ["", 0, "there is no text"],
    ["  ", 2, "there is no text"],
    ['{"a":1', 6, "the text ends too early"],
    ['{"a" 1}', 5, 'expected ":" after the member\'s name, got "1"'],
    ["{a:1}", 1, 'expected a member\'s name in double quotes, got "a"'],
    ['{"a":1,}', 7, 'expected a member\'s name in double quotes, got "}"'],
    ["[1,]", 3, 'expected a value, got "]"'],
    ["[1 2]", 3, 'expected "," or the end of the object or list, got "2"'],
    ["01", 1, 'expected a digit of a number as JSON writes it, got "1"'],
    ["[1.]", 3, 'expected a digit of a number as JSON writes it, got "]"'],
    ['"\\x"', 2, 'expected an escape that JSON knows, got "x"'],
    ['"a\tb"', 2, "expected control characters in text to be escaped, got byte 0x09"],
    ["{} {}", 3, 'expected the end of the text after one value, got "{"'],
    ["nul", 3, "the text ends too early"],
    ["[中]", 1, 'expected a value, got "中"'],
    ["\ufeff{}", 0, 'expected a value, got "\ufeff"'],
  ])("says of %j that at byte %i %s", (text, offset, words) => {
    const fault = faultOf(text);
    expect(fault?.offset).toBe(offset);
    expect(fault && jsonFaultWords(fault).en).toBe(words);
  });

  it("scans 100,000 levels without overflowing the stack", () => {
    expect(faultOf(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)).toBeUndefined();
    expect(faultOf("[".repeat(100_000))?.reason).toBe("unfinished");
  });
});

describe("ranges", () => {
  const bytes = bytesOf(' { "a" : [1, {"b": "]"} , []], "é": {"c": -1.5e3 }, "a": [ ] , "n\\u0061": true}');
  const text = (range: { start: number; end: number } | undefined) =>
    range && new TextDecoder().decode(bytes.subarray(range.start, range.end));

  it("gives the last of several members of one name, as JSON.parse does", () => {
    expect(text(memberRange(bytes, 1, "a"))).toBe("[ ]");
  });

  it("knows names with letters beyond ASCII and with escapes", () => {
    expect(text(memberRange(bytes, 1, "é"))).toBe('{"c": -1.5e3 }');
    expect(text(memberRange(bytes, 1, "na"))).toBe("true");
  });

  it("gives an object's members by name, the last of several with one name", () => {
    expect(objectMembers(bytes, 1).map((member) => [member.name, text(member)])).toEqual([
      ["a", "[ ]"],
      ["é", '{"c": -1.5e3 }'],
      ["na", "true"],
    ]);
  });

  it("gives the elements of an array without the white space around them", () => {
    const at = new TextDecoder().decode(bytes).indexOf("[");
    expect(elementRanges(bytes, at).map(text)).toEqual(["1", '{"b": "]"}', "[]"]);
  });

  it("skips any value to its last byte", () => {
    fc.assert(
      fc.property(jsonObjectText, (json) => {
        const withTail = bytesOf(`${json} , "x"`);
        expect(skipValue(withTail, 0)).toBe(bytesOf(json).length);
      }),
    );
  });
});
