/** What records were seen to hold, counted: the ground on which `propose.ts` proposes a schema. Numbers are looked at as they are written, not as JavaScript would hold them. */

export type ObservedKind = "null" | "boolean" | "number" | "text" | "object" | "array";

export interface ObservedNumbers {
  /** Digits before the point, at most. */
  readonly wholeDigits: number;
  /** Digits behind the point, at most. */
  readonly scale: number;
  readonly hasExponent: boolean;
  readonly least: number;
  readonly greatest: number;
  /** All fit BIGINT. */
  readonly isLong: boolean;
}

/** Of how many texts this is true. */
export interface ObservedTexts {
  readonly date: number;
  readonly time: number;
  readonly timestamp: number;
  readonly instant: number;
  readonly number: number;
  readonly json: number;
  /** Digits of seconds, at most. */
  readonly fraction: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Different names of one object's members that are told apart. */
const MOST_NAMES = 1_000;
const MOST_DEPTH = 32;
const MOST_VALUES = 3;
const MOST_TEXT = 60;

/** A number with the text that it was written as. */
class Written {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The JSON with its numbers as they are written; undefined when it is none. */
export function readJson(text: string): { readonly json: unknown } | undefined {
  const asWritten = (_: string, value: unknown, context: { readonly source?: string }) =>
    typeof value === "number" ? new Written(context.source ?? String(value)) : value;
  try {
    return { json: JSON.parse(text, asWritten as (key: string, value: unknown) => unknown) };
  } catch {
    return undefined;
  }
}

/** A cell of CSV: what its text spells, unless it is quoted. */
export function readCell({ text, isQuoted }: { readonly text: string; readonly isQuoted: boolean }): unknown {
  if (isQuoted) return text;
  if (text === "") return null;
  if (NUMBER.test(text)) return new Written(text);
  return /^(?:true|false)$/i.test(text) ? text.toLowerCase() === "true" : text;
}

/** Collects what values there are at one place of the records. */
export class Observer {
  /** Values by kind; `null` is one. What is missing is the difference to the number of the objects around. */
  readonly counts: Partial<Record<ObservedKind, number>> = {};
  /** One value of each kind as JSON, shortened. */
  readonly examples = new Map<ObservedKind, string>();
  /** Some different values, as JSON, in the order in which they came. */
  readonly values: string[] = [];
  readonly numbers: Mutable<ObservedNumbers> = {
    wholeDigits: 0,
    scale: 0,
    hasExponent: false,
    least: Number.POSITIVE_INFINITY,
    greatest: Number.NEGATIVE_INFINITY,
    isLong: true,
  };
  readonly texts: Mutable<ObservedTexts> = { date: 0, time: 0, timestamp: 0, instant: 0, number: 0, json: 0, fraction: 0 };
  /** Of objects, by name. */
  readonly members = new Map<string, Observer>();
  /** Members of objects in all, for their average. */
  memberCount = 0;
  /** More different names came than are told apart. */
  hasMoreNames = false;
  /** Of arrays, all elements. */
  elements: Observer | undefined;
  /** Nested deeper than is looked. */
  isDeep = false;
  private readonly depth: number;

  constructor(depth = 0) {
    this.depth = depth;
  }

  /** A value as `readJson` or `readCell` gives it. */
  take(value: unknown): void {
    const kind = kindOf(value);
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    if (value === null) return;
    if (!this.examples.has(kind) || this.values.length < MOST_VALUES) this.keep(kind, value);
    if (value instanceof Written) this.takeNumber(value.text);
    else if (typeof value === "string") this.takeText(value);
    else if (Array.isArray(value)) this.takeElements(value);
    else if (typeof value === "object") this.takeMembers(value as Record<string, unknown>);
  }

  /** Takes all that was seen at another place. */
  takeAll(other: Observer): void {
    for (const [kind, count] of Object.entries(other.counts) as [ObservedKind, number][])
      this.counts[kind] = (this.counts[kind] ?? 0) + count;
    for (const [kind, example] of other.examples) if (!this.examples.has(kind)) this.examples.set(kind, example);
    for (const value of other.values) if (this.values.length < MOST_VALUES && !this.values.includes(value)) this.values.push(value);
    const { numbers, texts } = this;
    numbers.wholeDigits = Math.max(numbers.wholeDigits, other.numbers.wholeDigits);
    numbers.scale = Math.max(numbers.scale, other.numbers.scale);
    numbers.hasExponent ||= other.numbers.hasExponent;
    numbers.least = Math.min(numbers.least, other.numbers.least);
    numbers.greatest = Math.max(numbers.greatest, other.numbers.greatest);
    numbers.isLong &&= other.numbers.isLong;
    for (const form of ["date", "time", "timestamp", "instant", "number", "json"] as const) texts[form] += other.texts[form];
    texts.fraction = Math.max(texts.fraction, other.texts.fraction);
    this.memberCount += other.memberCount;
    this.hasMoreNames ||= other.hasMoreNames;
    this.isDeep ||= other.isDeep;
    if (other.elements) (this.elements ??= new Observer(this.depth + 1)).takeAll(other.elements);
    for (const [name, member] of other.members) {
      const own = this.members.get(name);
      if (own) own.takeAll(member);
      else if (this.members.size === MOST_NAMES) this.hasMoreNames = true;
      else {
        const copy = new Observer(this.depth + 1);
        copy.takeAll(member);
        this.members.set(name, copy);
      }
    }
  }

