/**
 * The text of a reader: JavaScript for just the fields that are wanted, a function for each object and array of theirs. Nothing of a schema gets into the text but
 * numbers and, as the keys of rows, names in quotes under computed keys, so that no name can be anything but a field.
 */
import type { DataType, RowShape } from "../schema/index.ts";
import type { FieldTree } from "./codec.ts";
import { NOT_TAKEN, WORDS } from "./json-bytes.ts";
import { ENTRY } from "./json-names.ts";
import { INTEGER_RANGE, isIntegerType } from "./value-text.ts";

const { NULL, TRUE, ALSE } = WORDS;
const { LENGTH, MASK, MEMBER, NEXT } = ENTRY;

export interface ReaderCode {
  /** The body of a function of `env`, which returns the reader. */
  readonly text: string;
  /** What `names0`, `names1` ... look for. */
  readonly names: readonly (readonly string[])[];
  /** What `other0` ... and `fromText0` ... take. */
  readonly others: readonly { readonly dataType: DataType; readonly wanted: FieldTree }[];
}

interface Draft {
  readonly functions: string[];
  readonly names: (readonly string[])[];
  readonly others: { readonly dataType: DataType; readonly wanted: FieldTree }[];
}

/** Every function takes where the value's inside begins, leaves the value in `value` and gives where it ends. */
export function readerCode(schema: RowShape, wanted: FieldTree): ReaderCode {
  const draft: Draft = { functions: [], names: [], others: [] };
  const root = rowFunction(schema, wanted, draft);
  const { names, others } = draft;
  const text = `"use strict";
const { META, NUMBER, POWERS, texts, skipped, spaceEnd, unusualStringEnd, valueEnd, plainNumberEnd, says } = env;
${names.map((_, i) => `const names${i} = env.names[${i}], table${i} = names${i}.table;`).join("\n")}
${others.map((_, i) => `const other${i} = env.others[${i}], fromText${i} = env.fromTexts[${i}];`).join("\n")}
let value = null, bytes, original, shift = 0;
${draft.functions.join("\n")}
function otherEnd(view, at, end, read) {
  const behind = valueEnd(view, at, end, skipped);
  // Behind the end other bytes may stand in the copy than in the original.
  if (behind === ${NOT_TAKEN} || behind > end) return ${NOT_TAKEN};
  value = read(original, at + shift, behind + shift);
  return value === undefined ? ${NOT_TAKEN} : behind;
}
return (view, from, to, seen, own, ownShift) => {
  const end = to | 0;
  bytes = seen; original = own; shift = ownShift | 0;
  let at = spaceEnd(view, from | 0, end) | 0;
  if (view.getUint8(at) !== 123) return undefined;
  at = ${root}(view, at + 1, end) | 0;
  if (at === ${NOT_TAKEN} || (at !== end && spaceEnd(view, at, end) !== end)) return undefined;
  return value;
};`;
  return { text, names, others };
}

const FAIL = `return ${NOT_TAKEN};`;
const SPACE = "if (view.getUint8(at) <= 32) at = spaceEnd(view, at, end) | 0;";
const SEPARATOR = (close: number) => `
    let next = view.getUint8(at);
    if (next <= 32) { at = spaceEnd(view, at, end) | 0; next = view.getUint8(at); }
    at = (at + 1) | 0;
    if (next === ${close}) break;
    if (next !== 44) ${FAIL}
    ${SPACE}`;

