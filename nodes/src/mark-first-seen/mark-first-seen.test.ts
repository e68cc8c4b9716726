import type { Step } from "@millrace/engine/node";
import { playCase } from "@millrace/engine/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { node } from "./index.ts";

const log = fc.record({
  mid: fc.constantFrom("a", "b"),
  is_new: fc.constantFrom("0", "1"),
  day: fc.constantFrom("20210221", "20210222", "20210223"),
});
const params = { key: ["mid"], when: "is_new = '1'", value: "day", output: { do: "set", field: "is_new", repeat: "'0'" } };

it("repairs every log as the table of the rule says, whatever comes in whatever order", () => {
  fc.assert(
    fc.property(fc.array(log, { maxLength: 30 }), (logs) => {
      const first = new Map<string, string>();
      const steps = logs.map((value): Step => {
        let { is_new } = value;
        if (is_new === "1") {
          const known = first.get(value.mid);
          if (known === undefined) first.set(value.mid, value.day);
          else if (known !== value.day) is_new = "0";
        }
        return { rows: { in: [{ value }] }, expect: { rows: { out: [{ value: { ...value, is_new } }] } } };
      });
      const nodeCase = { name: "law", params, inputs: { in: "mid STRING, is_new STRING, day STRING" }, steps };
      expect(playCase(node, nodeCase).failures).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

it("lets through only rows newer than all before them, for newer-than", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }), (days) => {
      const steps = days.map((day, i): Step => {
        const isFirst = days.slice(0, i).every((before) => before < day);
        return { rows: { in: [{ value: { day } }] }, expect: { rows: { out: isFirst ? [{ value: { day } }] : [] } } };
      });
      const newer = { key: ["1"], value: "day", compare: "newer-than", output: { do: "drop" } };
      expect(playCase(node, { name: "law", params: newer, inputs: { in: "day INT" }, steps }).failures).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
