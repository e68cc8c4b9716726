/**
 * Making a row of the members of a parsed object. The row is one object literal in a compiled function where compiling is allowed: a loop over names costs a
 * tenth more of the whole decoding. Names stand in its text as quoted strings under computed keys, so that no name can be anything but a field. Pages whose
 * policy forbids compiling (the designer's) get the loop.
 */
import type { Value, Values } from "../schema/index.ts";

/** Takes an object that `JSON.parse` made; gives a row with each of the names, converted. */
export type BuildRow = (value: Readonly<Record<string, unknown>>) => Value;
/** Takes a member's value, `undefined` or null for none. */
export type ConvertMember = (value: unknown) => Value;

export function rowBuilder(names: readonly string[], converters: readonly ConvertMember[]): BuildRow {
  return canCompile() ? compiledBuilder(names, converters) : loopBuilder(names, converters);
}

let compiles: boolean | undefined;

export function canCompile(): boolean {
  if (compiles === undefined) {
    try {
      compiles = new Function("return true")() === true;
    } catch {
      compiles = false;
    }
  }
  return compiles;
}

export function compiledBuilder(names: readonly string[], converters: readonly ConvertMember[]): BuildRow {
  const members = names.map((name, i) => {
    const key = JSON.stringify(name);
    const read = isInherited(name) ? `(hasOwn(value, ${key}) ? value[${key}] : null)` : `value[${key}]`;
    return `[${key}]: convert${i}(${read})`;
  });
  const make = new Function("hasOwn", ...converters.map((_, i) => `convert${i}`), `return (value) => ({ ${members.join(", ")} });`);
  return make(Object.hasOwn, ...converters) as BuildRow;
}

export function loopBuilder(names: readonly string[], converters: readonly ConvertMember[]): BuildRow {
  return (value) => {
    const row: Record<string, Value> = {};
    for (const [i, name] of names.entries()) {
      const convert = converters[i] as ConvertMember;
      if (!isInherited(name)) row[name] = convert(value[name]);
      else {
        const converted = convert(Object.hasOwn(value, name) ? value[name] : null);
        Object.defineProperty(row, name, { value: converted, enumerable: true, configurable: true, writable: true });
      }
    }
    return row;
  };
}

/** Makes rows of values that stand in the order of the names. */
export function rowOfValues(names: readonly string[]): (values: readonly Value[]) => Values {
  if (!canCompile()) return (values) => Object.fromEntries(names.map((name, i) => [name, values[i] as Value]));
  const members = names.map((name, i) => `[${JSON.stringify(name)}]: values[${i}]`);
  return new Function("values", `return { ${members.join(", ")} };`) as (values: readonly Value[]) => Values;
}

/** Every object has it without a record saying so. */
function isInherited(name: string): boolean {
  return name in Object.prototype;
}
