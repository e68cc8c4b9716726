import { describe, expect, it } from "vitest";
import type { ByteRange } from "../node/index.ts";
import type { DataType, Schema } from "../schema/index.ts";
import { keyExtractor } from "./index.ts";

const schemaOf = (fields: Readonly<Record<string, DataType>>): Schema => ({
  type: "ROW",
  fields: Object.entries(fields).map(([name, dataType]) => ({ name, dataType })),
});
const LOG = schemaOf({
  common: schemaOf({ mid: { type: "STRING" }, os: { type: "STRING" } }),
  page: schemaOf({ id: { type: "STRING" } }),
  tags: { type: "ARRAY", element: { type: "STRING" } },
  ts: { type: "BIGINT" },
  ok: { type: "BOOLEAN" },
});
const MID = [["common", "mid"]];

function recordOf(text: string, behind = " ".repeat(100)): ByteRange {
  const bytes = new TextEncoder().encode(`"${text}${behind}`);
  return { bytes, start: 1, end: bytes.length - behind.length };
}

/** The keys of the record inside of a batch, and at its end. */
function keysOf(text: string, paths: readonly (readonly string[])[] = MID): unknown {
  const extract = keyExtractor(LOG, paths);
  const [within, last] = [extract(recordOf(text)), extract(recordOf(text, ""))];
  expect(last).toEqual(within);
  return within;
}

describe("the key extractor", () => {
  it("gives the values at the paths, in their order", () => {
    const record = '{"other":[{"mid":"x"}],"common":{"os":"mid","mid":"m1"},"page":{"mid":"y","id":"home"},"ts":5,"ok":true}';
    expect(keysOf(record)).toEqual(["m1"]);
    expect(keysOf(record, [["ts"], ["common", "mid"], ["page", "id"], ["ok"]])).toEqual([5, "m1", "home", true]);
    expect(keysOf('{"ts":9007199254740993}', [["ts"]])).toEqual([9007199254740993n]);
    expect(keysOf(' {\n "common" : { "mid" : "中\\n" } }')).toEqual(["中\n"]);
  });

  it("looks no further than the last of them", () => {
    expect(keysOf('{"common":{"mid":"m1"},"ts":')).toEqual(["m1"]);
    expect(keysOf('{"common":{"mid":"m1"},"common":{"mid":"m2"}}')).toEqual(["m1"]);
  });

  it.each([
    "{}",
    '{"common":null}',
    '{"common":[]}',
    '{"common":{}}',
    '{"common":{"mid":null}}',
    '{"common":{"mid":12}}',
    '{"common":{"mid":"m1',
    '{"common":{"mid":"m\t1"}}',
    '{"other":01,"common":{"mid":"m1"}}',
    '{"other":"\\x","common":{"mid":"m1"}}',
    '{"page":{"mid":"m1"}}',
    '["common"]',
    "",
  ])("knows nothing of %j", (text) => {
    expect(keysOf(text)).toBeUndefined();
  });

  it.each(['{"ts":1.5}', '{"ts":1.0}', '{"ts":"1"}', '{"ts":1e3}', '{"ts":12345678901234567890}', '{"ts":1,"ts":2}'])(
    "knows nothing of %j, where a number is not written as most are, or one comes twice",
    (text) => {
      expect(keysOf(text, text.includes(",") ? [["ts"], ["common", "mid"]] : [["ts"]])).toBeUndefined();
    },
  );

  it("does not take a part of a value for it, wherever the part that is looked at ends", () => {
    for (let length = 990; length < 1_030; length++) {
      const extract = keyExtractor(LOG, [["ts"]]);
      expect([undefined, 1234567890123]).toContain(extract(recordOf(`{"x":"${"x".repeat(length)}","ts":1234567890123}`, ""))?.[0]);
    }
  });

  it("does not read on in the bytes of the next record", () => {
    expect(keyExtractor(LOG, MID)(recordOf('{"common":{"mid":"m1', '"}}'.padEnd(100)))).toBeUndefined();
    expect(keyExtractor(LOG, MID)(recordOf('{"common":', '{"mid":"m1"}}'.padEnd(100)))).toBeUndefined();
  });

  it("knows nothing where a path leads to no scalar", () => {
    const record = recordOf('{"common":{"mid":"m1"},"tags":["a"],"ts":5}');
    for (const paths of [
      [],
      [[]],
      [["nowhere"]],
      [["common"]],
      [["tags"]],
      [["ts", "mid"]],
      [
        ["common", "mid"],
        ["common", "mid"],
      ],
    ])
      expect(keyExtractor(LOG, paths)(record)).toBeUndefined();
  });
});
