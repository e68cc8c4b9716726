import fc from "fast-check";
import { expect, test } from "vitest";
import { type Address, addressText, readAddress } from "./address.ts";

test("an address says what is open and what is selected", () => {
  expect(readAddress("#/pipelines/p1/nodes/filter")).toEqual({ pipelineId: "p1", nodeId: "filter" });
  expect(readAddress(addressText({ pipelineId: "p1", edge: "a.out->b.in" }))).toEqual({ pipelineId: "p1", edge: "a.out->b.in" });
  expect(readAddress("#/gallery")).toEqual({ page: "gallery" });
  expect(readAddress("#/connections")).toEqual({ page: "connections" });
  expect(addressText({ page: "connections", pipelineId: "p1" })).toBe("#/connections");
  expect(readAddress("")).toEqual({});
  expect(readAddress("#/nonsense/%zz")).toEqual({});
});

test("whatever is written is read back", () => {
  const text = fc.string({ minLength: 1 });
  const address: fc.Arbitrary<Address> = fc.oneof(
    fc.record({ pipelineId: text }),
    fc.record({ pipelineId: text, nodeId: text }),
    fc.record({ pipelineId: text, edge: text }),
    fc.record({ pipelineId: text, inside: fc.array(fc.stringMatching(/^[a-z][a-z0-9_-]*$/), { minLength: 1 }), nodeId: text }),
    fc.record({ pipelineId: text, inside: fc.constant(["one", "two"]) }),
  );
  fc.assert(
    fc.property(address, (one) => {
      expect(readAddress(addressText(one))).toEqual(one);
    }),
  );
});
