/**
 * The text of a reader: JavaScript for just the fields that are wanted, a function for each object and array of theirs. Nothing of a schema gets into the text but
 * numbers and, as the keys of rows, names in quotes.
 */
import type { KnownMembers } from "../node/index.ts";
import type { DataType, RowShape } from "../schema/index.ts";
import type { FieldTree } from "./codec.ts";
import { NOT_TAKEN, WORDS } from "./json-bytes.ts";
import { FAIL, HEAD, keyOf, membersCode, SPACE, scalarCode, separatorCode } from "./json-code.ts";

const { NULL } = WORDS;

export interface ReaderCode {
  /** The body of a function of `env`, which returns the reader. */
  readonly text: string;
  /** What `names0`, `names1` ... look for. */
  readonly names: readonly (readonly string[])[];
  /** What members the objects of each have at most once: `records0` ... make the texts of such objects. */
  readonly once: readonly KnownMembers[];
  /** What `other0` ... and `fromText0` ... take. */
  readonly others: readonly { readonly dataType: DataType; readonly wanted: FieldTree }[];
}

interface Draft {
  readonly functions: string[];
  readonly names: (readonly string[])[];
  readonly once: Map<string, KnownMembers>[];
  readonly others: { readonly dataType: DataType; readonly wanted: FieldTree }[];
}

/** Every function takes where the value's inside begins, leaves the value in `value` and gives where it ends. */
export function readerCode(schema: RowShape, wanted: FieldTree): ReaderCode {
  const draft: Draft = { functions: [], names: [], once: [], others: [] };
  const root = rowFunction(schema, wanted, draft);
  const { names, once, others } = draft;
  const text = `"use strict";
${HEAD(names.length, others.length)}
${others.map((_, i) => `const other${i} = env.others[${i}];`).join("\n")}
${names.map((_, i) => `const Record${i} = env.records[${i}];`).join("\n")}
let value = null, original, shift = 0;
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
  bytes = seen; original = own; shift = ownShift;
  let at = spaceEnd(view, from | 0, end) | 0;
  if (view.getUint8(at) !== 123) return undefined;
  at = row${root}(view, at + 1, end) | 0;
  if (at === ${NOT_TAKEN} || (at !== end && spaceEnd(view, at, end) !== end)) return undefined;
  value[META] = { record: new Record${root}(original, from + shift, to + shift) };
  return value;
};`;
  return { text, names, once, others };
}

/** Fields whose members are counted in one word of bits. */
const WORD = 31;

/** A function `row` and its number. A wanted member that comes twice is left to the long way, so that the rows' texts are known to have it once. */
function rowFunction(shape: RowShape, wanted: FieldTree, draft: Draft): number {
  const fields = shape.fields.filter(({ name }) => wanted === true || Object.hasOwn(wanted, name));
  const number = draft.names.push(fields.map(({ name }) => name)) - 1;
  const once = new Map<string, KnownMembers>(fields.map(({ name }) => [name, new Map()]));
  draft.once.push(once);
  const cases = fields.map(({ name, dataType }, i) => {
    const [word, bit] = [`found${Math.floor(i / WORD)}`, 1 << (i % WORD)];
    const inner = draft.names.length;
    const read = valueCode(dataType, wanted === true ? true : (wanted[name] as FieldTree), `v${i}`, draft);
    if (dataType.type === "ROW") once.set(name, draft.once[inner] as KnownMembers);
    return `if ((${word} & ${bit}) !== 0) ${FAIL}
        ${word} |= ${bit};
        if (view.getInt32(at, true) === ${NULL}) at = (at + 4) | 0;
        else ${read}`;
  });
  const words = Array.from({ length: Math.ceil(fields.length / WORD) }, (_, i) => `found${i} = 0`);
  const required = fields.flatMap(({ dataType }, i) => (dataType.nullable === false ? [`if (v${i} === null) ${FAIL}`] : []));
  draft.functions.push(`
function row${number}(view, from, end) {
  ${fields.length > 0 ? `let ${[...words, ...fields.map((_, i) => `v${i} = null`)].join(", ")};` : ""}
  ${membersCode(number, cases)}
  ${required.join("\n  ")}
  value = { ${fields.map(({ name }, i) => `${keyOf(name)}: v${i}`).join(", ")} };
  return at;
}`);
  return number;
}

function listFunction(dataType: DataType & { type: "ARRAY" }, wanted: FieldTree, draft: Draft): string {
  const { element } = dataType;
  const inner = wanted === true || !Object.hasOwn(wanted, "[]") ? wanted : (wanted["[]"] as FieldTree);
  const row = draft.names.length;
  const read = valueCode(element, inner, "one", draft);
  // Rows in an array know their own bytes, so that a row flattened out of its record can be written through like any other.
  const own = element.type === "ROW" ? `one[META] = { record: new Record${row}(original, start + shift, at + shift) };` : "";
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
    values.push(one);${separatorCode(93)}
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
  if (dataType.type === "ROW") return nested(123, `row${rowFunction(dataType, wanted, draft)}`);
  if (dataType.type === "ARRAY") return nested(91, listFunction(dataType, wanted, draft));
  const index = draft.others.push({ dataType, wanted }) - 1;
  const other = `{ at = otherEnd(view, at, end, other${index}) | 0; if (at === ${NOT_TAKEN}) ${FAIL} ${into} = value; }`;
  return `{ ${scalarCode(dataType, into, index)} ${other} }`;
}
