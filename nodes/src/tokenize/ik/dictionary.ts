/** IK's word lists. They are part of the program, as code is: read from beside this file when somebody first needs them. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Stands behind each word; smaller than any letter of a word, so a word comes before those that go on. */
const END = 0x0a;

/** The words that begin alike, as a range of a `Dictionary`'s ordered words. */
export interface Prefix {
  /** Letters they have in common. */
  readonly length: number;
  readonly low: number;
  readonly high: number;
  /** The prefix is a word. */
  readonly isWord: boolean;
  /** A longer word begins with it. */
  readonly goesOn: boolean;
}

/** Words to be found letter by letter: one text of all words in order, and where each begins. A prefix is a range of them, halved until it is found. */
export class Dictionary {
  readonly #text: string;
  readonly #starts: Int32Array;
  readonly #first = new Map<number, Prefix>();

  /** `lines`: a word each; blanks around it and capital letters do not count. */
  constructor(lines: string) {
    const sorted = lines
      .split("\n")
      .map((line) => trimmed(line).toLowerCase())
      .sort();
    const words = sorted.filter((word, i) => word !== "" && word !== sorted[i - 1]);
    this.#text = `${words.join("\n")}\n`;
    this.#starts = new Int32Array(words.length);
    for (let i = 0, at = 0; i < words.length; at += (words[i++] as string).length + 1) this.#starts[i] = at;
    for (let low = 0; low < words.length; ) {
      const code = this.#at(low, 0);
      const prefix = this.#narrow({ length: 0, low, high: words.length, isWord: false, goesOn: true }, code) as Prefix;
      this.#first.set(code, prefix);
      low = prefix.high;
    }
  }

  /** The words that begin with a letter; undefined: none. */
  begin(code: number): Prefix | undefined {
    return this.#first.get(code);
  }

  /** Those of them that have this letter next; undefined: none. */
  next(prefix: Prefix, code: number): Prefix | undefined {
    return this.#narrow(prefix, code);
  }

  #narrow({ length, low, high }: Prefix, code: number): Prefix | undefined {
    const from = this.#bound(low, high, length, code);
    if (from === high || this.#at(from, length) !== code) return undefined;
    const to = this.#bound(from, high, length, code + 1);
    const isWord = this.#at(from, length + 1) === END;
    return { length: length + 1, low: from, high: to, isWord, goesOn: to - from > (isWord ? 1 : 0) };
  }

  /** The first word of the range whose letter at `depth` is not below `code`. */
  #bound(low: number, high: number, depth: number, code: number): number {
    let from = low;
    let to = high;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#at(middle, depth) < code) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #at(word: number, depth: number): number {
    return this.#text.charCodeAt((this.#starts[word] as number) + depth);
  }
}

/** As Java trims: control characters and the blank, not the blanks of other scripts. */
function trimmed(line: string): string {
  let from = 0;
  let to = line.length;
  while (from < to && line.charCodeAt(from) <= 0x20) from++;
  while (to > from && line.charCodeAt(to - 1) <= 0x20) to--;
  return line.slice(from, to);
}

export interface Dictionaries {
  readonly words: Dictionary;
  /** Measure words: 号, 公斤, 年代. */
  readonly measures: Dictionary;
}

let loaded: Dictionaries | undefined;

/** Some 275,000 words, 3 MB of memory, read once in a thread. */
export function dictionaries(): Dictionaries {
  loaded ??= {
    words: new Dictionary(gunzipSync(readFileSync(new URL("./main2012.dic.gz", import.meta.url))).toString("utf8")),
    measures: new Dictionary(readFileSync(new URL("./quantifier.dic", import.meta.url), "utf8")),
  };
  return loaded;
}
