/** The rows that a codec refuses: place, value, remedy. */
import { type ByteRange, RowError } from "../node/index.ts";
import type { DataType } from "../schema/index.ts";
import { textOf } from "./byte-text.ts";
import { jsonFault, jsonFaultWords } from "./json-fault.ts";

/** For text that `JSON.parse` refused or that is not UTF-8. */
export function notJson({ bytes, start, end }: ByteRange): RowError {
  const fault = jsonFault(bytes, start, end);
  if (!fault) throw new Error("the scanner takes for JSON what JSON.parse refuses");
  const { en, zh } = jsonFaultWords(fault);
  const code = fault.reason === "not-utf8" ? "codec.not-utf8" : "codec.not-json";
  return new RowError(code, {
    en: `the record is not JSON: at byte ${fault.offset}: ${en}. Mend what writes it, or read it as text.`,
    zh: `记录不是 JSON：第 ${fault.offset} 字节处：${zh}。请修正写入方，或按文本读取。`,
  });
}

export function notUtf8(at: number): RowError {
  return new RowError("codec.not-utf8", {
    en: `the record is not UTF-8: byte ${at} does not fit. Mend what writes it.`,
    zh: `记录不是 UTF-8：第 ${at} 字节不合编码。请修正写入方。`,
  });
}

/** `place` is a path in the record ("page.during_time", "displays[2].item"), "" for the record itself; `value` is what stood there, as text. */
export function wrongType(place: string, dataType: DataType, value: string): RowError {
  const expected = typeText(dataType);
  const got = shorten(value);
  return new RowError("codec.wrong-type", {
    en: `${place || "the record"}: expected ${expected}, got ${got}. Declare the type that it has, or mend what writes it.`,
    zh: `${place || "记录"}：期望 ${expected}，得到 ${got}。请声明其实际类型，或修正写入方。`,
  });
}

export function missing(place: string, dataType: DataType): RowError {
  const type = typeText(dataType);
  return new RowError("codec.missing", {
    en: `${place}: expected ${type} NOT NULL, got nothing. Declare the field as nullable, or mend what writes it.`,
    zh: `${place}：期望 ${type} NOT NULL，但没有值。请将字段声明为可空，或修正写入方。`,
  });
}

export function tooDeep(place: string, limit: number): RowError {
  return new RowError("codec.too-deep", {
    en: `${place || "the record"}: nested more than ${limit} levels deep. Read it as STRING, or flatten it where it is written.`,
    zh: `${place || "记录"}：嵌套超过 ${limit} 层。请按 STRING 读取，或在写入处展开。`,
  });
}

export function cannotWrite(place: string, dataType: DataType, value: string): RowError {
  const type = typeText(dataType);
  return new RowError("codec.cannot-write", {
    en: `${place || "the row"}: ${shorten(value)} cannot be written as ${type}. Convert it before the sink.`,
    zh: `${place || "行"}：${shorten(value)} 无法写成 ${type}。请在输出前转换。`,
  });
}

/** For people: the outer type in SQL's words, without what a row or array holds. */
function typeText(dataType: DataType): string {
  switch (dataType.type) {
    case "DECIMAL":
      return `DECIMAL(${dataType.precision}, ${dataType.scale})`;
    case "ROW":
      return "an object (ROW)";
    case "ARRAY":
      return "a list (ARRAY)";
    case "MAP":
      return "an object (MAP)";
    default:
      return dataType.type;
  }
}

/** The bytes of a value, for a message. */
export function snippet(bytes: Uint8Array, start: number, end: number): string {
  return textOf(bytes, start, Math.min(end, start + 200));
}

function shorten(text: string): string {
  const chars = [...text.slice(0, 200)];
  return chars.length <= 80 && text.length <= 200 ? text : `${chars.slice(0, 79).join("")}…`;
}