  private keep(kind: ObservedKind, value: unknown): void {
    const text = shownText(value);
    if (!this.examples.has(kind)) this.examples.set(kind, text);
    if (this.values.length < MOST_VALUES && !this.values.includes(text)) this.values.push(text);
  }

  private takeNumber(text: string): void {
    const [, whole = "", fraction = "", exponent] = NUMBER.exec(text) ?? [];
    const { numbers } = this;
    const number = Number(text);
    numbers.wholeDigits = Math.max(numbers.wholeDigits, whole.replace(/^-?0*/, "").length);
    numbers.scale = Math.max(numbers.scale, fraction.length);
    numbers.hasExponent ||= exponent !== undefined;
    numbers.least = Math.min(numbers.least, number);
    numbers.greatest = Math.max(numbers.greatest, number);
    if (fraction === "" && exponent === undefined && whole.length > 18)
      numbers.isLong &&= BigInt.asIntN(64, BigInt(whole)) === BigInt(whole);
  }

  private takeText(text: string): void {
    const { texts } = this;
    if (text.length <= 40) {
      const form = timeForm(text);
      if (form) texts[form]++;
      if (NUMBER.test(text)) texts.number++;
      const fraction = /\.(\d{1,9})(?:Z|[+-]\d\d:\d\d)?$/.exec(text)?.[1];
      if (form && fraction) texts.fraction = Math.max(texts.fraction, fraction.length);
    }
    if (/^\s*[{[]/.test(text) && readJson(text) !== undefined) texts.json++;
  }

  private takeElements(values: readonly unknown[]): void {
    if (this.depth === MOST_DEPTH) this.isDeep = true;
    else {
      this.elements ??= new Observer(this.depth + 1);
      for (const value of values) this.elements.take(value);
    }
  }

  private takeMembers(value: Readonly<Record<string, unknown>>): void {
    if (this.depth === MOST_DEPTH) {
      this.isDeep = true;
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      this.memberCount++;
      let observer = this.members.get(name);
      if (observer === undefined) {
        if (this.members.size === MOST_NAMES) {
          this.hasMoreNames = true;
          continue;
        }
        observer = new Observer(this.depth + 1);
        this.members.set(name, observer);
      }
      observer.take(member);
    }
  }
}

const NUMBER = /^(-?\d+)(?:\.(\d+))?([eE][+-]?\d+)?$/;
const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[ T]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d{1,9})?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/;

function timeForm(text: string): "date" | "time" | "timestamp" | "instant" | undefined {
  if (isDate(text)) return "date";
  if (TIME.test(text)) return "time";
  const match = TIMESTAMP.exec(text);
  if (!match || !isDate(match[1] as string)) return undefined;
  return match[3] === undefined ? "timestamp" : "instant";
}

/** A day that there is. */
function isDate(text: string): boolean {
  return DATE.test(text) && new Date(`${text}T00:00:00Z`).getUTCDate() === Number(text.slice(8));
}

function kindOf(value: unknown): ObservedKind {
  if (value === null) return "null";
  if (value instanceof Written) return "number";
  if (Array.isArray(value)) return "array";
  return typeof value === "string" ? "text" : typeof value === "boolean" ? "boolean" : "object";
}

function shownText(value: unknown): string {
  const text = jsonText(value, { left: MOST_TEXT + 1 });
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}

/** JSON as far as it is shown. */
function jsonText(value: unknown, room: { left: number }): string {
  if (room.left <= 0) return "";
  let text: string;
  if (value instanceof Written) text = value.text;
  else if (typeof value !== "object" || value === null)
    text = JSON.stringify(typeof value === "string" ? value.slice(0, room.left) : value);
  else {
    const isArray = Array.isArray(value);
    room.left -= 2;
    const parts: string[] = [];
    for (const [name, member] of Object.entries(value)) {
      if (room.left <= 0) break;
      const label = isArray ? "" : `${JSON.stringify(name)}:`;
      room.left -= label.length + 1;
      parts.push(label + jsonText(member, room));
    }
    return isArray ? `[${parts.join(",")}]` : `{${parts.join(",")}}`;
  }
  room.left -= text.length;
  return text;
}
