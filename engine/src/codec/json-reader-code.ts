/**
 * What the scanner is to look for, and the text of a reader: JavaScript that makes the row of what it found, for just the fields that are wanted, with a function for each object and array
 * of theirs. Nothing of a schema gets into the text but numbers and, as the keys of rows, names in quotes.
 */
import type { KnownMembers } from "../node/index.ts";
import type { DataType, RowShape } from "../schema/index.ts";
import type { FieldTree } from "./codec.ts";
import { keyOf } from "./json-code.ts";
import { slotsOf, type Wanted, type WantedMembers } from "./record-scanner.ts";
import {
  ANY,
  BOOLEAN,
  FALSE,
  FOUND,
  INSIDE,
  KNOWN_TEXT,
  LIST,
  MISSING,
  NEW_TEXT,
  NULL,
  NUMBER,
  OTHER,
  PLAIN_NUMBER,
  ROW,
  SLOT_SIZE,
  TAG_BITS,
  TEXT,
  TRUE,
} from "./scanner-layout.ts";
import { INTEGER_RANGE, isIntegerType } from "./value-text.ts";

export interface ReaderCode {
  /** The body of a function of `env`, which returns the reader. */
  readonly text: string;
  readonly members: WantedMembers;
  /** What members the objects of each row have at most once: `Record0` ... make the texts of such objects. */
  readonly once: readonly KnownMembers[];
  /** Of each row, names of no field of it that are looked for all the same: `Lacking0` ... make the texts of objects that have none of them. */
  readonly absent: readonly (readonly string[])[];
  /** What `read0` ... and `fromText0` ... take. */
  readonly values: readonly { readonly dataType: DataType; readonly wanted: FieldTree }[];
}

interface Draft {
  readonly functions: string[];
  readonly once: Map<string, KnownMembers>[];
  readonly absent: (readonly string[])[];
  readonly values: { readonly dataType: DataType; readonly wanted: FieldTree }[];
}

const FAIL = "return undefined;";

/** Every function takes the place of a first slot, as a word's, and gives the value, or undefined where the record is left to the long way. */
export function readerCode(schema: RowShape, wanted: FieldTree): ReaderCode {
  const draft: Draft = { functions: [], once: [], absent: [], values: [] };
  const members = rowFunction(schema, wanted, draft, true);
  const { functions, once, absent, values } = draft;
  const text = `"use strict";
const { META, POWERS, LONG, words, floats, texts, newText, plainEnd, longEnd } = env;
${values.map((_, i) => `const read${i} = env.reads[${i}], fromText${i} = env.fromTexts[${i}];`).join("\n")}
${once.map((_, i) => `const Record${i} = env.records[${i}], Lacking${i} = env.lacking[${i}];`).join("\n")}
let original, shift = 0;
${functions.join("\n")}
function otherOf(w, read) {
  const from = words[w + 1];
  const to = (words[w] & ${TAGS}) === ${PLAIN_NUMBER} ? plainEnd(from) : words[w + 2];
  return read(original, from + shift, to + shift);
}
return (own, ownShift, start, end) => {
  original = own; shift = ownShift;
  const row = row0(${FOUND / 4});
  if (row !== undefined) row[META] = { record: new (${lacksCode(0, FOUND / 4, draft)})(own, start, end) };
  return row;
};`;
  return { text, members, once, absent, values };
}

const TAGS = (1 << TAG_BITS) - 1;

