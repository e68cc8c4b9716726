import { expect, it } from "vitest";
import { sqlOffers } from "./sql-completion.ts";

const schema = {
  tables: [
    {
      name: "orders",
      columns: [
        { name: "id", type: "UInt64" },
        { name: "order amount", type: "Decimal(18, 2)" },
      ],
    },
    { name: "users", columns: [{ name: "name", type: "String" }] },
  ],
};

/** `|` is where the cursor stands. */
function offers(text: string) {
  const offset = text.indexOf("|");
  return sqlOffers(text.replace("|", ""), offset, schema);
}
const first = (text: string, kind: string) =>
  offers(text)
    .filter((one) => one.kind === kind)
    .map(({ insert }) => insert);

it("offers tables behind FROM and JOIN", () => {
  expect(
    offers("SELECT * FROM |")
      .slice(0, 2)
      .map(({ insert }) => insert),
  ).toEqual(["orders", "users"]);
  expect(offers("SELECT * FROM orders JOIN us|")[0]?.kind).toBe("table");
});

it("offers columns of the tables that are named, with their types; of all where none is", () => {
  expect(first("SELECT | FROM orders", "column")).toEqual(["id", "`order amount`"]);
  expect(first("SELECT |", "column")).toEqual(["id", "`order amount`", "name"]);
  expect(offers("SELECT | FROM users")[0]).toEqual({ kind: "column", name: "name", insert: "name", detail: "String · users" });
});

it("offers one table's columns behind its name or alias", () => {
  expect(offers("SELECT orders.| FROM orders").map(({ name }) => name)).toEqual(["id", "order amount"]);
  expect(offers("SELECT u.| FROM orders AS o JOIN users u ON 1").map(({ name }) => name)).toEqual(["name"]);
  expect(offers("SELECT o.i| FROM orders FINAL AS o").map(({ name }) => name)).toEqual(["id", "order amount"]);
  expect(offers("SELECT x.| FROM orders")).toEqual([]);
});

it("offers the language's words and functions everywhere else", () => {
  expect(first("|", "word")).toContain("GROUP BY");
  expect(first("SELECT | FROM orders", "function")).toContain("count(");
});
