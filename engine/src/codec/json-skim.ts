/**
 * The short way from JSON to rows: one pass over the bytes that takes the wanted members and checks the others without making anything of them, for less than
 * `JSON.parse` alone costs. It takes what most records are made of (ASCII, no escapes, values that are of their type already) and leaves any other record to the long
 * way whole, with all its errors: what it takes it takes as the long way would.
 */
import { attach, type ByteRange, type Row, type RowMeta } from "../node/index.ts";
import type { DataType, RowShape, Schema, Value } from "../schema/index.ts";
import type { FieldTree } from "./codec.ts";
import { skipSpace } from "./json-scan.ts";
import * as token from "./json-tokens.ts";
import { type AsciiText, knownTexts } from "./known-texts.ts";
import { rowOfValues } from "./row-builder.ts";
import { INTEGER_RANGE, isIntegerType } from "./value-text.ts";

const { NOT_TAKEN } = token;

/** After a record that was not taken, so many are not tried: twice as many each time, up to this. */
const LONGEST_REST = 255;

/** The row, or undefined for a record that is left to the long way. */
export type Skim = (record: ByteRange) => Row | undefined;

/** Undefined where a wanted type is none of those that are taken. */
export function skimmer(schema: Schema, wanted: FieldTree): Skim | undefined {
  const scope: Scope = { value: null, ascii: knownTexts() };
  const read = rowReader(schema, wanted, scope);
  if (!read) return undefined;
  let rest = 0;
  let next = 1;
  return ({ bytes, start, end }) => {
    if (rest > 0) {
      rest--;
      return undefined;
    }
    const behind = read(bytes, skipSpace(bytes, start), end);
    // A record that ends too soon goes on in the bytes of the next one.
    if (behind === NOT_TAKEN || (behind !== end && Math.min(skipSpace(bytes, behind), end) !== end) || behind > end) {
      rest = next;
      next = Math.min(2 * next, LONGEST_REST);
      return undefined;
    }
    next = 1;
    return attach(scope.value as Row, metaOf(bytes, start, end));
  };
}

/** Where a reader leaves the value that it read. */
interface Scope {
  value: Value;
  readonly ascii: AsciiText;
}

/** Reads the value at `from`, which is not null; gives where it ends, or `NOT_TAKEN`. */
type Read = (bytes: Uint8Array, from: number, end: number) => number;

function metaOf(bytes: Uint8Array, start: number, end: number): RowMeta {
  return { record: { format: "json", bytes, start, end } };
}

function reader(dataType: DataType, wanted: FieldTree, scope: Scope): Read | undefined {
  switch (dataType.type) {
    case "ROW":
      return rowReader(dataType, wanted, scope);
    case "ARRAY":
      return arrayReader(dataType.element, wanted, scope);
    case "STRING":
    case "CHAR":
    case "VARCHAR":
      return (bytes, from, end) => {
        if (bytes[from] !== token.QUOTE) return NOT_TAKEN;
        const behind = token.plainStringEnd(bytes, from, end);
        if (behind !== NOT_TAKEN) scope.value = scope.ascii(bytes, from + 1, behind - 1);
        return behind;
      };
    case "BOOLEAN":
      return (bytes, from, end) => {
        if (bytes[from] !== token.TRUE && bytes[from] !== token.FALSE) return NOT_TAKEN;
        scope.value = bytes[from] === token.TRUE;
        return token.wordEnd(bytes, from, end);
      };
    case "DOUBLE":
      return (bytes, from, end) => {
        const behind = token.numberEnd(bytes, from, end);
        if (behind !== NOT_TAKEN) scope.value = Number(scope.ascii(bytes, from, behind));
        return behind;
      };
    default:
      return isIntegerType(dataType.type) ? integerReader(INTEGER_RANGE[dataType.type], scope) : undefined;
  }
}

/** So many digits are a safe whole number whatever they are. */
const MOST_DIGITS = 15;

function integerReader([lowest, highest]: readonly [bigint, bigint], scope: Scope): Read {
  const least = Number(lowest);
  const greatest = Number(highest);
  return (bytes, from, end) => {
    const first = bytes[from] === token.MINUS ? from + 1 : from;
    const behind = token.numberEnd(bytes, from, end);
    if (behind === NOT_TAKEN || behind - first > MOST_DIGITS) return NOT_TAKEN;
    let number = 0;
    for (let at = first; at < behind; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0) return NOT_TAKEN; // the point of a fraction
      number = number * 10 + digit;
    }
    if (first !== from) number = 0 - number;
    if (number < least || number > greatest) return NOT_TAKEN;
    scope.value = number;
    return behind;
  };
}

/** A member that is looked for. */
interface Sought {
  readonly index: number;
  readonly name: string;
  readonly read: Read;
  readonly isRequired: boolean;
}

