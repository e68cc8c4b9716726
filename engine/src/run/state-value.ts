/**
 * State values to JSON and back, by declared type: what a snapshot holds. BIGINTs beyond 2^53 and nanosecond timestamps become text, bytes base64, maps
 * lists of pairs; everything else is JSON as it is.
 */
import type { DataType, Value, Values } from "../schema/index.ts";

export type StateJson = null | boolean | number | string | StateJson[] | { [name: string]: StateJson };

export function toStateJson(value: Value, dataType: DataType): StateJson {
  if (value === null || value === undefined) return null;
  switch (dataType.type) {
    case "ARRAY":
      return (value as readonly Value[]).map((element) => toStateJson(element, dataType.element));
    case "MAP":
      return [...(value as ReadonlyMap<Value, Value>)].map(([key, item]) => [
        toStateJson(key, dataType.key),
        toStateJson(item, dataType.value),
      ]);
    case "ROW": {
      const json: { [name: string]: StateJson } = {};
      for (const field of dataType.fields) json[field.name] = toStateJson((value as Values)[field.name] ?? null, field.dataType);
      return json;
    }
    default:
      return scalarToJson(value);
  }
}

export function fromStateJson(json: StateJson, dataType: DataType): Value {
  if (json === null) return null;
  switch (dataType.type) {
    case "ARRAY":
      return (json as StateJson[]).map((element) => fromStateJson(element, dataType.element));
    case "MAP":
      return new Map(
        (json as [StateJson, StateJson][]).map(([key, item]) => [fromStateJson(key, dataType.key), fromStateJson(item, dataType.value)]),
      );
    case "ROW": {
      const values: Record<string, Value> = {};
      for (const field of dataType.fields)
        values[field.name] = fromStateJson((json as { [name: string]: StateJson })[field.name] ?? null, field.dataType);
      return values;
    }
    default:
      return scalarFromJson(json);
  }
}

/** `{"$": kind, "v": text}` for what JSON has no word for; a VARIANT object that looks like one is wrapped itself. */
function scalarToJson(value: Value): StateJson {
  if (typeof value === "bigint") return { $: "n", v: value.toString() };
  if (typeof value === "number" && !Number.isFinite(value)) return { $: "f", v: String(value) };
  if (typeof value === "number" && Object.is(value, -0)) return { $: "f", v: "-0" };
  if (value instanceof Uint8Array) return { $: "b", v: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(scalarToJson);
  if (typeof value === "object" && value !== null) {
    const members: [string, StateJson][] = Object.entries(value as Values).map(([name, item]) => [name, scalarToJson(item)]);
    return { $: "o", v: members };
  }
  return value as StateJson;
}

function scalarFromJson(json: StateJson): Value {
  if (Array.isArray(json)) return json.map(scalarFromJson);
  if (typeof json !== "object" || json === null) return json;
  switch (json.$) {
    case "n":
      return BigInt(json.v as string);
    case "f":
      return Number(json.v);
    case "b":
      return new Uint8Array(Buffer.from(json.v as string, "base64"));
    case "o":
      return Object.fromEntries((json.v as [string, StateJson][]).map(([name, item]) => [name, scalarFromJson(item)]));
    default:
      throw new Error(`not a state value: ${JSON.stringify(json).slice(0, 100)}`);
  }
}
