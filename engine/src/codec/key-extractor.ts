/**
 * The values of a few fields of a record, for less than decoding it: whoever spreads records over threads by a key looks no further than he must. Reading ends with the last
 * of the fields, so the rest of the record is not checked; whoever decodes it will.
 */
import type { ByteRange } from "../node/index.ts";
import type { DataType, RowShape, Schema, Value } from "../schema/index.ts";
import { NOT_TAKEN } from "./json-bytes.ts";
import { FAIL, HEAD, membersCode, scalarCode } from "./json-code.ts";
import { compiled } from "./json-compiled.ts";
import { RecordView } from "./record-view.ts";
import { canCompile } from "./row-builder.ts";

/**
 * The values in the order of the paths, none of them NULL; undefined where one is missing, NULL or comes twice, is not written as most of its type are (a number as
 * text, a DECIMAL of more digits than 15), or where the record is not JSON as far as it was read. They are what the decoder gives, if it does not refuse the record, unless a later member of
 * the same name says otherwise.
 */
export type ExtractKey = (record: ByteRange) => readonly Value[] | undefined;

/** So much is looked at of a record that ends with its buffer, which costs a copy. */
const LONGEST_COPY = 1_024;
const MOST_PATHS = 31;

/** An extractor of JSON records' values at paths of scalar fields; one that knows nothing where a path leads elsewhere, or where nothing may be compiled. */
export function keyExtractor(schema: Schema, paths: readonly (readonly string[])[]): ExtractKey {
  const code = canCompile() && paths.length > 0 && paths.length <= MOST_PATHS ? keyCode(schema, paths) : undefined;
  if (!code) return () => undefined;
  const read = compiled(code.text, code.names, code.scalars) as (
    view: DataView,
    from: number,
    end: number,
    bytes: Uint8Array,
  ) => readonly Value[] | undefined;

  const seen = new RecordView();
  return ({ bytes, start, end }) => {
    seen.look(bytes, start, end, LONGEST_COPY);
    return read(seen.view, seen.start, seen.end, seen.bytes);
  };
}

/** A field on the way to keys: by name what lies inside, or the number of the key. */
interface Branch {
  readonly members: Map<string, Branch | number>;
}

interface Draft {
  readonly functions: string[];
  readonly names: (readonly string[])[];
  readonly scalars: { readonly dataType: DataType }[];
}

function keyCode(schema: RowShape, paths: readonly (readonly string[])[]): (Draft & { readonly text: string }) | undefined {
  const root = branchOf(paths);
  const draft: Draft = { functions: [], names: [], scalars: [] };
  const name = root && rowFunction(schema, root, draft, 2 ** paths.length - 1);
  if (!name) return undefined;
  const keys = paths.map((_, i) => `key${i}`);
  const text = `${HEAD(draft.names.length, draft.scalars.length)}
let found = 0, ${keys.map((key) => `${key} = null`).join(", ")};
${draft.functions.join("\n")}
return (view, from, to, seen) => {
  const end = to | 0;
  bytes = seen;
  found = 0;
  let at = spaceEnd(view, from | 0, end) | 0;
  if (view.getUint8(at) !== 123) return undefined;
  at = ${name}(view, (at + 1) | 0, end) | 0;
  // A value at the very end may go on where nobody looked.
  return at === ${NOT_TAKEN} || at >= end ? undefined : [${keys.join(", ")}];
};`;
  return { ...draft, text };
}

/** Undefined where one path leads through the end of another. */
function branchOf(paths: readonly (readonly string[])[]): Branch | undefined {
  const root: Branch = { members: new Map() };
  for (const [key, path] of paths.entries()) {
    let at = root;
    for (const [depth, name] of path.entries()) {
      const inner = at.members.get(name);
      if (depth === path.length - 1) {
        if (inner !== undefined) return undefined;
        at.members.set(name, key);
      } else {
        if (typeof inner === "number") return undefined;
        const next: Branch = inner ?? { members: new Map() };
        at.members.set(name, next);
        at = next;
      }
    }
    if (path.length === 0) return undefined;
  }
  return root;
}

/** Reads the keys of an object and gives where the last of all was found, or where the object ends when it had all of its own. */
function rowFunction(shape: RowShape, { members }: Branch, draft: Draft, all: number): string | undefined {
  const number = draft.names.push([...members.keys()]) - 1;
  const cases: string[] = [];
  for (const [name, inside] of members) {
    const dataType = shape.fields.find((field) => field.name === name)?.dataType;
    let code: string | undefined;
    if (typeof inside !== "number") code = dataType?.type === "ROW" ? nestedCode(rowFunction(dataType, inside, draft, all)) : undefined;
    else if (dataType) code = keyOf(dataType, inside, draft);
    if (!code) return undefined;
    cases.push(`${code}
        if (found === ${all}) return at;`);
  }
  draft.functions.push(`
function keys${number}(view, from, end) {
  ${membersCode(number, cases)}
  return (found & ${bitsOf({ members })}) === ${bitsOf({ members })} ? at : ${NOT_TAKEN};
}`);
  return `keys${number}`;
}

function nestedCode(name: string | undefined): string | undefined {
  return (
    name &&
    `if (view.getUint8(at) !== 123) ${FAIL}
        at = ${name}(view, (at + 1) | 0, end) | 0;
        if (at === ${NOT_TAKEN}) ${FAIL}`
  );
}

function keyOf(dataType: DataType, key: number, draft: Draft): string | undefined {
  const code = scalarCode(dataType, `key${key}`, draft.scalars.push({ dataType }) - 1);
  return code && `if ((found & ${1 << key}) !== 0) ${FAIL} { ${code} ${FAIL} } found |= ${1 << key};`;
}

function bitsOf({ members }: Branch): number {
  let bits = 0;
  for (const inside of members.values()) bits |= typeof inside === "number" ? 1 << inside : bitsOf(inside);
  return bits;
}
