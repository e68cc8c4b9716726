import { changeFields, type Operator, type OperatorContext, type Row, RowError } from "@millrace/engine/node";
import type { Value } from "@millrace/engine/schema";
import { compileRegularExpression } from "../regular-expression.ts";
import { dictionaries } from "./ik/dictionary.ts";
import { type SegmentMode, segment } from "./ik/segment.ts";
import type { TokenizeParams } from "./spec.ts";

const DIGITS = /^[0-9]+$/;

export function createOperator(
  { text, by, as, position, skip, whenEmpty, longest }: TokenizeParams,
  { expressions }: OperatorContext,
): Operator {
  const textOf = expressions.value(text);
  const parts = by.method === "chinese" ? chinese(by.mode) : separated(by.separator);
  const path = as.split(".");
  const positionPath = position?.split(".");
  const skipsSingle = skip.includes("single");
  const skipsDigits = skip.includes("digits");

  function isWanted(word: string): boolean {
    if (word === "") return false;
    if (skipsSingle && (word.length === 1 || (word.length === 2 && (word.codePointAt(0) as number) > 0xffff))) return false;
    return !(skipsDigits && DIGITS.test(word));
  }

  function wordsOf(value: string | null): readonly string[] {
    if (value === null) return [];
    if (value.length > longest) throw tooLong(value.length, longest);
    return parts(value).filter(isWanted);
  }

  function withWord(row: Row, word: string | null, place: number | null): Row {
    const changes: { path: readonly string[]; value: Value }[] = [{ path, value: word }];
    if (positionPath) changes.push({ path: positionPath, value: place });
    return changeFields(row, changes);
  }

  return {
    onRow(row, time, out) {
      const words = wordsOf(textOf(row, time) as string | null);
      for (const [i, word] of words.entries()) out.emit("out", withWord(row, word, i + 1), time);
      if (words.length > 0) return;
      if (whenEmpty === "drop") out.drop("empty", row);
      else out.emit("out", withWord(row, null, null), time);
    },
  };
}

/** The word lists are read now, not when the first row has come. */
function chinese(mode: SegmentMode): (text: string) => readonly string[] {
  const lists = dictionaries();
  return (text) => segment(text, mode, lists);
}

/** Parts a text where the separator matches. */
function separated(source: string): (text: string) => readonly string[] {
  const separator = compileRegularExpression(source);
  // Analysis has refused what is no regular expression.
  if ("reason" in separator) throw new Error(`${source}: ${separator.reason}`);
  return (text) => separator.compiled.split(text, -1);
}

function tooLong(length: number, longest: number): RowError {
  return new RowError("tokenize.too-long", {
    en: `The text has ${length} letters; at most ${longest} are taken. Raise "Longest text", or shorten it with LEFT.`,
    zh: `文本有 ${length} 个字符，最多接受 ${longest} 个。请调大“文本最大长度”，或用 LEFT 截短。`,
  });
}
