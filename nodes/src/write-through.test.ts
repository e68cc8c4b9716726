import { playCase } from "@millrace/engine/testing";
import { describe, expect, it } from "vitest";
import { nodeTypes } from "./registry.ts";

/** As nobody would write it who made it anew: blanks, 1.0, an escape, a number that a double cannot hold, members that no schema knows. */
const odd = '{ "ts": 1.0 ,"is_new":"\\u0031", "mid":"a", "id":12345678901234567890, "page" : {"z":1e3} }';
const inputs = { in: "ts BIGINT, is_new STRING, mid STRING" };

function written(type: string, params: Record<string, unknown>, texts: readonly string[]): string[] {
  const node = nodeTypes.get(type);
  if (!node) throw new Error(`no node type ${type}`);
  const { failures, rows } = playCase(node, { name: type, params, inputs, steps: [{ rows: { in: texts.map((value) => ({ value })) } }] });
  expect(failures).toEqual([]);
  return Object.entries(rows).flatMap(([place, seen]) => (place.startsWith("node.") ? seen.map(({ text }) => text) : []));
}

describe("a record that a node does not change", () => {
  it.each([
    ["filter", { when: "ts > 0" }],
    ["split", { cases: [{ name: "all", when: "TRUE" }] }],
    ["event-time", { time: "ts" }],
    ["union", {}],
    ["select", { keep: "all" }],
    ["mark-first-seen", { key: ["mid"], value: "ts", output: { do: "set", field: "is_new", first: "'1'" } }],
  ])("goes through %s byte for byte", (type, params) => {
    expect(written(type, params, [odd])).toEqual([odd]);
  });

  it("is changed in the one place that is to change", () => {
    const params = { key: ["mid"], value: "ts", output: { do: "set", field: "is_new", repeat: "'0'" } };
    const [first, second] = written("mark-first-seen", params, [odd, odd.replace("1.0", "2.0")]);
    expect(first).toBe(odd);
    expect(second).toBe(odd.replace("1.0", "2.0").replace('"\\u0031"', '"0"'));
  });
});