function rowFunction(shape: RowShape, wanted: FieldTree, draft: Draft): string {
  const fields = shape.fields.filter(({ name }) => wanted === true || Object.hasOwn(wanted, name));
  const number = draft.names.length;
  const [names, table] = [`names${number}`, `table${number}`];
  draft.names.push(fields.map(({ name }) => name));
  const cases = fields.map(
    ({ name, dataType }, i) => `
      case ${i}:
        if (view.getInt32(at, true) === ${NULL}) { at = (at + 4) | 0; v${i} = null; }
        else ${valueCode(dataType, wanted === true ? true : (wanted[name] as FieldTree), `v${i}`, draft)}
        break;`,
  );
  const required = fields.flatMap(({ dataType }, i) => (dataType.nullable === false ? [`if (v${i} === null) ${FAIL}`] : []));
  draft.functions.push(`
function row${number}(view, from, end) {
  const t = ${table};
  let at = from | 0, entry = 0, member = 0, k = t[${NEXT}];
  ${fields.length > 0 ? `let ${fields.map((_, i) => `v${i} = null`).join(", ")};` : ""}
  ${SPACE}
  if (view.getUint8(at) === 125) at = (at + 1) | 0;
  else for (;;) {
    if (at >= end) ${FAIL}
    if (((view.getInt32(at, true) ^ t[k]) | ((view.getInt32((at + 4) | 0, true) ^ t[(k + 1) | 0]) & t[(k + ${MASK}) | 0])) === 0 && (t[(k + ${LENGTH}) | 0] <= 8 || says(view, at, t, k))) {
      entry = k;
      member = t[(k + ${MEMBER}) | 0];
      at = (at + t[(k + ${LENGTH}) | 0]) | 0;
    } else {
      if (view.getUint8(at) !== 34) ${FAIL}
      at = ${names}.find(view, bytes, at, end, entry) | 0;
      if (at === ${NOT_TAKEN}) ${FAIL}
      entry = ${names}.entry;
      member = ${names}.member;
    }
    k = t[(entry + ${NEXT}) | 0];
    ${SPACE}
    switch (member) {${cases.join("")}
      default:
        ${SKIP}
    }${SEPARATOR(125)}
  }
  ${required.join("\n  ")}
  value = { ${fields.map(({ name }, i) => `[${JSON.stringify(name)}]: v${i}`).join(", ")} };
  return at;
}`);
  return `row${number}`;
}

const SKIP = `if (view.getUint8(at) === 34) {
          at = (at + 1) | 0;
          let bits = 0;
          for (;;) {
            if (at >= end) ${FAIL}
            const four = view.getInt32(at, true);
            bits = (((four ^ 0x02020202) - 0x21212121) | ((four ^ 0x5c5c5c5c) - 0x01010101) | four) & -0x7f7f7f80;
            if (bits !== 0) break;
            at = (at + 4) | 0;
          }
          if ((bits & 0x80) === 0) { if ((bits & 0x8000) !== 0) at = (at + 1) | 0; else if ((bits & 0x800000) !== 0) at = (at + 2) | 0; else at = (at + 3) | 0; }
          if (view.getUint8(at) === 34) at = (at + 1) | 0;
          else {
            at = unusualStringEnd(view, at, end) | 0;
            if (at === ${NOT_TAKEN}) ${FAIL}
          }
        } else {
          at = valueEnd(view, at, end, skipped) | 0;
          if (at === ${NOT_TAKEN}) ${FAIL}
        }`;

function listFunction(dataType: DataType & { type: "ARRAY" }, wanted: FieldTree, draft: Draft): string {
  const { element } = dataType;
  const inner = wanted === true || !Object.hasOwn(wanted, "[]") ? wanted : (wanted["[]"] as FieldTree);
  const read = valueCode(element, inner, "one", draft);
  // Rows in an array know their own bytes, so that a row flattened out of its record can be written through like any other.
  const own =
    element.type === "ROW" ? 'one[META] = { record: { format: "json", bytes: original, start: start + shift, end: at + shift } };' : "";
  const name = `list${draft.functions.length}`;
  draft.functions.push(`
function ${name}(view, from, end) {
  const values = [];
  let at = from | 0, one = null;
  ${SPACE}
  if (view.getUint8(at) === 93) at = (at + 1) | 0;
  else for (;;) {
    if (at >= end) ${FAIL}
    const start = at;
    if (view.getInt32(at, true) === ${NULL}) { ${element.nullable === false ? FAIL : "at = (at + 4) | 0; one = null;"} }
    else { ${read} ${own} }
    values.push(one);${SEPARATOR(93)}
  }
  value = values;
  return at;
}`);
  return name;
}

