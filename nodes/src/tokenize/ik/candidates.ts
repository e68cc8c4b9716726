/**
 * All words that could stand at each place of a text, overlapping: what three readers find that go over it side by side. IK's order among them matters,
 * for measure words are looked for only behind what has been found as a number.
 */
import type { Dictionaries, Dictionary, Prefix } from "./dictionary.ts";
import { CHINESE, classOf, DIGIT, LATIN, USELESS } from "./letters.ts";

export type WordKind = "latin" | "digits" | "mixed" | "word" | "letter" | "other" | "number" | "measure" | "quantity";

export interface Candidate {
  readonly begin: number;
  readonly end: number;
  readonly kind: WordKind;
}

const WORD_CONNECTORS: ReadonlySet<number> = codesOf("#&+-.@_");
const NUMBER_CONNECTORS: ReadonlySet<number> = codesOf(",.");
const CHINESE_NUMERALS: ReadonlySet<number> = codesOf("一二两三四五六七八九十零壹贰叁肆伍陆柒捌玖拾百千万亿佰仟萬億兆卅廿");

function codesOf(text: string): ReadonlySet<number> {
  return new Set([...text].map((letter) => letter.charCodeAt(0)));
}

/** A run of letters of some classes, which connectors may hold together; they are not part of it at its end, unless `keepsConnectors`. */
interface Run {
  readonly kind: WordKind;
  readonly takes: (kind: number, code: number) => boolean;
  readonly connects: (kind: number, code: number) => boolean;
  readonly keepsConnectors: boolean;
  begin: number;
  end: number;
}

const never = () => false;

/** By where they begin, longer ones first; the first that was found at a place counts. `codes` are in their regular form. */
export function findCandidates(codes: readonly number[], { words, measures }: Dictionaries): Candidate[] {
  const found: Candidate[] = [];
  const last = codes.length - 1;
  const run = (kind: WordKind, takes: Run["takes"], connects: Run["connects"] = never, keepsConnectors = false): Run => ({
    kind,
    takes,
    connects,
    keepsConnectors,
    begin: -1,
    end: -1,
  });
  const latin = run("latin", (kind) => kind === LATIN);
  const digits = run(
    "digits",
    (kind) => kind === DIGIT,
    (kind, code) => kind === USELESS && NUMBER_CONNECTORS.has(code),
  );
  const mixed = run(
    "mixed",
    (kind) => kind === DIGIT || kind === LATIN,
    (kind, code) => kind === USELESS && WORD_CONNECTORS.has(code),
    true,
  );
  const numerals = run("number", (kind, code) => kind === CHINESE && CHINESE_NUMERALS.has(code));
  const measuring: Reading[] = [];
  const reading: Reading[] = [];

  for (let at = 0; at <= last; at++) {
    const code = codes[at] as number;
    const kind = classOf(code);
    for (const letters of [latin, digits, mixed, numerals]) follow(letters, at, kind, code, at === last, found);
    if (numerals.begin >= 0 || measuring.length > 0 || endsInNumber(found, at)) {
      if (kind === CHINESE) read(measuring, measures, at, code, "measure", found);
      else measuring.length = 0;
      if (at === last) measuring.length = 0;
    }
    if (kind === USELESS) reading.length = 0;
    else read(reading, words, at, code, "word", found);
  }
  return found;
}

function follow(run: Run, at: number, kind: number, code: number, isLast: boolean, found: Candidate[]): void {
  if (run.takes(kind, code)) {
    if (run.begin < 0) run.begin = at;
    run.end = at + 1;
  } else if (run.begin >= 0) {
    if (!run.connects(kind, code)) finish(run, found);
    else if (run.keepsConnectors) run.end = at + 1;
  }
  if (isLast && run.begin >= 0) finish(run, found);
}

function finish(run: Run, found: Candidate[]): void {
  add(found, { begin: run.begin, end: run.end, kind: run.kind });
  run.begin = -1;
}

/** A word that has been begun. */
interface Reading {
  readonly begin: number;
  prefix: Prefix;
}

/** Goes on with what was begun, and begins with this letter. */
function read(readings: Reading[], dictionary: Dictionary, at: number, code: number, kind: WordKind, found: Candidate[]): void {
  let kept = 0;
  for (const reading of readings) {
    const prefix = dictionary.next(reading.prefix, code);
    if (!prefix) continue;
    if (prefix.isWord) add(found, { begin: reading.begin, end: at + 1, kind });
    if (!prefix.goesOn) continue;
    reading.prefix = prefix;
    readings[kept++] = reading;
  }
  readings.length = kept;
  const first = dictionary.begin(code);
  if (first?.isWord) add(found, { begin: at, end: at + 1, kind });
  if (first?.goesOn) readings.push({ begin: at, prefix: first });
}

/** The last candidate is a number that ends right before this place. */
function endsInNumber(found: readonly Candidate[], at: number): boolean {
  const latest = found.at(-1);
  return latest !== undefined && (latest.kind === "number" || latest.kind === "digits") && latest.end === at;
}

function add(found: Candidate[], candidate: Candidate): void {
  let place = found.length;
  while (place > 0 && compare(found[place - 1] as Candidate, candidate) > 0) place--;
  const before = found[place - 1];
  if (before && compare(before, candidate) === 0) return;
  found.splice(place, 0, candidate);
}

function compare(a: Candidate, b: Candidate): number {
  return a.begin - b.begin || b.end - a.end;
}
