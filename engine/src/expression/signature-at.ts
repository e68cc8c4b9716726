/**
 * Which call a place of a half-written expression is in, and at which argument: what signature help shows. The text need not parse, so it is read loosely; the same
 * reading of a signature's own text gives the places of its parameters.
 */
import type { TextRange } from "./api.ts";
import { functionHelp, type Help, helpOfForm } from "./help.ts";

export interface SignatureHelp extends Help {
  /** In capitals. */
  readonly name: string;
  /** Of the argument that is being written, from 0. */
  readonly argument: number;
  readonly labels: readonly SignatureLabel[];
  /** Which of the labels is meant: the first that is written like what stands there and has room for the argument. */
  readonly active: number;
  /** Which parameter of that label the argument is for. */
  readonly activeParameter: number;
}

/** A signature's text, and where in it the parameters stand. */
export interface SignatureLabel {
  readonly text: string;
  readonly parameters: readonly TextRange[];
}

/** Of the innermost call that is open at the offset; undefined in none, within a name in backticks and within a comment. */
export function signatureAt(text: string, offset: number): SignatureHelp | undefined {
  const call = openCall(text.slice(0, offset));
  const help = call && (functionHelp(call.name) ?? helpOfForm(call.name));
  if (!call || !help) return undefined;
  const labels = help.signatures.map(labelOf);
  const argument = call.separators.length;
  const fits = labels.findIndex((label) => hasPlace(label, call.separators));
  const active = Math.max(0, fits);
  const activeParameter = parameterIndex(labels[active], argument);
  return { ...help, name: call.name.toUpperCase(), argument, labels, active, activeParameter };
}

interface Open {
  readonly name: string;
  /** What was written between its arguments so far: ",", "FROM". */
  separators: string[];
}

/** Words that part the arguments of functions with a syntax of their own. */
const SEPARATORS: Readonly<Record<string, readonly string[]>> = {
  EXTRACT: ["FROM"],
  FLOOR: ["TO"],
  CEIL: ["TO"],
  CEILING: ["TO"],
  TRIM: ["FROM"],
  SUBSTRING: ["FROM", "FOR"],
  POSITION: ["IN"],
  OVERLAY: ["PLACING", "FROM", "FOR"],
  JSON_OBJECT: ["VALUE", ":"],
  CAST: ["AS"],
  TRY_CAST: ["AS"],
};

const TOKENS = /'(?:[^']|'')*(?:'|$)|`(?:[^`]|``)*(?:`|$)|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)|[\p{L}_$][\p{L}\p{Nd}_$]*|[()[\],:]/gu;

/** The names of the calls that are open at the end of the text, outermost first. */
export function callsAround(before: string): readonly string[] {
  return (openCalls(before) ?? []).map(({ name }) => name).filter((name) => name !== "");
}

function openCall(before: string): Open | undefined {
  // Parentheses and brackets within a call's arguments belong to that argument.
  return openCalls(before)?.findLast(({ name }) => name !== "");
}

function openCalls(before: string): readonly Open[] | undefined {
  const open: Open[] = [];
  let word: { readonly text: string; readonly end: number } | undefined;
  for (const { 0: token, index } of before.matchAll(TOKENS)) {
    const end = index + token.length;
    if (end === before.length && isUnended(token)) return undefined;
    if (token === "(") open.push({ name: word && before.slice(word.end, index).trim() === "" ? word.text : "", separators: [] });
    else if (token === "[") open.push({ name: "", separators: [] });
    else if (token === ")" || token === "]") open.pop();
    else takeSeparator(open.at(-1), token);
    word = /^[\p{L}_$]/u.test(token) ? { text: token, end } : undefined;
  }
  return open;
}

function takeSeparator(call: Open | undefined, token: string): void {
  if (!call) return;
  if (token === "," || separatorsOf(call.name).includes(token.toUpperCase())) call.separators.push(token.toUpperCase());
}

function separatorsOf(name: string): readonly string[] {
  const upper = name.toUpperCase();
  return (Object.hasOwn(SEPARATORS, upper) && SEPARATORS[upper]) || [];
}

/** A name in backticks or a comment that goes on behind the text; a text in quotes is an argument like others. */
function isUnended(token: string): boolean {
  if (token.startsWith("--")) return !token.endsWith("\n");
  if (token.startsWith("/*")) return !token.endsWith("*/") || token.length < 4;
  return token.startsWith("`") && (token.length === 1 || token.split("`").length % 2 === 0);
}

/** "ROUND(number, [digits])": the places of "number" and "digits". Brackets and the clauses behind the last parameter are no part of it. */
function labelOf(text: string): SignatureLabel {
  const begin = text.indexOf("(") + 1;
  const end = text.lastIndexOf(")");
  if (begin === 0 || end <= begin) return { text, parameters: [] };
  const separators = new RegExp(separatorPattern(text.slice(0, begin - 1)), "g");
  const parameters: TextRange[] = [];
  let at = begin;
  for (const { 0: separator, index } of text.slice(begin, end).matchAll(separators)) {
    parameters.push(trimmed(text, at, begin + index));
    at = begin + index + separator.length;
  }
  parameters.push(trimmed(text, at, end));
  return { text, parameters: parameters.filter(({ start, end }) => end > start) };
}

function separatorPattern(name: string): string {
  return [",", ...separatorsOf(name).map((word) => (word === ":" ? word : `\\b${word}\\b`))].join("|");
}

function trimmed(text: string, from: number, to: number): TextRange {
  const written = text.slice(from, to);
  // "[BOTH | LEADING] characters" is one parameter; "path [RETURNING type] …" is its first word; "[[KEY] name" is optional as a whole.
  const match = /^[\s[]*((?:\[[^\]]*\]|[A-Z]+\])?\s*[^\s[\]]+(?: …)?)/.exec(written);
  if (!match?.[1]) return { start: from, end: from };
  const start = from + match[0].length - match[1].length;
  return { start, end: start + match[1].length };
}

function hasPlace(label: SignatureLabel, written: readonly string[]): boolean {
  const own = [...label.text.matchAll(new RegExp(separatorPattern(label.text.split("(")[0] ?? ""), "g"))].map(([one]) => one);
  if (label.text.includes("…")) return true;
  return written.length < Math.max(1, label.parameters.length) && written.every((one, i) => one === own[i]);
}

/** Where any number of arguments may stand, the last parameter (or, in turn, the pair of them) is for all that follow. */
function parameterIndex(label: SignatureLabel | undefined, argument: number): number {
  const count = label?.parameters.length ?? 0;
  if (count === 0) return 0;
  const isPairs = label?.text.startsWith("JSON_OBJECT") === true;
  return isPairs ? argument % count : Math.min(argument, count - 1);
}
