/** What Maxwell 1.45 and Canal 1.1.7 said of the same statements (`golden/README.md`), and texts that nobody would write. */
import { readFileSync } from "node:fs";
import { playCase } from "@millrace/engine/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canalColumn } from "./canal-column.ts";
import { debeziumColumn } from "./debezium-column.ts";
import { node } from "./index.ts";

type Json = Record<string, unknown>;

function lines(file: string): string[] {
  return readFileSync(new URL(`./golden/${file}`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
}

/** Numbers by their text, so that no digit is lost in comparing. */
function exact(text: string): Json {
  return JSON.parse(text, (_name, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? `number ${plain(context?.source ?? "")}` : value,
  ) as Json;
}

/** One text for numbers of one value: what one writes as 1.0E20 another writes out. */
function plain(source: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "").replace(/0+$/, "");
  const zeros = (whole + fraction).length - (whole + fraction).replace(/0+$/, "").length;
  return digits === "" ? "0" : `${sign}${digits}e${Number(exponent) - fraction.length + zeros}`;
}

function decode(format: string, messages: readonly string[]): { changes: Json[]; errors: Json[] } {
  const { rows, failures } = playCase(node, {
    name: "golden",
    params: { format },
    inputs: { in: "" },
    steps: messages.map((value) => ({ rows: { in: [{ value }] } })),
  });
  expect(failures).toEqual([]);
  return {
    changes: (rows["node.out"] ?? []).map(({ text }) => exact(text)),
    errors: (rows["node.error"] ?? []).map(({ text }) => JSON.parse(text) as Json),
  };
}

function instant(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace(".000Z", "Z");
}

describe("Maxwell's recordings", () => {
  it.each(["11-plain.jsonl", "20-bootstrap.jsonl"])("are read value for value: %s", (file) => {
    const { changes, errors } = decode("maxwell", lines(file));
    expect(errors).toEqual([]);
    expect(changes).toEqual(
      lines(file).map((line) => {
        const { ts } = JSON.parse(line) as { ts: number };
        return { ...exact(line), ts: instant(ts * 1_000) };
      }),
    );
  });

  it("are read as Kafka has them", () => {
    const values = lines("13-kafka-key-value.jsonl").map((line) => (JSON.parse(line) as { value: string }).value);
    const { changes, errors } = decode("maxwell", values);
    expect(errors).toEqual([]);
    // Among them are three that change tables' definitions.
    const rows = values.map((value) => exact(value).data).filter((data) => data !== undefined);
    expect([values.length, rows.length]).toEqual([40, 37]);
    expect(changes.map(({ data }) => data)).toEqual(rows);
  });
});

/** Where one of the two is known to be wrong, or says less (`golden/README.md`); MariaDB's JSON is a text to Canal. */
const DIFFERENT = ["c_vcl", "c_vcg", "c_time", "c_time6", "c_y", "c_bin", "c_en", "c_json", "c_pt"];

describe("Canal's recordings", () => {
  it("say the same as Maxwell's of the same statements, but for what is known to differ", () => {
    const common = ({ table, type, data, old }: Json) => ({ table, type, data: without(data), ...(old ? { old: without(old) } : {}) });
    const without = (columns: unknown) => Object.fromEntries(Object.entries(columns as Json).filter(([name]) => !DIFFERENT.includes(name)));
    const { changes, errors } = decode("canal", lines("31-canal-flat.jsonl"));
    expect(errors).toEqual([]);
    const maxwell = lines("11-plain.jsonl")
      .map((line) => common(exact(line)))
      // Of a column that was added, which Canal's run did without.
      .filter(({ table, data }) => table !== "later_t" && !("note" in data));
    expect(changes.map(common)).toEqual(maxwell);
  });

  it("have ENUM by name, and what Maxwell gets wrong", () => {
    const { changes } = decode("canal", lines("31-canal-flat.jsonl"));
    const types = changes.filter(({ table }) => table === "all_types").map(({ data }) => data as Json);
    expect(types.map(({ c_en }) => c_en)).toEqual([null, "b,c", "", "a", "中", "b,c", "b,c"]);
    expect(types.map(({ c_time }) => c_time)).toEqual([null, "12:34:56", "-12:34:56", "838:59:59", "00:00:00", "12:34:56", "12:34:56"]);
    expect(types[2]?.["c_y"]).toBe("number 0");
  });

  it("keep the time of the statement and the key's columns", () => {
    const { changes } = decode("canal", lines("31-canal-flat.jsonl"));
    const { es } = JSON.parse(lines("31-canal-flat.jsonl")[0] as string) as { es: number };
    expect(changes[0]).toMatchObject({ ts: instant(es), keys: ["id"] });
    expect(changes.find(({ table }) => table === "comp_pk")).toMatchObject({ keys: ["a", "b"] });
  });
});

describe("a column", () => {
  it.each([
    ['"24522.0"', "decimal(16,2)", "24522.00"],
    ['"-0.5"', "DECIMAL(10,0)", "-0.5"],
    ['"007"', "int(11)", "7"],
    ['"abc"', "int(11)", '"abc"'],
    ['"NaN"', "double", '"NaN"'],
    ['"5"', "set('x','y''s','z')", '["x","z"]'],
    ['"2"', "set('x','y''s','z')", '["y\'s"]'],
    ['"9"', "enum('a')", '""'],
    ['"a"', "enum('a')", '"a"'],
    ['"{\\"a\\": 1.50}"', "json", '{"a": 1.50}'],
    ['"{oops"', "json", '"{oops"'],
    ['"\\u00ff\\u0000"', "blob", '"/wA="'],
    ['"x"', undefined, '"x"'],
    ["[1]", "int(11)", "[1]"],
  ])("of Canal's, %s as %s, is %s", (json, type, expected) => {
    expect(canalColumn(json, type)).toBe(expected);
  });

  it.each([
    ['"+Q=="', "org.apache.kafka.connect.data.Decimal", { scale: "0" }, "-7"],
    ['""', "org.apache.kafka.connect.data.Decimal", { scale: "2" }, '""'],
    ['{"scale":3,"value":"Bw=="}', "io.debezium.data.VariableScaleDecimal", {}, "0.007"],
    ["-1", "io.debezium.time.Date", {}, '"1969-12-31"'],
    ["99999999999", "io.debezium.time.Date", {}, "99999999999"],
    ['"soon"', "io.debezium.time.Timestamp", {}, '"soon"'],
    ["1500", "io.debezium.time.Timestamp", {}, '"1970-01-01 00:00:01.5"'],
    ["86400000000", "io.debezium.time.MicroTime", {}, "86400000000"],
    ['"{\\"a\\":1}"', "io.debezium.data.Json", {}, '{"a":1}'],
    ['"x,z"', "io.debezium.data.EnumSet", {}, '["x","z"]'],
    ['"2021-02-22T02:00:02Z"', "io.debezium.time.ZonedTimestamp", {}, '"2021-02-22T02:00:02Z"'],
  ])("of Debezium's, %s as %s %j, is %s", (json, name, parameters, expected) => {
    expect(debeziumColumn(json, { name, parameters })).toBe(expected);
  });
});

const FORMATS = ["maxwell", "canal", "debezium", "before-after"];

it("takes any JSON or none without failing: what is no change leaves by the error port whole", () => {
  const names = [
    "database",
    "table",
    "tableName",
    "type",
    "ts",
    "es",
    "data",
    "old",
    "op",
    "before",
    "after",
    "source",
    "schema",
    "payload",
    "mysqlType",
    "isDdl",
    "db",
  ];
  const members = fc.dictionary(
    fc.constantFrom(...names),
    fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom("insert", "INSERT", "c", "u", null, {}, [{}])),
  );
  const text = fc.oneof(
    members.map((value) => JSON.stringify(value)),
    fc.json(),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.constantFrom(...FORMATS), text, (format, value) => {
      const { counts, rows, failures } = playCase(node, {
        name: "hostile",
        params: { format, field: "text" },
        inputs: { in: "text STRING" },
        steps: [{ rows: { in: [{ value: { text: value } }] } }],
      });
      expect(failures).toEqual([]);
      const errors = (rows["node.error"] ?? []).map((row) => JSON.parse((JSON.parse(row.text) as { text: string }).text) as unknown);
      const { out = {}, dropped = {} } = counts.node ?? {};
      if (errors.length > 0) expect(errors).toEqual([{ text: value }]);
      expect(Math.sign(out.out ?? 0) + (dropped.definition ?? 0) + errors.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: Number(process.env["MILLRACE_SEEDS"] ?? 500) },
  );
}, 60_000);
