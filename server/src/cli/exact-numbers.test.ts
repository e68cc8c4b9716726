import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { killMillraces, PATIENCE, runMillrace } from "../testing/millrace-process.ts";

/** BIGINT beyond 2^53 up to its limits, and DECIMAL(38, 18) with all its digits: none of them fits a double. */
const ROWS = [
  ["9007199254740993", "12345678901234567890.123456789012345678"],
  ["9223372036854775806", "99999999999999999999.999999999999999999"],
  ["-9223372036854775808", "-0.000000000000000001"],
] as const;
const FORMATS = ["json", "csv"] as const;

const json = (n: string, price: string, next?: string) => `{"n":${n},"price":${price}${next === undefined ? "" : `,"next":${next}`}}`;
const next = (n: string) => String(BigInt(n) + 1n);
const INPUT = {
  json: ROWS.map(([n, price]) => json(n, price)),
  csv: ["n,price", ...ROWS.map((row) => row.join(","))],
};
const OUTPUT = {
  json: ROWS.map(([n, price]) => json(n, price, next(n))),
  csv: ["n,price,next", ...ROWS.map(([n, price]) => [n, price, next(n)].join(","))],
};

/** Of each format a source, through a select to a sink of each format. */
const DOCUMENT = {
  formatVersion: 1,
  name: "Exact numbers",
  nodes: Object.fromEntries(
    FORMATS.flatMap((from): [string, object][] => [
      [
        `${from}_in`,
        { type: "file-source", name: from, params: { path: `in.${from}`, format: from, schema: "n BIGINT, price DECIMAL(38, 18)" } },
      ],
      [
        `${from}_select`,
        {
          type: "select",
          name: "Select",
          params: {
            fields: [
              { name: "n", value: "n" },
              { name: "price", value: "price" },
              { name: "next", value: "n + 1" },
            ],
          },
        },
      ],
      ...FORMATS.map((to): [string, object] => [
        `${from}_${to}`,
        { type: "file-sink", name: to, params: { path: `${from}-out.${to}`, format: to } },
      ]),
    ]),
  ),
  edges: FORMATS.flatMap((from) => [
    { from: `${from}_in.out`, to: `${from}_select.in` },
    ...FORMATS.map((to) => ({ from: `${from}_select.out`, to: `${from}_${to}.in` })),
  ]),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-numbers-"));
});
afterEach(killMillraces);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("numbers that no double holds", PATIENCE, () => {
  it("keep every digit from JSON and CSV to JSON and CSV", async () => {
    const document = join(folder, "document.json");
    writeFileSync(document, JSON.stringify(DOCUMENT));
    const files = join(folder, "data", "files");
    mkdirSync(files, { recursive: true });
    for (const format of FORMATS) writeFileSync(join(files, `in.${format}`), `${INPUT[format].join("\n")}\n`);

    const { code, err } = await runMillrace(folder, ["run", document, "--data", join(folder, "data")]);

    expect([code, err]).toEqual([0, "Running Exact numbers; Ctrl+C stops it with a savepoint.\n"]);
    for (const from of FORMATS)
      for (const to of FORMATS)
        expect(readFileSync(join(files, `${from}-out.${to}`), "utf8"), `${from} to ${to}`).toBe(`${OUTPUT[to].join("\n")}\n`);
  });
});
