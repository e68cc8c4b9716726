/** Values of recorded cases: JSON of a known type as rows hold it. Whatever JSON cannot hold exactly stands as Flink's text of it. */
import { readFileSync } from "node:fs";
import { check, compile, formatType } from "@millrace/engine/expression";
import type { DataType, Value } from "@millrace/engine/schema";

/** The file's JSON; whole numbers that a number would round are texts of their digits. */
export function readCases(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"), exactWhole);
}

/** V8 hands the number as written; TypeScript does not know it yet. */
function exactWhole(_name: string, value: unknown, context?: { source?: string }): unknown {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? (context?.source ?? value) : value;
}

const DAY_MS = 86_400_000;

/** Times with a zone are wall clocks of that zone. */
export function caseValue(json: unknown, dataType: DataType, timeZone: string): Value {
  if (json === null || json === undefined) return null;
  switch (dataType.type) {
    case "ARRAY":
      return list(json).map((item) => caseValue(item, dataType.element, timeZone));
    case "MAP":
      return new Map(
        list(json).map((entry) => {
          const [key, value] = list(entry);
          return [caseValue(key, dataType.key, timeZone), caseValue(value, dataType.value, timeZone)];
        }),
      );
    case "ROW": {
      const items = list(json);
      return Object.fromEntries(dataType.fields.map((field, i) => [field.name, caseValue(items[i], field.dataType, timeZone)]));
    }
    case "BINARY":
    case "VARBINARY":
    case "BYTES":
      return new Uint8Array(Buffer.from(String(json), "hex"));
    case "INTERVAL_YEAR_MONTH": {
      const [, sign, years, months] = /^([+-])(\d+)-(\d+)$/.exec(String(json)) ?? unreadable(json, dataType);
      return (sign === "-" ? -1 : 1) * (Number(years) * 12 + Number(months));
    }
    case "INTERVAL_DAY_TIME": {
      const [, sign, days, hours, minutes, seconds] = /^([+-])(\d+) (\d+):(\d+):([\d.]+)$/.exec(String(json)) ?? unreadable(json, dataType);
      const clock = (Number(hours) * 60 + Number(minutes)) * 60_000 + Math.round(Number(seconds) * 1_000);
      return (sign === "-" ? -1 : 1) * (Number(days) * DAY_MS + clock);
    }
    case "STRING":
    case "VARCHAR":
      return String(json);
    case "BOOLEAN":
      return json === true;
    default:
      return fromText(String(json), dataType, timeZone);
  }
}

function fromText(text: string, dataType: DataType, timeZone: string): Value {
  const schema = { type: "ROW", fields: [{ name: "text", dataType: { type: "STRING", nullable: false } }] } as const;
  const { nullable: _, ...bare } = dataType;
  const { checked } = check(`CAST(\`text\` AS ${formatType(bare as DataType)})`, schema, { timeZone });
  return checked ? compile(checked, { timeZone })({ text }, { time: 0, now: () => 0 }) : unreadable(text, dataType);
}

function list(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : unreadable(json, "a list");
}

function unreadable(json: unknown, expected: unknown): never {
  throw new Error(`the case holds ${JSON.stringify(json)} where ${JSON.stringify(expected)} is declared`);
}