/** A function `row`, of the number that `once` had. `hasText`: rows that know their own bytes, of which it is said what they lack. */
function rowFunction(shape: RowShape, wanted: FieldTree, draft: Draft, hasText = false): WantedMembers {
  const fields = shape.fields.filter(({ name }) => wanted === true || Object.hasOwn(wanted, name));
  const absent = hasText && wanted !== true ? Object.keys(wanted).filter((name) => shape.fields.every((field) => field.name !== name)) : [];
  const once = new Map<string, KnownMembers>(fields.map(({ name }) => [name, new Map()]));
  const number = draft.once.push(once) - 1;
  draft.absent[number] = absent;
  const members = new Map<string, Wanted>();
  const codes: string[] = [];
  let slot = 0;
  for (const [i, { name, dataType }] of fields.entries()) {
    const inner = draft.once.length;
    const value = valueCode(dataType, wanted === true ? true : (wanted[name] as FieldTree), `v${i}`, slot / 4, draft);
    if (dataType.type === "ROW") once.set(name, draft.once[inner] as KnownMembers);
    members.set(name, value.wanted);
    codes.push(value.code, dataType.nullable === false ? `if (v${i} === null) ${FAIL}` : "");
    slot += slotsOf(value.wanted);
  }
  if (absent.length > 0) {
    const isMissing = absent.map((_, i) => `words[w + ${(slot + i * SLOT_SIZE) / 4}] === ${MISSING}`);
    for (const name of absent) members.set(name, { kind: ANY });
    draft.functions.push(`function lacks${number}(w) { return ${isMissing.join(" && ")}; }`);
  }
  draft.functions.push(`
function row${number}(w) {
  ${fields.length > 0 ? `let ${fields.map((_, i) => `v${i} = null`).join(", ")};` : ""}
  ${codes.join("\n  ")}
  return { ${fields.map(({ name }, i) => `${keyOf(name)}: v${i}`).join(", ")} };
}`);
  return members;
}

/** The class of the text of an object of a row whose first slot is at a word. */
function lacksCode(number: number, word: number | string, { absent }: Draft): string {
  return absent[number]?.length ? `lacks${number}(${word}) ? Lacking${number} : Record${number}` : `Record${number}`;
}

function listFunction(dataType: DataType & { type: "ARRAY" }, wanted: FieldTree, draft: Draft): { name: string; element: Wanted } {
  const { element } = dataType;
  const inner = wanted === true || !Object.hasOwn(wanted, "[]") ? wanted : (wanted["[]"] as FieldTree);
  const row = draft.once.length;
  const value = valueCode(element, inner, "one", SLOT_SIZE / 4, draft, true);
  // Rows in an array know their own bytes, so that a row flattened out of its record can be written through like any other.
  const own = `one[META] = { record: new (${lacksCode(row, `w + ${(2 * SLOT_SIZE) / 4}`, draft)})(original, words[w + ${SLOT_SIZE / 4 + 1}] + shift, words[w + ${SLOT_SIZE / 4 + 2}] + shift) };`;
  const name = `list${draft.functions.length}`;
  draft.functions.push(`
function ${name}(first) {
  const values = [];
  for (let w = first >> 2; w !== 0; w = words[w] >> 2) {
    let one = null;
    ${value.code}
    ${element.type === "ROW" ? `if (one !== null) ${own}` : ""}
    ${element.nullable === false ? `if (one === null) ${FAIL}` : ""}
    values.push(one);
  }
  return values;
}`);
  return { name, element: value.wanted };
}

/** Takes what was found in the slot that is so many words from `w` into a variable that is null. */
function valueCode(
  dataType: DataType,
  wanted: FieldTree,
  into: string,
  offset: number,
  draft: Draft,
  hasText = false,
): { readonly wanted: Wanted; readonly code: string } {
  const word = (index: number) => `words[w + ${offset + index}]`;
  if (dataType.type === "ROW") {
    const number = draft.once.length;
    const inside = rowFunction(dataType, wanted, draft, hasText);
    const read = `${into} = row${number}(w + ${offset + SLOT_SIZE / 4});`;
    return { wanted: { kind: ROW, inside }, code: `if (${word(0)} === ${INSIDE}) { ${read} if (${into} === undefined) ${FAIL} }` };
  }
  if (dataType.type === "ARRAY") {
    const { name, element } = listFunction(dataType, wanted, draft);
    const read = `${into} = ${name}(${word(1)});`;
    return { wanted: { kind: LIST, element }, code: `if (${word(0)} === ${INSIDE}) { ${read} if (${into} === undefined) ${FAIL} }` };
  }
  const index = draft.values.push({ dataType, wanted }) - 1;
  const { kind, cases, others = "" } = scalarCode(dataType, into, index, word, `floats[(w + ${offset + 2}) >> 1]`);
  const code = `switch (${word(0)}${kind === NUMBER ? ` & ${TAGS}` : ""}) {
    case ${MISSING}: case ${NULL}: break;
    ${cases}
    default: ${others} { ${into} = otherOf(w + ${offset}, read${index}); if (${into} === undefined) ${FAIL} }
  }`;
  return { wanted: { kind }, code };
}

