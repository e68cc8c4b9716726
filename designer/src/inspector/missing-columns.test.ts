import type { Schema } from "@millrace/engine/schema";
import { expect, it } from "vitest";
import { missingColumns } from "./missing-columns.ts";

const row: Schema = {
  type: "ROW",
  fields: [
    { name: "stt", dataType: { type: "STRING" } },
    { name: "order amount", dataType: { type: "BIGINT" } },
  ],
};

it("offers a column for each field that is not listed, of a table that is not there yet", () => {
  expect(missingColumns([{ name: "stt", value: "stt" }], row, undefined)).toEqual([{ name: "order amount", value: "`order amount`" }]);
  expect(missingColumns([], undefined, undefined)).toEqual([]);
});

it("offers the table's own, with the field of the name where there is one", () => {
  expect(missingColumns([null, { name: "ts" }], row, ["stt", "ts", "ct"])).toEqual([
    { name: "stt", value: "stt" },
    { name: "ct", value: "" },
  ]);
});
