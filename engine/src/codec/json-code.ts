/**
 * Pieces of generated code for what is read where it stands: keys, for which a record's beginning is enough, and CSV. All of them know `view` and `end`, move `at`, and leave the function with `NOT_TAKEN` at what is wrong. What
 * is a function elsewhere stands here again as text only where the call would cost more than the work.
 */
import type { DataType } from "../schema/index.ts";
import { NOT_TAKEN, WORDS } from "./json-bytes.ts";
import { ENTRY } from "./json-names.ts";
import { INTEGER_RANGE, isIntegerType } from "./value-text.ts";

const { TRUE, ALSE } = WORDS;
const { LENGTH, MASK, MEMBER, NEXT } = ENTRY;

/** The beginning of a function of `env`: its parts by name, `names0` ... and the `fromText0` ... of that many scalars. */
export const HEAD = (names: number, scalars: number) => `"use strict";
const { META, NUMBER, POWERS, texts, skipped, spaceEnd, unusualStringEnd, valueEnd, plainNumberEnd, longEnd, LONG, says } = env;
${Array.from({ length: names }, (_, i) => `const names${i} = env.names[${i}], table${i} = names${i}.table;`).join("\n")}
${Array.from({ length: scalars }, (_, i) => `const fromText${i} = env.fromTexts[${i}];`).join("\n")}
let bytes;`;

export const FAIL = `return ${NOT_TAKEN};`;
export const SPACE = "if (view.getUint8(at) <= 32) at = spaceEnd(view, at, end) | 0;";

/** Behind a member or element: leaves the loop at what closes, goes on behind a comma. */
export const separatorCode = (close: number) => `
    let next = view.getUint8(at);
    if (next <= 32) { at = spaceEnd(view, at, end) | 0; next = view.getUint8(at); }
    at = (at + 1) | 0;
    if (next === ${close}) break;
    if (next !== 44) ${FAIL}
    ${SPACE}`;

/** Reads an object from `from`, behind its brace, to `at`; `cases` are code for the wanted members in the order of their names, at the value of each. */
export function membersCode(number: number, cases: readonly string[]): string {
  const t = `table${number}`;
  const names = `names${number}`;
  return `let at = from | 0, entry = 0, member = 0, k = ${t}[${NEXT}];
  ${SPACE}
  if (view.getUint8(at) === 125) at = (at + 1) | 0;
  else for (;;) {
    if (at >= end) ${FAIL}
    if (((view.getInt32(at, true) ^ ${t}[k]) | ((view.getInt32((at + 4) | 0, true) ^ ${t}[(k + 1) | 0]) & ${t}[(k + ${MASK}) | 0])) === 0
        && (${t}[(k + ${LENGTH}) | 0] <= 8 || says(view, at, ${t}, k))) {
      entry = k;
      member = ${t}[(k + ${MEMBER}) | 0];
      at = (at + ${t}[(k + ${LENGTH}) | 0]) | 0;
    } else {
      if (view.getUint8(at) !== 34) ${FAIL}
      at = ${names}.find(view, bytes, at, end, entry) | 0;
      if (at === ${NOT_TAKEN}) ${FAIL}
      entry = ${names}.entry;
      member = ${names}.member;
    }
    k = ${t}[(entry + ${NEXT}) | 0];
    ${SPACE}
    switch (member) {${cases
      .map(
        (code, i) => `
      case ${i}:
        ${code}
        break;`,
      )
      .join("")}
      default:
        ${skipCode(names)}
    }${separatorCode(125)}
  }`;
}

/** Passes over a value that nobody wants. */
const skipCode = (names: string) => `if (view.getUint8(at) === 34) {
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
          at = valueEnd(view, at, end, ${names}.inside(entry)) | 0;
          if (at === ${NOT_TAKEN}) ${FAIL}
        }`;

const TEXT = `if (view.getUint8(at) === 34) {
          at = texts.read(view, bytes, (at + 1) | 0, end) | 0;
          if (at === ${NOT_TAKEN}) ${FAIL}`;
const PLAIN_NUMBER = `let behind = plainNumberEnd(view, at);`;

/** Reads a value that needs no closer look into a variable, ending with "else" for all others; `fromText` and its index make values of text. */
export function scalarCode(dataType: DataType, into: string, index: number): string {
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
    default: {
      if (!isIntegerType(dataType.type)) return "";
      const [least, greatest] = INTEGER_RANGE[dataType.type];
      const isLong = greatest > Number.MAX_SAFE_INTEGER;
      // Fifteen digits are in the range of a BIGINT whatever they are.
      const inRange = isLong ? "" : `&& NUMBER[0] >= ${least} && NUMBER[0] <= ${greatest}`;
      const long = isLong ? `if ((behind = longEnd(view, at)) !== ${NOT_TAKEN}) { at = behind; ${into} = LONG.value; } else` : "";
      return `${PLAIN_NUMBER}
        if (behind !== ${NOT_TAKEN} && NUMBER[1] === 0 ${inRange}) { at = behind; ${into} = NUMBER[0] + 0; } else ${long}`;
    }
  }
}

/** As a key of an object's literal. In quotes one name would set the prototype; a computed key costs more. */
export function keyOf(name: string): string {
  return name === "__proto__" ? '["__proto__"]' : JSON.stringify(name);
}
