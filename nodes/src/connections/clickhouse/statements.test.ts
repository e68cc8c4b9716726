import fc from "fast-check";
import { expect, it } from "vitest";
import { createTableStatement, literal, readingStatement } from "./statements.ts";

const DEFINITION = {
  columns: [
    { name: "stt", type: "DateTime('Asia/Shanghai')" },
    { name: "a`b", type: "Decimal64(2)" },
  ],
  sortKey: ["stt", "a`b"],
  version: "stt",
  partitionBy: "toYYYYMMDD(stt)",
  remembers: 10_000,
};

it("makes a table in ClickHouse's words", () => {
  expect(createTableStatement("default", "stats", DEFINITION)).toBe(
    [
      "CREATE TABLE `default`.`stats` (",
      "  `stt` DateTime('Asia/Shanghai'),",
      "  `a\\`b` Decimal64(2)",
      ") ENGINE = ReplacingMergeTree(`stt`)",
      "PARTITION BY toYYYYMMDD(stt)",
      "ORDER BY (`stt`, `a\\`b`)",
      "SETTINGS non_replicated_deduplication_window = 10000",
    ].join("\n"),
  );
});

it.each(["String, b String", "String) ENGINE = Memory", "", "String; DROP TABLE t", "Decimal(18", "String 'a"])(
  "takes no part that ends its place: %j",
  (type) => {
    const definition = { ...DEFINITION, columns: [{ name: "a", type }] };
    if (type === "String 'a") return expect(createTableStatement("d", "t", definition)).toContain(type);
    expect(() => createTableStatement("d", "t", definition)).toThrow(/cannot be the type of column "a"/);
  },
);

it.each([
  "SELECT 1",
  "  -- why\n/* and */ select * from t where a = 'x; DROP' and `settings` = \"format\"",
  "WITH 1 AS x SELECT x",
  "(SELECT 1) UNION ALL (SELECT 2);;",
  "SHOW TABLES",
  "DESCRIBE t",
  "EXPLAIN SELECT 1",
  "SELECT formatDateTime(stt, '%F'), format('{}', a), file FROM t",
])("lets what reads through: %s", (sql) => {
  expect(readingStatement(sql).text.trim()).toBe(sql.replace(/;+$/, "").trim());
});

it.each([
  ["", "there is none"],
  ["-- nothing", "there is none"],
  ["ALTER TABLE t DELETE WHERE 1", 'got "ALTER"'],
  ["SELECT 1; SELECT 2", "one at a time"],
  ["SELECT 1 /* ; */ ; -- x\n DROP TABLE t", "one at a time"],
  ["SELECT 1 SETTINGS max_threads = 1", "without SETTINGS"],
  ["SELECT * FROM (SELECT 1 settings readonly = 0)", "without SETTINGS"],
  ["SELECT 1 FORMAT JSON", "without FORMAT"],
  ["SELECT 1 INTO OUTFILE 'x'", "without INTO OUTFILE"],
  ["SELECT file('/etc/passwd')", "without file(…)"],
  ["SELECT * FROM `file` ('x')", "without file(…)"],
  ["SELECT * FROM s3 ( 'x' )", "without s3(…)"],
  ["SELECT * FROM\nremoteSecure('x')", "without remoteSecure(…)"],
])("refuses %j: %s", (sql, why) => {
  expect(() => readingStatement(sql)).toThrow(why);
});

it("finds the end of every text that it made", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(readingStatement(`SELECT ${literal(text)}`).text).toBe(`SELECT ${literal(text)}`);
      expect(() => readingStatement(`SELECT ${literal(text)}; DROP TABLE t`)).toThrow("one at a time");
    }),
  );
});