/** Reads the value at `at`, which is not null, into a variable. */
function valueCode(dataType: DataType, wanted: FieldTree, into: string, draft: Draft): string {
  const nested = (open: number, name: string) => `{
          if (view.getUint8(at) !== ${open}) ${FAIL}
          at = ${name}(view, (at + 1) | 0, end) | 0;
          if (at === ${NOT_TAKEN}) ${FAIL}
          ${into} = value;
        }`;
  if (dataType.type === "ROW") return nested(123, rowFunction(dataType, wanted, draft));
  if (dataType.type === "ARRAY") return nested(91, listFunction(dataType, wanted, draft));
  const index = draft.others.push({ dataType, wanted }) - 1;
  const other = `{ at = otherEnd(view, at, end, other${index}) | 0; if (at === ${NOT_TAKEN}) ${FAIL} ${into} = value; }`;
  return `{ ${scalarCode(dataType, into, index)} ${other} }`;
}

const TEXT = `if (view.getUint8(at) === 34) {
          at = texts.read(view, bytes, (at + 1) | 0, end) | 0;
          if (at === ${NOT_TAKEN}) ${FAIL}`;
const PLAIN_NUMBER = `const behind = plainNumberEnd(view, at);`;

/** The values that need no closer look, with an "else" behind them. */
function scalarCode(dataType: DataType, into: string, index: number): string {
  switch (dataType.type) {
    case "STRING":
    case "CHAR":
    case "VARCHAR":
      return `${TEXT} ${into} = texts.text; } else`;
    case "BYTES":
    case "BINARY":
    case "VARBINARY":
    case "DATE":
    case "TIME":
    case "TIMESTAMP":
    case "TIMESTAMP_LTZ":
      return `${TEXT} ${into} = fromText${index}(texts.text); if (${into} === undefined) ${FAIL} } else`;
    case "BOOLEAN":
      return `if (view.getInt32(at, true) === ${TRUE}) { at = (at + 4) | 0; ${into} = true; }
        else if (view.getUint8(at) === 102 && view.getInt32(at + 1, true) === ${ALSE}) { at = (at + 5) | 0; ${into} = false; } else`;
    case "DOUBLE":
      return `${PLAIN_NUMBER} if (behind !== ${NOT_TAKEN}) { at = behind; ${into} = NUMBER[0] / POWERS[NUMBER[1]]; } else`;
    case "FLOAT":
      return `${PLAIN_NUMBER} if (behind !== ${NOT_TAKEN}) { at = behind; ${into} = Math.fround(NUMBER[0] / POWERS[NUMBER[1]]); } else`;
    case "DECIMAL": {
      const { precision, scale } = dataType;
      // As many digits as are a safe number; adding 0 makes -0 what it is in a row.
      const limit = 10 ** Math.min(precision, 15);
      return `${PLAIN_NUMBER}
        const shifted = ${scale} - NUMBER[1];
        const unscaled = behind !== ${NOT_TAKEN} && shifted >= 0 && shifted <= 15 ? NUMBER[0] * POWERS[shifted] + 0 : ${limit};
        if (unscaled > ${-limit} && unscaled < ${limit}) { at = behind; ${into} = unscaled; } else`;
    }
    default:
      if (!isIntegerType(dataType.type)) return "";
      return `${PLAIN_NUMBER}
        if (behind !== ${NOT_TAKEN} && NUMBER[1] === 0 && NUMBER[0] >= ${least(dataType.type)} && NUMBER[0] <= ${greatest(dataType.type)}) { at = behind; ${into} = NUMBER[0] + 0; } else`;
  }
}

function least(type: keyof typeof INTEGER_RANGE): number {
  return Math.max(Number(INTEGER_RANGE[type][0]), Number.MIN_SAFE_INTEGER);
}

function greatest(type: keyof typeof INTEGER_RANGE): number {
  return Math.min(Number(INTEGER_RANGE[type][1]), Number.MAX_SAFE_INTEGER);
}
