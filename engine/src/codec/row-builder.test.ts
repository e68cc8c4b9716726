// biome-ignore-all lint/suspicious/noTemplateCurlyInString: names that could break out of compiled text
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compiledBuilder, loopBuilder } from "./row-builder.ts";

const name = fc.oneof(fc.constantFrom("__proto__", "constructor", "a", "', x: 1, '", "`${x}`", "*/", "\u2028", '"'), fc.string());
const entriesOf = (row: unknown) => Object.entries(row as object);

describe("row builders", () => {
  it("make the same row, compiled or not, with nothing but the named members", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 6 }), fc.dictionary(name, fc.jsonValue()), (names, members) => {
        const value = JSON.parse(JSON.stringify(members)) as Record<string, unknown>;
        const converters = names.map((one) => (member: unknown) => `${one}:${JSON.stringify(member ?? null)}`);
        const compiled = entriesOf(compiledBuilder(names, converters)(value));
        expect(compiled).toEqual(entriesOf(loopBuilder(names, converters)(value)));
        expect(new Set(compiled.map(([key]) => key))).toEqual(new Set(names));
        for (const [key, text] of compiled) expect(text).toBe(`${key}:${JSON.stringify(Object.hasOwn(value, key) ? value[key] : null)}`);
      }),
    );
  });
});
