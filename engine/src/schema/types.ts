/**
 * The types of Flink SQL, as plain data: they stand in pipeline documents, travel to the browser and are compared with `sameType`.
 *
 * How a value of each type is held in memory (one decision for codec, state and expressions, see
 * `docs/decisions/values.md`):
 *
 * | type | held as |
 * | --- | --- |
 * | BOOLEAN | boolean |
 * | TINYINT, SMALLINT, INT | number |
 * | BIGINT | number while `Number.isSafeInteger`, else bigint |
 * | FLOAT, DOUBLE | number |
 * | DECIMAL(p, s) | the unscaled integer: number while safe, else bigint (12.34 as DECIMAL(10, 2) is 1234) |
 * | CHAR, VARCHAR, STRING | string |
 * | BINARY, VARBINARY, BYTES | Uint8Array |
 * | DATE | days since 1970-01-01, number |
 * | TIME | milliseconds of the day, number |
 * | TIMESTAMP(p), TIMESTAMP_LTZ(p) | p <= 3: milliseconds since the epoch (TIMESTAMP: of its wall clock read as UTC), number; p > 3: nanoseconds, bigint |
 * | INTERVAL YEAR TO MONTH / DAY TO SECOND | months / milliseconds, number |
 * | ARRAY | array |
 * | MAP | Map |
 * | ROW | object with each of its fields |
 * | VARIANT (JSON of unknown shape) | what `JSON.parse` gives, integers beyond 2^53 as bigint |
 *
 * NULL, and a field that is absent, is `null` everywhere; `undefined` is not a value.
 */
export type DataType = (
  | { readonly type: SimpleTypeName }
  | { readonly type: "CHAR" | "VARCHAR" | "BINARY" | "VARBINARY"; readonly length: number }
  | { readonly type: "DECIMAL"; readonly precision: number; readonly scale: number }
  | { readonly type: "TIME" | "TIMESTAMP" | "TIMESTAMP_LTZ"; readonly precision: number }
  | { readonly type: "ARRAY"; readonly element: DataType }
  | { readonly type: "MAP"; readonly key: DataType; readonly value: DataType }
  | RowShape
) & {
  /** False for NOT NULL; a type is nullable unless it says otherwise. */
  readonly nullable?: false;
};

export type SimpleTypeName =
  | "BOOLEAN"
  | "TINYINT"
  | "SMALLINT"
  | "INT"
  | "BIGINT"
  | "FLOAT"
  | "DOUBLE"
  | "STRING"
  | "BYTES"
  | "DATE"
  | "INTERVAL_YEAR_MONTH"
  | "INTERVAL_DAY_TIME"
  | "VARIANT"
  /** The type of a bare NULL literal. */
  | "NULL";

export interface Field {
  readonly name: string;
  readonly dataType: DataType;
  /** Tagged as personal in the document: the server masks it in previews. */
  readonly personal?: true;
}

export interface RowShape {
  readonly type: "ROW";
  readonly fields: readonly Field[];
  /** Records may carry more members than are listed; they are kept when the record is written through. */
  readonly open?: true;
}

/** The schema of an edge: a row type. */
export type Schema = RowShape;

/** How a row changes the table that the stream stands for: insert, update-before, update-after, delete. */
export type RowKind = "+I" | "-U" | "+U" | "-D";

/** What kinds of row a port may carry. */
export type ChangelogMode =
  | { readonly mode: "append" }
  | { readonly mode: "upsert"; readonly key: readonly string[] }
  | { readonly mode: "retract" };

/** A value of any type; see the table above. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | ReadonlyMap<Value, Value>
  | Values
  | JsonObject;
/** The fields of a row by name. */
export interface Values {
  readonly [field: string]: Value;
}
export interface JsonObject {
  readonly [member: string]: Value;
}
