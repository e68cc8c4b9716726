/**
 * A column's value as Canal writes it, a text whatever its type, brought to what Maxwell has: numbers as numbers, decimals with the scale of their column, bytes as base64,
 * ENUM and SET by name. What does not look like its type stays the text that it is.
 */

const TYPE = /^\s*(\w+)\s*(?:\((.*)\))?/s;
const WHOLE = /^-?\d+$/;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;
const FLOAT = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NAMES = /'((?:[^']|'')*)'/g;

const WHOLE_TYPES = new Set(["tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year", "bit"]);
const FLOAT_TYPES = new Set(["float", "double", "real"]);
const BYTE_TYPES = new Set([
  "binary",
  "varbinary",
  "tinyblob",
  "blob",
  "mediumblob",
  "longblob",
  "geometry",
  "point",
  "linestring",
  "polygon",
  "multipoint",
  "multilinestring",
  "multipolygon",
  "geometrycollection",
]);

/** `json`: the value in JSON, not null; `mysqlType`: as "decimal(16,2)", undefined where the message does not say. Gives JSON. */
export function canalColumn(json: string, mysqlType: string | undefined): string {
  const [, name = "", inside = ""] = TYPE.exec(mysqlType ?? "") ?? [];
  const type = name.toLowerCase();
  if (!json.startsWith('"') || type === "") return json;
  const text = JSON.parse(json) as string;
  if (WHOLE_TYPES.has(type)) return WHOLE.test(text) ? String(BigInt(text)) : json;
  if (FLOAT_TYPES.has(type)) return FLOAT.test(text) ? text : json;
  if (type === "decimal" || type === "numeric") return DECIMAL.test(text) ? withScale(text, Number(inside.split(",")[1] ?? 0)) : json;
  if (type === "json") return isJson(text) ? text : json;
  if (type === "enum") return WHOLE.test(text) ? JSON.stringify(namesIn(inside)[Number(text) - 1] ?? "") : json;
  if (type === "set") return WHOLE.test(text) ? JSON.stringify(setOf(namesIn(inside), BigInt(text))) : json;
  // Canal reads bytes as letters of Latin-1, one each.
  if (BYTE_TYPES.has(type)) return JSON.stringify(Buffer.from(text, "latin1").toString("base64"));
  return json;
}

/** Canal cuts a zero off the end. */
function withScale(text: string, scale: number): string {
  const [whole = "", fraction = ""] = text.split(".");
  const digits = fraction.padEnd(scale, "0");
  const plain = whole.replace(/^(-?)0+(?=\d)/, "$1");
  return digits === "" ? plain : `${plain}.${digits}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function namesIn(inside: string): string[] {
  return [...inside.matchAll(NAMES)].map(([, name = ""]) => name.replaceAll("''", "'"));
}

function setOf(names: readonly string[], bits: bigint): string[] {
  return names.filter((_name, i) => (bits >> BigInt(i)) & 1n);
}
