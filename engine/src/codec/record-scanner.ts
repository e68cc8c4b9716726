/**
 * The scanner (`engine/scanner`) as readers of records use it: one of a thread, with one memory, into which each record is copied. What it found of a record stands in slots until the
 * next one is scanned.
 */
import { copyBytes } from "./byte-text.ts";
import { meaningOf } from "./json-scan.ts";
import { SCANNER } from "./scanner-code.ts";
import {
  type ANY,
  type BOOLEAN,
  FOUND,
  FOUND_END,
  LIST,
  LONGEST_LITERAL,
  LONGEST_RECORD,
  LONGEST_TEXT,
  type NUMBER,
  PAGES,
  RECORD,
  ROW,
  SET_BITS,
  SLOT_SIZE,
  type TEXT,
  WINDOW,
  WINDOW_SIZE,
} from "./scanner-layout.ts";

/** What is wanted of a value; `inside` are the members of a row, `element` is of an array. */
export type Wanted =
  | { readonly kind: typeof TEXT | typeof NUMBER | typeof BOOLEAN | typeof ANY }
  | { readonly kind: typeof ROW; readonly inside: WantedMembers }
  | { readonly kind: typeof LIST; readonly element: Wanted };

/** By name, in the order of their slots. */
export type WantedMembers = ReadonlyMap<string, Wanted>;

/** Bytes of the slots of a value and what lies inside of it, elements apart. */
export function slotsOf(wanted: Wanted): number {
  return SLOT_SIZE + (wanted.kind === ROW ? slotsInside(wanted.inside) : 0);
}

export function slotsInside(members: WantedMembers): number {
  let size = 0;
  for (const wanted of members.values()) size += slotsOf(wanted);
  return size;
}

export interface RecordReader {
  /**
   * How far the record's places in its bytes are behind those in memory, if it is a JSON object that has the wanted members at most once each: then the slots from `FOUND` on say
   * what was found. Otherwise undefined.
   */
  scan(bytes: Uint8Array, start: number, end: number): number | undefined;
  /** As a decoder's. */
  steady(isSteady: boolean): void;
}

/** What `engine/scanner` exports. */
interface Exports {
  begin(): void;
  clear(): void;
  newTable(wanted: number): number;
  addName(table: number, from: number, length: number, kind: number, slot: number, child: number, size: number): number;
  scan(from: number, end: number, table: number, size: number): number;
  learn(from: number, to: number): number;
}

/** What is used of WebAssembly; the types that the engine is compiled with do not know it. */
interface WebAssemblyApi {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: Readonly<Record<string, object>>) => { readonly exports: unknown };
}

/** A record that is larger is copied alone. */
const LEAST_WINDOW = 2_048;

/** Texts of one record that are learned, and no more: a list may hold a million. */
const MOST_LEARNED = 64;

export class Scanner {
  readonly words: Int32Array;
  readonly floats: Float64Array;
  readonly view: DataView;
  /** By their numbers, what is remembered. */
  readonly texts: string[] = new Array<string>(2 << SET_BITS).fill("");
  readonly #bytes: Uint8Array;
  readonly #code: Exports;
  /** Counts how often all tables were forgotten. */
  #age = 0;
  /** By table, the entries of the wanted names. */
  readonly #members = new Map<number, Map<string, number>>();
  /** Texts that came up in the last record: where each stands, and the text. Learned before the next record, for the numbers in slots must stay what they are until then. */
  readonly #places: number[] = [];
  readonly #news: string[] = [];
  /** Of a batch: whose records they are, and from where to where bytes of it have been copied. */
  #owner: object | undefined;
  #batchBytes: Uint8Array | undefined;
  #from = 0;
  #to = 0;
  /** How much of a batch is copied at once, and how much of that was scanned. */
  #windowSize = LEAST_WINDOW;
  #scanned = 0;

  constructor() {
    const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
    const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
    this.words = new Int32Array(memory.buffer);
    this.floats = new Float64Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    const code = Uint8Array.from(atob(SCANNER.code), (letter) => letter.charCodeAt(0));
    const memberOf = (table: number, from: number, to: number) => this.#memberOf(table, from, to);
    this.#code = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory, memberOf } }).exports as Exports;
    this.#code.begin();
  }

