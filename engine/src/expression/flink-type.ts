/** Types in Flink's own words, which differ from ours for texts and bytes of any length, times in the session's zone and intervals. */
import type { DataType } from "../schema/index.ts";

/** `serializable` writes what can be read back ("VARCHAR(2147483647)"), otherwise the summary that TYPEOF gives ("STRING"). */
export function flinkTypeText(dataType: DataType, serializable = false): string {
  const text = bareText(dataType, serializable);
  return dataType.nullable === false ? `${text} NOT NULL` : text;
}

const quote = (name: string) => `\`${name.replaceAll("`", "``")}\``;

function bareText(dataType: DataType, serializable: boolean): string {
  switch (dataType.type) {
    case "STRING":
      return serializable ? "VARCHAR(2147483647)" : "STRING";
    case "BYTES":
      return serializable ? "VARBINARY(2147483647)" : "BYTES";
    case "CHAR":
    case "VARCHAR":
    case "BINARY":
    case "VARBINARY":
      return `${dataType.type}(${dataType.length})`;
    case "DECIMAL":
      return `DECIMAL(${dataType.precision}, ${dataType.scale})`;
    case "TIME":
    case "TIMESTAMP":
      return `${dataType.type}(${dataType.precision})`;
    case "TIMESTAMP_LTZ":
      return serializable ? `TIMESTAMP(${dataType.precision}) WITH LOCAL TIME ZONE` : `TIMESTAMP_LTZ(${dataType.precision})`;
    case "INTERVAL_YEAR_MONTH":
      return "INTERVAL YEAR TO MONTH";
    case "INTERVAL_DAY_TIME":
      return "INTERVAL DAY TO SECOND(3)";
    case "ARRAY":
      return `ARRAY<${flinkTypeText(dataType.element, serializable)}>`;
    case "MAP":
      return `MAP<${flinkTypeText(dataType.key, serializable)}, ${flinkTypeText(dataType.value, serializable)}>`;
    case "ROW":
      return `ROW<${dataType.fields.map((field) => `${quote(field.name)} ${flinkTypeText(field.dataType, serializable)}`).join(", ")}>`;
    default:
      return dataType.type;
  }
}
