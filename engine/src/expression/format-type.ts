/** A type in SQL's words, as `parseType` reads it. */
import type { DataType, Schema } from "../schema/index.ts";
import { quoteName } from "./quote-name.ts";

export function formatType(dataType: DataType): string {
  return dataType.nullable === false ? `${formatBare(dataType)} NOT NULL` : formatBare(dataType);
}

/** A schema as `parseSchema` reads it: "mid STRING, ts BIGINT". */
export function formatSchema(schema: Schema): string {
  return schema.fields.map(({ name, dataType }) => `${quoteName(name)} ${formatType(dataType)}`).join(", ");
}

function formatBare(dataType: DataType): string {
  switch (dataType.type) {
    case "CHAR":
    case "VARCHAR":
    case "BINARY":
    case "VARBINARY":
      return `${dataType.type}(${dataType.length})`;
    case "DECIMAL":
      return `DECIMAL(${dataType.precision}, ${dataType.scale})`;
    case "TIME":
    case "TIMESTAMP":
    case "TIMESTAMP_LTZ":
      return `${dataType.type}(${dataType.precision})`;
    case "ARRAY":
      return `ARRAY<${formatType(dataType.element)}>`;
    case "MAP":
      return `MAP<${formatType(dataType.key)}, ${formatType(dataType.value)}>`;
    case "ROW":
      return `ROW<${dataType.fields.map(({ name, dataType }) => `${quoteName(name)} ${formatType(dataType)}`).join(", ")}>`;
    case "INTERVAL_YEAR_MONTH":
      return "INTERVAL YEAR TO MONTH";
    case "INTERVAL_DAY_TIME":
      return "INTERVAL DAY TO SECOND";
    default:
      return dataType.type;
  }
}
