/**
 * About how many bytes of memory a value takes, by its declared type, so that most types need no look at the value. Measured on V8 with full-size pointers; texts are counted as two
 * bytes a letter, which is right for Chinese and too much for ASCII: a budget must not be passed by a change of language.
 */
import { canCompile } from "../codec/row-builder.ts";
import { META, type Row } from "../node/row.ts";
import type { DataType, Value, Values } from "../schema/index.ts";

const WORD = 8;
const NUMBER = 16;
const TEXT = 24;
/** A typed array with its buffer. */
const BLOB = 200;
const ARRAY = 32;
const OBJECT = 24;
const MAP = 120;
const MAP_ITEM = 40;
/** The text of a row with what describes it. */
const META_SIZE = 200;
const CHANGE = 160;
/** Items of a larger collection, which stand for the rest. */
const MOST_LOOKED_AT = 32;

/** Bytes of every value of the type, or a function where they differ. */
export type ValueSize = number | ((value: Value) => number);

export function valueSize(dataType: DataType): ValueSize {
  switch (dataType.type) {
    case "CHAR":
    case "VARCHAR":
    case "STRING":
      return (value) => (value === null ? WORD : TEXT + 2 * (value as string).length);
    case "BINARY":
    case "VARBINARY":
    case "BYTES":
      return (value) => (value === null ? WORD : BLOB + (value as Uint8Array).length);
    case "ARRAY": {
      const element = valueSize(dataType.element);
      return (value) => {
        if (value === null) return WORD;
        const elements = value as readonly Value[];
        let size = ARRAY + WORD * elements.length;
        if (typeof element === "number") return size + element * elements.length;
        if (elements.length > MOST_LOOKED_AT) return size + elements.length * average(elements, element);
        for (const item of elements) size += element(item);
        return size;
      };
    }
    case "ROW": {
      let fixed = OBJECT + WORD * dataType.fields.length;
      const texts: string[] = [];
      const others: { name: string; size: (value: Value) => number }[] = [];
      for (const { name, dataType: type } of dataType.fields) {
        const size = valueSize(type);
        if (typeof size === "number") fixed += size;
        else if (isText(type)) texts.push(name);
        else others.push({ name, size });
      }
      const textsSize = sizeOfTexts(texts);
      const isOpen = dataType.open === true;
      if (texts.length + others.length === 0 && !isOpen) return fixed;
      return (value) => {
        if (value === null) return WORD;
        let size = fixed + textsSize(value as Values);
        if (isOpen) size += metaSize(value as Row);
        for (const field of others) size += field.size((value as Values)[field.name] ?? null);
        return size;
      };
    }
    case "MAP":
    case "VARIANT":
      return sizeOfAny;
    default:
      return NUMBER;
  }
}

export function sizeBy(size: ValueSize, value: Value): number {
  return typeof size === "number" ? size : size(value);
}

/** Sum over the texts of these names; compiled where that is allowed, as a loop over names costs more than the row's lookup in state. */
function sizeOfTexts(names: readonly string[]): (values: Values) => number {
  const ofOne = (text: Value | undefined) => (typeof text === "string" ? TEXT + 2 * text.length : WORD);
  if (names.length === 0) return () => 0;
  if (!canCompile()) return (values) => names.reduce((sum, name) => sum + ofOne(values[name]), 0);
  const terms = names.map((name) => `ofOne(values[${JSON.stringify(name)}])`);
  return new Function("ofOne", `return (values) => ${terms.join(" + ")};`)(ofOne) as (values: Values) => number;
}

function isText({ type }: DataType): boolean {
  return type === "STRING" || type === "VARCHAR" || type === "CHAR";
}

function metaSize(row: Row): number {
  const meta = row[META];
  if (meta === undefined) return 0;
  return META_SIZE + (meta.record ? meta.record.end - meta.record.start : 0) + CHANGE * (meta.changes?.length ?? 0);
}

/** Of the first few: a collection that grows with each row must not be gone through for each. */
function average<T>(items: Iterable<T>, size: (item: T) => number): number {
  let sum = 0;
  let looked = 0;
  for (const item of items) {
    sum += size(item);
    if (++looked === MOST_LOOKED_AT) break;
  }
  return sum / looked;
}

function sizeOfAny(value: Value): number {
  if (typeof value === "string") return TEXT + 2 * value.length;
  if (typeof value !== "object" || value === null) return NUMBER;
  if (value instanceof Uint8Array) return BLOB + value.length;
  if (Array.isArray(value)) return (value as readonly Value[]).reduce<number>((sum, item) => sum + WORD + sizeOfAny(item), ARRAY);
  if (value instanceof Map) {
    const map = value as ReadonlyMap<Value, Value>;
    if (map.size > MOST_LOOKED_AT) return MAP + map.size * average(map, ([key, item]) => MAP_ITEM + sizeOfAny(key) + sizeOfAny(item));
    let size = MAP;
    for (const [key, item] of map) size += MAP_ITEM + sizeOfAny(key) + sizeOfAny(item);
    return size;
  }
  let size = OBJECT + metaSize(value as Row);
  for (const item of Object.values(value as Values)) size += WORD + sizeOfAny(item);
  return size;
}