type ScalarKind = typeof TEXT | typeof NUMBER | typeof BOOLEAN | typeof ANY;

/** Cases for what needs no closer look; where they fall through, the value is read the long way alone, unless `others` takes it. */
function scalarCode(
  dataType: DataType,
  into: string,
  index: number,
  word: (index: number) => string,
  digits: string,
): { readonly kind: ScalarKind; readonly cases: string; readonly others?: string } {
  const fraction = `(${word(0)} >> ${TAG_BITS})`;
  switch (dataType.type) {
    case "STRING":
    case "CHAR":
    case "VARCHAR":
      return {
        kind: TEXT,
        cases: `case ${KNOWN_TEXT}: ${into} = texts[${word(1)}]; break;
    case ${NEW_TEXT}: ${into} = newText(${word(1)}, ${word(2)}); break;`,
      };
    case "BYTES":
    case "BINARY":
    case "VARBINARY":
    case "DATE":
    case "TIME":
    case "TIMESTAMP":
    case "TIMESTAMP_LTZ":
      return {
        kind: TEXT,
        cases: `case ${KNOWN_TEXT}: ${into} = fromText${index}(texts[${word(1)}]); if (${into} === undefined) ${FAIL} break;
    case ${NEW_TEXT}: ${into} = fromText${index}(newText(${word(1)}, ${word(2)})); if (${into} === undefined) ${FAIL} break;`,
      };
    case "BOOLEAN":
      return { kind: BOOLEAN, cases: `case ${TRUE}: ${into} = true; break; case ${FALSE}: ${into} = false; break;` };
    case "DOUBLE":
      return { kind: NUMBER, cases: `case ${PLAIN_NUMBER}: ${into} = ${digits} / POWERS[${fraction}]; break;` };
    case "FLOAT":
      return { kind: NUMBER, cases: `case ${PLAIN_NUMBER}: ${into} = Math.fround(${digits} / POWERS[${fraction}]); break;` };
    case "DECIMAL": {
      const { precision, scale } = dataType;
      // As many digits as are a safe number; adding 0 makes -0 what it is in a row.
      const limit = 10 ** Math.min(precision, 15);
      return {
        kind: NUMBER,
        cases: `case ${PLAIN_NUMBER}: {
      const shifted = ${scale} - ${fraction};
      const unscaled = shifted >= 0 && shifted <= 15 ? ${digits} * POWERS[shifted] + 0 : ${limit};
      if (unscaled > ${-limit} && unscaled < ${limit}) { ${into} = unscaled; break; }
    }`,
      };
    }
    default: {
      if (!isIntegerType(dataType.type)) return { kind: ANY, cases: "" };
      const [least, greatest] = INTEGER_RANGE[dataType.type];
      const isLong = greatest > Number.MAX_SAFE_INTEGER;
      // Fifteen digits are in the range of a BIGINT whatever they are.
      const inRange = isLong ? "" : `&& ${digits} >= ${least} && ${digits} <= ${greatest}`;
      return {
        kind: NUMBER,
        cases: `case ${PLAIN_NUMBER}: if (${fraction} === 0 ${inRange}) { ${into} = ${digits} + 0; break; }`,
        others: isLong ? `if (${word(0)} === ${OTHER} && longEnd(${word(1)}) === ${word(2)}) ${into} = LONG.value; else` : "",
      };
    }
  }
}
