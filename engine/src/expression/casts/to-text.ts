/** Casts to texts and bytes. Shorter CHAR and VARCHAR cut the text off; CHAR and BINARY fill up. */
import type { DataType } from "../../schema/index.ts";
import { isBytes, isText } from "../type-rules.ts";
import { formatterOf } from "../values/format-value.ts";
import { refuseLength } from "../values/text.ts";
import type { CastRule } from "./cast.ts";

export const textCast: CastRule = (from, to, settings) => {
  const cut = cutter(to);
  const isShort = from.type === "CHAR" && to.type === "VARCHAR" && from.length <= to.length;
  if (isText(from)) return isShort ? (value) => value : (value) => cut(value as string);
  const format = formatterOf(from, settings);
  return (value) => cut(format(value));
};

function cutter(to: DataType): (text: string) => string {
  if (to.type !== "CHAR" && to.type !== "VARCHAR") return (text) => text;
  const { type, length } = to;
  return (text) => {
    if (text.length <= length && type === "VARCHAR") return text;
    const points = [...text];
    if (points.length >= length) return points.slice(0, length).join("");
    if (type === "VARCHAR") return text;
    refuseLength(length);
    return text + " ".repeat(length - points.length);
  };
}

const utf8 = new TextEncoder();

export const bytesCast: CastRule = (from, to) => {
  const size = sizer(to);
  if (isText(from)) return (value) => size(utf8.encode(value as string));
  return isBytes(from) ? (value) => size(value as Uint8Array) : undefined;
};

function sizer(to: DataType): (bytes: Uint8Array) => Uint8Array {
  if (to.type !== "BINARY" && to.type !== "VARBINARY") return (bytes) => bytes;
  const { type, length } = to;
  return (bytes) => {
    if (bytes.length > length) return bytes.slice(0, length);
    if (bytes.length === length || type === "VARBINARY") return bytes;
    refuseLength(length);
    const filled = new Uint8Array(length);
    filled.set(bytes);
    return filled;
  };
}
