import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formParams, recordsIn } from "./read-post.ts";

const texts = (text: string) => recordsIn(Buffer.from(text))?.map(String);

describe("recordsIn", () => {
  it("takes an object, and whatever is no JSON, as one record as it is", () => {
    for (const text of ['{"a":1}', ' {"a" : 1}\n', "not json", '{"a":', '[{"a":1}', '[{"a":1},]', "[1 2]", '"[1]"', "0", '[{"a":1}] x']) {
      expect(texts(text)).toEqual([text]);
    }
  });

  it("gives each element of an array with its own bytes", () => {
    expect(texts('[{"a":1},{"b":[1,2,{"c":"]"}]}]')).toEqual(['{"a":1}', '{"b":[1,2,{"c":"]"}]}']);
    expect(texts(' [ {"id":12345678901234567890} ,\n"x, ] \\" y" , 1.50, [1] , null ] ')).toEqual([
      '{"id":12345678901234567890}',
      '"x, ] \\" y"',
      "1.50",
      "[1]",
      "null",
    ]);
    expect(texts('["用户","\\u4e2d"]')).toEqual(['"用户"', '"\\u4e2d"']);
    expect(texts("[]")).toEqual([]);
  });

  it("finds nothing in an empty or blank text", () => {
    expect(["", " ", "\r\n\t "].map(texts)).toEqual([undefined, undefined, undefined]);
  });

  it("is not overcome by depth", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(texts(`[${deep}]`)?.[0]?.length).toBeGreaterThan(0);
  });

  it("splits any array into what its elements are", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, "\t"), (elements, space) => {
        expect(texts(JSON.stringify(elements, null, space))?.map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(elements)));
      }),
    );
  });
});

describe("formParams", () => {
  it("decodes param, also when there are several", () => {
    expect(formParams(Buffer.from("param=%7B%22a%22%3A%22%E4%B8%AD%22%7D&x=1&param=b+c"))?.map(String)).toEqual(['{"a":"中"}', "b c"]);
    expect(formParams(Buffer.from('{"a":1}'))).toBeUndefined();
  });
});