  reader(members: WantedMembers): RecordReader {
    const size = slotsInside(members);
    const { scan } = this.#code;
    let age = -1;
    let table = 0;
    const reader: RecordReader = {
      scan: (bytes, start, end) => {
        const length = end - start;
        if (length > LONGEST_RECORD || FOUND + size > FOUND_END) return undefined;
        if (this.#news.length > 0) this.#learn();
        if (age !== this.#age) {
          table = this.#lay(members);
          age = this.#age;
        }
        const from = this.#place(reader, bytes, start, end);
        return table !== 0 && scan(from, from + length, table, size) !== 0 ? start - from : undefined;
      },
      steady: (isSteady) => {
        this.#owner = isSteady ? reader : undefined;
        this.#batchBytes = undefined;
      },
    };
    return reader;
  }

  /** Where the record lies in memory; copies it if it has not been. */
  #place(reader: object, bytes: Uint8Array, start: number, end: number): number {
    if (reader !== this.#owner || end - start > LEAST_WINDOW) {
      copyBytes(this.#bytes, RECORD, bytes, start, end);
      return RECORD;
    }
    if (bytes !== this.#batchBytes || start < this.#from || end > this.#to) this.#copyBatch(bytes, start);
    this.#scanned += end - start;
    return WINDOW + start - this.#from;
  }

  #copyBatch(bytes: Uint8Array, start: number): void {
    // Where little of what is copied is scanned, for most records go elsewhere, less is copied.
    const isUsed = this.#scanned > this.#windowSize / 4;
    this.#windowSize = isUsed ? Math.min(2 * this.#windowSize, WINDOW_SIZE) : Math.max(this.#windowSize >> 1, LEAST_WINDOW);
    this.#batchBytes = bytes;
    this.#from = start;
    this.#to = Math.min(start + this.#windowSize, bytes.length);
    this.#scanned = 0;
    copyBytes(this.#bytes, WINDOW, bytes, start, this.#to);
  }

  /** The text of a slot with `NEW_TEXT`. */
  newText(from: number, to: number): string {
    const text = meaningOf(this.#bytes, from, to);
    if (to - from <= LONGEST_TEXT && this.#news.length < MOST_LEARNED) {
      this.#places.push(from, to);
      this.#news.push(text);
    }
    return text;
  }

  #learn(): void {
    const { texts } = this;
    for (const [i, text] of this.#news.entries()) {
      const number = this.#code.learn(this.#places[2 * i] as number, this.#places[2 * i + 1] as number);
      texts[number + 1] = texts[number] as string;
      texts[number] = text;
    }
    this.#places.length = 0;
    this.#news.length = 0;
  }

  /** A table of the members; 0 if there is no room for it at all. When there is none beside the others, all are forgotten, and laid anew by whoever goes on. */
  #lay(members: WantedMembers): number {
    let table = this.#table(members);
    if (table === 0) {
      this.#code.clear();
      this.#members.clear();
      this.#age++;
      table = this.#table(members);
    }
    return table;
  }

  #table(members: WantedMembers): number {
    const lists = [...members.values()].reduce((count, wanted) => count + listsOf(wanted), 0);
    const table = this.#code.newTable(members.size + lists);
    if (table === 0) return 0;
    const entries = new Map<string, number>();
    this.#members.set(table, entries);
    let slot = 0;
    for (const [name, wanted] of members) {
      const entry = this.#add(table, name, wanted, slot);
      if (entry === 0) return 0;
      entries.set(name, entry);
      slot += slotsOf(wanted);
    }
    return table;
  }

  /** An entry of a name, or without one for an array's element. */
  #add(table: number, name: string | undefined, wanted: Wanted, slot: number): number {
    let child = 0;
    if (wanted.kind === ROW) child = this.#table(wanted.inside);
    else if (wanted.kind === LIST) child = this.#add(table, undefined, wanted.element, 0);
    if (child === 0 && (wanted.kind === ROW || wanted.kind === LIST)) return 0;
    const literal = name === undefined ? undefined : literalOf(name);
    if (literal) this.#bytes.set(literal, RECORD);
    return this.#code.addName(table, RECORD, literal?.length ?? 0, wanted.kind, slot, child, slotsOf(wanted));
  }

  /** Of a name that is not compared by its bytes. */
  #memberOf(table: number, from: number, to: number): number {
    const entries = this.#members.get(table);
    if (!entries) return table;
    return entries.get(meaningOf(this.#bytes, from + 1, to - 1)) ?? table;
  }
}

function listsOf(wanted: Wanted): number {
  return wanted.kind === LIST ? 1 + listsOf(wanted.element) : 0;
}

const encoder = new TextEncoder();

/** `"name":` as it is compared; undefined for a name that is too long for that, or not written as it is. */
function literalOf(name: string): Uint8Array | undefined {
  const quoted = JSON.stringify(name);
  const literal = encoder.encode(`${quoted}:`);
  return quoted === `"${name}"` && literal.length <= LONGEST_LITERAL ? literal : undefined;
}

let scanner: Scanner | null | undefined;

/** The thread's; undefined where there is no WebAssembly, or not of this kind, or none allowed. */
export function scannerOfThread(): Scanner | undefined {
  if (scanner === undefined) {
    try {
      scanner = new Scanner();
    } catch {
      scanner = null;
    }
  }
  return scanner ?? undefined;
}
