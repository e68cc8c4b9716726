/**
 * Words of a Chinese text by the rules and the word list of IK Analyzer 2012 (Apache-2.0), in its two modes. The original reads 4,096 letters at a time and may
 * repeat a letter where it cuts; here a text is not cut.
 */
import { type Candidate, findCandidates } from "./candidates.ts";
import { chooseBest } from "./choose.ts";
import { type Dictionaries, dictionaries } from "./dictionary.ts";
import { CHINESE, classOf, OTHER_CJK, regular, USELESS } from "./letters.ts";

/** `smart`: words that do not overlap, as a reader would part them. `max-word`: every word of the list that is in the text. */
export type SegmentMode = "smart" | "max-word";

/** In the order of the text. Letters are in half width and small; blanks and punctuation part words and are no words. */
export function segment(text: string, mode: SegmentMode, from: Dictionaries = dictionaries()): string[] {
  const codes: number[] = [];
  for (let i = 0; i < text.length; i++) codes.push(regular(text.charCodeAt(i)));
  const groups = new Map<number, readonly Candidate[]>();
  for (const group of overlapping(findCandidates(codes, from))) {
    const words = group.length === 1 || mode === "max-word" ? group : chooseBest(group);
    groups.set((words[0] as Candidate).begin, words);
  }
  const words = withSingleLetters(codes, groups);
  return (mode === "smart" ? joinQuantities(words) : words).map(({ begin, end }) => String.fromCharCode(...codes.slice(begin, end)));
}

/** Candidates in groups, within which each overlaps what comes before it. */
function* overlapping(candidates: readonly Candidate[]): Generator<readonly Candidate[]> {
  let group: Candidate[] = [];
  let end = 0;
  for (const candidate of candidates) {
    if (group.length > 0 && candidate.begin >= end) {
      yield group;
      group = [];
    }
    group.push(candidate);
    end = group.length === 1 ? candidate.end : Math.max(end, candidate.end);
  }
  if (group.length > 0) yield group;
}

/** Letters that no word covers come out one by one. `groups`: words by where the first begins. */
function withSingleLetters(codes: readonly number[], groups: ReadonlyMap<number, readonly Candidate[]>): Candidate[] {
  const words: Candidate[] = [];
  const single = (at: number) => {
    const kind = classOf(codes[at] as number);
    if (kind === CHINESE || kind === OTHER_CJK) words.push({ begin: at, end: at + 1, kind: kind === CHINESE ? "letter" : "other" });
  };
  let at = 0;
  while (at < codes.length) {
    const group = classOf(codes[at] as number) === USELESS ? undefined : groups.get(at);
    if (!group) {
      single(at++);
      continue;
    }
    for (const word of group) {
      while (at < word.begin) single(at++);
      words.push(word);
      // As in the original this is not the furthest end when words overlap.
      at = word.end;
    }
  }
  return words;
}

/** A number and the measure word right behind it are one word: 5号, 3千克. */
function joinQuantities(words: readonly Candidate[]): Candidate[] {
  const joined: Candidate[] = [];
  for (let i = 0; i < words.length; i++) {
    let word = words[i] as Candidate;
    const joins = (kind: Candidate["kind"]) => words[i + 1]?.kind === kind && words[i + 1]?.begin === word.end;
    if (word.kind === "digits" && (joins("number") || joins("measure"))) {
      const next = words[++i] as Candidate;
      word = { begin: word.begin, end: next.end, kind: next.kind === "number" ? "number" : "quantity" };
    }
    if (word.kind === "number" && joins("measure")) word = { begin: word.begin, end: (words[++i] as Candidate).end, kind: "quantity" };
    joined.push(word);
  }
  return joined;
}
