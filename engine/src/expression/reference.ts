/** The reference pages of the language, made of what describes it: `docs/expressions.md` and `docs/flink-differences.md`. */
import { FLINK_DIFFERENCES } from "./flink/differences.ts";
import { OPERATORS } from "./forms.ts";
import { type FunctionDefinition, type FunctionGroup, signatureText } from "./functions/define.ts";
import { FUNCTIONS } from "./functions/table.ts";

const GROUPS: Readonly<Record<FunctionGroup, string>> = {
  condition: "Conditions",
  text: "Texts",
  pattern: "Regular expressions",
  encoding: "Encodings and digests",
  number: "Numbers",
  time: "Times",
  json: "JSON",
  collection: "Arrays, maps and rows",
  conversion: "Types",
  aggregate: "Aggregates",
};

/** `docs/expressions.md`. */
export function expressionsPage(): string {
  const names = FUNCTIONS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const parts = [
    "# Expressions",
    "<!-- Made by `pnpm docs:expressions` from the language's own descriptions; a test runs every example. -->",
    `Conditions and computed fields are written in Flink SQL's scalar language over the fields of a row: ${names.length} functions, the operators below, nested fields with dots (\`page.page_id\`), elements with brackets (\`items[1]\`, \`tags['k']\`), names in backticks where they are words of the language. Results, types and errors are those of Flink 2.2.1; where they are not, [the differences](flink-differences.md) say why.`,
    "A row whose expression cannot be computed (a division by zero, a cast that fails) leaves by the error port with the expression and the value. NULL is unknown: most functions of NULL are NULL, and a condition that is NULL does not hold.",
    "## Types",
    TYPES,
    "## Operators and forms",
    "From what binds least to what binds most.",
    table(
      ["", "", "example", "gives"],
      OPERATORS.map(({ form, help, example }) => [code(form), help.en, code(example.text), code(example.result)]),
    ),
    ...Object.entries(GROUPS).flatMap(([group, title]) => section(title, group as FunctionGroup)),
  ];
  return `${parts.join("\n\n")}\n`;
}

const TYPES = [
  "| type | values |",
  "| --- | --- |",
  "| `BOOLEAN` | TRUE, FALSE |",
  "| `TINYINT`, `SMALLINT`, `INT`, `BIGINT` | whole numbers of 8, 16, 32 and 64 bits; sums wrap around as in Java, division cuts off |",
  "| `DECIMAL(p, s)` | exact numbers of up to 38 digits, rounded half up; NULL where a result has more |",
  "| `FLOAT`, `DOUBLE` | binary floating point |",
  "| `CHAR(n)`, `VARCHAR(n)`, `STRING` | texts, counted in characters |",
  "| `BINARY(n)`, `VARBINARY(n)`, `BYTES` | bytes, written `x'0aff'` |",
  "| `DATE`, `TIME`, `TIMESTAMP(p)` | days and wall clocks |",
  "| `TIMESTAMP_LTZ(p)` | moments, shown in the pipeline's time zone |",
  "| `INTERVAL YEAR TO MONTH`, `INTERVAL DAY TO SECOND` | spans of time |",
  "| `ARRAY<T>`, `MAP<K, V>`, `ROW<name T, …>` | nested values |",
  "| `VARIANT` | JSON of unknown shape: read with paths, cast before it is computed with |",
].join("\n");

function section(title: string, group: FunctionGroup): string[] {
  const functions = FUNCTIONS.filter((definition) => definition.group === group);
  if (functions.length === 0) return [];
  const note =
    group === "aggregate"
      ? [
          "They work on many rows and stand where a node aggregates; examples are over `x INT NOT NULL` and show the type. `DISTINCT` and `FILTER (WHERE condition)` may be added.",
        ]
      : [];
  return [`## ${title}`, ...note, ...functions.map(functionText)];
}

function functionText(definition: FunctionDefinition): string {
  const { name, aliases = [], help, example, signatures } = definition;
  const also = aliases.length > 0 ? ` Also ${aliases.map(code).join(", ")}.` : "";
  const shapes = [...new Set(signatures.map((signature) => signatureText(definition, signature)))];
  return [
    `### ${name}`,
    `${help.en}${also}`,
    ["```sql", ...shapes, "```"].join("\n"),
    `${code(example.text)} gives ${code(example.result)}`,
  ].join("\n\n");
}

/** `docs/flink-differences.md`. */
export function differencesPage(): string {
  const parts = [
    "# Where expressions differ from Flink",
    "<!-- Made by `pnpm docs:expressions`. The answers of a Flink 2.2.1 are recorded in the repository, and tests hold this list to them in both directions. -->",
    "Millrace's expressions give what Flink SQL 2.2.1 gives: value, type and whether there is an error. These are the exceptions that are meant.",
    ...FLINK_DIFFERENCES.map(({ title, reason, example }) => [`## ${title}`, reason, ["```sql", example, "```"].join("\n")].join("\n\n")),
  ];
  return `${parts.join("\n\n")}\n`;
}

function code(text: string): string {
  const oneLine = text.replaceAll("\n", "\\n");
  return oneLine.includes("`") ? `\`\` ${oneLine} \`\`` : `\`${oneLine}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
