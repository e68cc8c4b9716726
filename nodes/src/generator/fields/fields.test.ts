import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { schemaParams } from "./params.ts";
import { schemaOf } from "./schema.ts";
import { createFieldStream, resumeFields, type SchemaPosition, startFields } from "./stream.ts";

const START = 1_613_959_200_123;

function make(fields: readonly object[], count: number, settings: object = {}): string[] {
  const params = schemaParams.parse({ kind: "schema", fields, ...settings });
  const stream = createFieldStream(params, "Asia/Shanghai", startFields(params, START));
  return Array.from({ length: count }, () => stream.take().text);
}

const typesOf = (fields: readonly object[]) => schemaOf(schemaParams.parse({ kind: "schema", fields }).fields).fields;

describe("fields by rule", () => {
  it("nest by dots, in the order of their first mention", () => {
    const fields = [
      { name: "user.id", rule: "sequence" },
      { name: "n", rule: "constant", value: 1 },
      { name: "user.address.city", rule: "constant", value: "北京" },
      { name: "user.name", rule: "constant", value: 'a"b' },
    ];
    expect(make(fields, 1)).toEqual(['{"user":{"id":1,"address":{"city":"北京"},"name":"a\\"b"},"n":1}']);
    expect(typesOf(fields)).toMatchObject([
      { name: "user", dataType: { type: "ROW", fields: [{ name: "id" }, { name: "address" }, { name: "name" }] } },
      { name: "n", dataType: { type: "BIGINT" } },
    ]);
  });

  it("count with a step, backwards too, exactly beyond 2^53", () => {
    expect(make([{ name: "n", rule: "sequence", start: 10, step: -5 }], 4)).toEqual(['{"n":10}', '{"n":5}', '{"n":0}', '{"n":-5}']);
    const large = Number.MAX_SAFE_INTEGER;
    expect(make([{ name: "n", rule: "sequence", start: large, step: large }], 2)[1]).toBe(`{"n":${2n * BigInt(large)}}`);
    expect(make([{ name: "n", rule: "sequence", prefix: "mid_" }], 2)).toEqual(['{"n":"mid_1"}', '{"n":"mid_2"}']);
  });

  it("choose any JSON by weight", () => {
    const values = [{ value: "a", weight: 8 }, { value: null }, { value: { deep: [1] } }];
    const drawn = make([{ name: "v", rule: "choice", values }], 10_000);
    const shareOf = (text: string) => drawn.filter((record) => record === text).length / drawn.length;
    expect(shareOf('{"v":"a"}')).toBeCloseTo(0.8, 1);
    expect(shareOf('{"v":null}')).toBeCloseTo(0.1, 1);
    expect(shareOf('{"v":{"deep":[1]}}')).toBeCloseTo(0.1, 1);
  });

  it("stay in their range with exactly their decimals", () => {
    const bounds = fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.nat(1e6), fc.nat(6), fc.nat());
    fc.assert(
      fc.property(bounds, ([least, span, decimals, seed]) => {
        const min = least / 10 ** decimals;
        const max = (least + span) / 10 ** decimals;
        for (const record of make([{ name: "n", rule: "range", min, max, decimals }], 5, { seed })) {
          const digits = /^\{"n":(-?\d+(?:\.(\d+))?)\}$/.exec(record);
          expect(digits?.[2]?.length ?? 0).toBe(decimals);
          expect(Number(digits?.[1])).toBeGreaterThanOrEqual(min);
          expect(Number(digits?.[1])).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  it("know their exact type", () => {
    expect(
      typesOf([
        { name: "price", rule: "range", min: 0.01, max: 9999.99, decimals: 2 },
        { name: "n", rule: "range", min: 1, max: 6 },
        { name: "mid", rule: "range", min: 1, max: 20, prefix: "mid_" },
        { name: "at", rule: "now" },
        { name: "day", rule: "now", as: "text" },
        { name: "mixed", rule: "choice", values: [{ value: 1 }, { value: 2.5 }] },
        { name: "nothing", rule: "constant", value: null },
      ]).map(({ dataType }) => dataType),
    ).toEqual([
      { type: "DECIMAL", precision: 6, scale: 2 },
      { type: "BIGINT" },
      { type: "STRING" },
      { type: "BIGINT" },
      { type: "STRING" },
      { type: "DOUBLE" },
      { type: "STRING" },
    ]);
  });

  it("tell the time at which the record is due", () => {
    const fields = [
      { name: "a", rule: "now" },
      { name: "b", rule: "now", as: "seconds" },
      { name: "c", rule: "now", as: "text" },
    ];
    expect(make(fields, 2, { rate: 1 })).toEqual([
      '{"a":1613959200123,"b":1613959200,"c":"2021-02-22 10:00:00"}',
      '{"a":1613959201123,"b":1613959201,"c":"2021-02-22 10:00:01"}',
    ]);
  });

  it("do not drift, whatever the rate", () => {
    const params = schemaParams.parse({ kind: "schema", rate: 7, fields: [{ name: "a", rule: "now" }] });
    const stream = createFieldStream(params, "UTC", startFields(params, START));
    for (let i = 0; i < 70_000; i++) stream.take();
    expect(Math.round(stream.nextDue())).toBe(START + 10_000_000);
  });

  it("go on at another rate from the next record on", () => {
    const fields = [{ name: "a", rule: "now" }];
    const slow = schemaParams.parse({ kind: "schema", rate: 1, fields });
    const fast = schemaParams.parse({ kind: "schema", rate: 10, fields });
    const before = createFieldStream(slow, "UTC", startFields(slow, START));
    for (let i = 0; i < 10; i++) before.take();
    const after = createFieldStream(fast, "UTC", resumeFields(before.position() as SchemaPosition, fast, START + 10_000));
    expect([after.take().time, after.take().time]).toEqual([START + 10_000, START + 10_100]);
    expect(after.taken).toBe(12);
  });
});