function rowReader(shape: RowShape, wanted: FieldTree, scope: Scope): Read | undefined {
  const fields = shape.fields.filter(({ name }) => wanted === true || Object.hasOwn(wanted, name));
  const sought: Sought[] = [];
  for (const [index, { name, dataType }] of fields.entries()) {
    const read = reader(dataType, wanted === true ? true : (wanted[name] as FieldTree), scope);
    // Such a name may stand escaped only.
    if (!read || !/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(name)) return undefined;
    sought.push({ index, name, read, isRequired: dataType.nullable === false });
  }
  const find = finder(sought);
  const hasRequired = sought.some(({ isRequired }) => isRequired);
  const make = rowOfValues(fields.map(({ name }) => name));
  const values: Value[] = fields.map(() => null);
  const found: boolean[] = fields.map(() => false);

  return (bytes, from, end) => {
    if (bytes[from] !== token.OPEN_OBJECT) return NOT_TAKEN;
    for (let i = 0; i < values.length; i++) {
      values[i] = null;
      found[i] = false;
    }
    let at = skipSpace(bytes, from + 1);
    if (bytes[at] === token.CLOSE_OBJECT) at++;
    else
      for (;;) {
        if (bytes[at] !== token.QUOTE) return NOT_TAKEN;
        const nameEnd = token.plainStringEnd(bytes, at, end);
        if (nameEnd === NOT_TAKEN) return NOT_TAKEN;
        const start = token.valueStart(bytes, nameEnd);
        if (start === NOT_TAKEN) return NOT_TAKEN;
        const member = find(bytes, at + 1, nameEnd - 1);
        if (member === undefined) at = token.valueEnd(bytes, start, end);
        else if (bytes[start] === token.NULL) {
          at = token.wordEnd(bytes, start, end);
          values[member.index] = null;
          found[member.index] = false;
        } else {
          at = member.read(bytes, start, end);
          values[member.index] = scope.value;
          found[member.index] = true;
        }
        if (at === NOT_TAKEN) return NOT_TAKEN;
        at = skipSpace(bytes, at);
        if (bytes[at] === token.COMMA) at = skipSpace(bytes, at + 1);
        else if (bytes[at++] === token.CLOSE_OBJECT) break;
        else return NOT_TAKEN;
      }
    if (hasRequired) for (const { index, isRequired } of sought) if (isRequired && !found[index]) return NOT_TAKEN;
    scope.value = make(values);
    return at;
  };
}

type Find = (bytes: Uint8Array, start: number, end: number) => Sought | undefined;

const SLOTS = 64;

/** Members by a hash of length, first and last letter. */
function finder(sought: readonly Sought[]): Find {
  const slots: Sought[][] = Array.from({ length: SLOTS }, () => []);
  for (const member of sought) {
    const { name } = member;
    slots[slotOf(name.length, name.charCodeAt(0), name.charCodeAt(name.length - 1))]?.push(member);
  }
  return (bytes, start, end) => {
    const length = end - start;
    const slot = slots[slotOf(length, bytes[start] as number, bytes[end - 1] as number)] as Sought[];
    for (let i = 0; i < slot.length; i++) {
      const member = slot[i] as Sought;
      if (member.name.length === length && says(member.name, bytes, start)) return member;
    }
    return undefined;
  };
}

function slotOf(length: number, first: number, last: number): number {
  return length === 0 ? 0 : (length * 7 + first * 3 + last) & (SLOTS - 1);
}

function says(name: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

/** Rows in an array know their own bytes, so that a row flattened out of its record can be written through like any other. */
function arrayReader(element: DataType, wanted: FieldTree, scope: Scope): Read | undefined {
  const inner = wanted === true || !Object.hasOwn(wanted, "[]") ? wanted : (wanted["[]"] as FieldTree);
  const read = reader(element, inner, scope);
  if (!read) return undefined;
  const isRow = element.type === "ROW";
  return (bytes, from, end) => {
    if (bytes[from] !== token.OPEN_ARRAY) return NOT_TAKEN;
    const values: Value[] = [];
    let at = skipSpace(bytes, from + 1);
    if (bytes[at] === token.CLOSE_ARRAY) at++;
    else
      for (;;) {
        const start = at;
        if (bytes[start] === token.NULL) {
          if (element.nullable === false) return NOT_TAKEN;
          at = token.wordEnd(bytes, start, end);
          values.push(null);
        } else {
          at = read(bytes, start, end);
          if (at !== NOT_TAKEN) values.push(isRow ? attach(scope.value as Row, metaOf(bytes, start, at)) : scope.value);
        }
        if (at === NOT_TAKEN) return NOT_TAKEN;
        at = skipSpace(bytes, at);
        if (bytes[at] === token.COMMA) at = skipSpace(bytes, at + 1);
        else if (bytes[at++] === token.CLOSE_ARRAY) break;
        else return NOT_TAKEN;
      }
    scope.value = values;
    return at;
  };
}
