/**
 * Regular expressions that cannot hang a stream. JavaScript's own engine backtracks without end on patterns such as (a+)+b, and a pattern may come with the
 * rows; here every step is counted, and a row whose text takes too many is an error. The matcher keeps its own stack, so long texts do not overflow the host's.
 */
import { RowError } from "../../node/operator.ts";
import { shorten } from "../problems.ts";
import { type Edge, PatternFault, type PatternNode, parsePattern } from "./pattern-syntax.ts";

export interface Match {
  readonly start: number;
  readonly end: number;
  /** Group 0 is the whole; undefined where a group took no part. */
  readonly groups: readonly (string | undefined)[];
}

export interface Pattern {
  readonly groupCount: number;
  /** The first match at or behind `from`. Throws `RowError` when it takes too many steps. */
  exec(text: string, from: number): Match | undefined;
}

type Instruction =
  | { readonly op: "set"; readonly test: (point: number) => boolean }
  /** Goes on at `first`; on failure at `second`. */
  | { readonly op: "split"; readonly first: number; readonly second: number }
  | { readonly op: "jump"; readonly to: number }
  | { readonly op: "save"; readonly slot: number }
  | { readonly op: "edge"; readonly edge: Edge }
  | { readonly op: "back"; readonly index: number; readonly fold: boolean }
  /** Leaves a loop that took nothing, or it would never end. */
  | { readonly op: "progress"; readonly register: number; readonly out: number }
  | { readonly op: "mark"; readonly register: number }
  | { readonly op: "look"; readonly behind: boolean; readonly negative: boolean; readonly out: number }
  | { readonly op: "atomic"; readonly out: number }
  | { readonly op: "match" };

/** Steps for one text: a base, and some for each of its characters. */
const STEPS = 200_000;
const STEPS_PER_CHARACTER = 200;
/** Instructions; {1000} of {1000} is refused. */
const MAX_PROGRAM = 20_000;

export function compilePattern(source: string): Pattern | { readonly fault: string } {
  try {
    const { root, groups } = parsePattern(source);
    const writer = new ProgramWriter(groups);
    writer.write(root);
    writer.add({ op: "match" });
    const { program, registers } = writer;
    return { groupCount: groups, exec: (text, from) => new Matcher(source, program, registers, text).search(from, groups) };
  } catch (error) {
    if (error instanceof PatternFault) return { fault: error.message };
    throw error;
  }
}

/** Compiles patterns and keeps the last: they mostly are constants, and those that come with rows often repeat. Undefined for what is none. */
export function patternCache(): (source: string) => Pattern | undefined {
  let [lastSource, last]: [string | undefined, Pattern | undefined] = [undefined, undefined];
  return (source) => {
    if (source !== lastSource) {
      const compiled = compilePattern(source);
      last = "fault" in compiled ? undefined : compiled;
      lastSource = source;
    }
    return last;
  };
}

/** For functions that fail where the pattern is none. */
export function patternFailure(source: string): never {
  const shown = JSON.stringify(shorten(source));
  throw new RowError("expression.pattern", {
    en: `${shown} is no valid pattern. Correct it.`,
    zh: `${shown} 不是有效的模式。请更正。`,
  });
}

class ProgramWriter {
  readonly program: Instruction[] = [];
  /** First two for each group, then one for each loop. */
  registers: number;

  constructor(groups: number) {
    this.registers = (groups + 1) * 2;
  }

  add(instruction: Instruction): number {
    if (this.program.length >= MAX_PROGRAM) throw new PatternFault("it is too long");
    return this.program.push(instruction) - 1;
  }

  write(node: PatternNode): void {
    switch (node.kind) {
      case "set":
        this.add({ op: "set", test: node.test });
        break;
      case "sequence":
        for (const item of node.items) this.write(item);
        break;
      case "choice":
        this.writeChoice(node.options);
        break;
      case "group":
        this.add({ op: "save", slot: node.index * 2 });
        this.write(node.inner);
        this.add({ op: "save", slot: node.index * 2 + 1 });
        break;
      case "repeat":
        if (node.mode === "possessive") this.write({ kind: "atomic", inner: { ...node, mode: "greedy" } });
        else this.writeRepeat(node.inner, node.least, node.most, node.mode === "lazy");
        break;
      case "look":
        this.writeInner(node.inner, (out) => ({ op: "look", behind: node.behind, negative: node.negative, out }));
        break;
      case "atomic":
        this.writeInner(node.inner, (out) => ({ op: "atomic", out }));
        break;
      case "back":
        this.add({ op: "back", index: node.index, fold: node.fold });
        break;
      case "edge":
        this.add({ op: "edge", edge: node.edge });
        break;
    }
  }

  private writeInner(inner: PatternNode, head: (out: number) => Instruction): void {
    const at = this.add({ op: "match" });
    this.write(inner);
    this.add({ op: "match" });
    this.program[at] = head(this.program.length);
  }

  private writeChoice(options: readonly PatternNode[]): void {
    const exits: number[] = [];
    for (const [i, option] of options.entries()) {
      if (i === options.length - 1) {
        this.write(option);
        break;
      }
      const split = this.add({ op: "match" });
      this.write(option);
      exits.push(this.add({ op: "match" }));
      this.program[split] = { op: "split", first: split + 1, second: this.program.length };
    }
    for (const exit of exits) this.program[exit] = { op: "jump", to: this.program.length };
  }

  private writeRepeat(inner: PatternNode, least: number, most: number, lazy: boolean): void {
    for (let i = 0; i < least; i++) this.write(inner);
    if (most === Infinity) return this.writeLoop(inner, lazy);
    const splits: number[] = [];
    for (let i = least; i < most; i++) {
      splits.push(this.add({ op: "match" }));
      this.write(inner);
    }
    const out = this.program.length;
    for (const split of splits) this.program[split] = choose(split + 1, out, lazy);
  }

  private writeLoop(inner: PatternNode, lazy: boolean): void {
    const register = this.registers++;
    const split = this.add({ op: "match" });
    this.add({ op: "mark", register });
    this.write(inner);
    const progress = this.add({ op: "match" });
    this.add({ op: "jump", to: split });
    const out = this.program.length;
    this.program[split] = choose(split + 1, out, lazy);
    this.program[progress] = { op: "progress", register, out };
  }
}

function choose(into: number, out: number, lazy: boolean): Instruction {
  return lazy ? { op: "split", first: out, second: into } : { op: "split", first: into, second: out };
}

/** One text being searched. The stack holds where to go on (instruction, position) and which registers to set back. */
class Matcher {
  private readonly source: string;
  private readonly program: readonly Instruction[];
  private readonly text: string;
  private readonly registers: number[];
  private readonly stack: number[] = [];
  private steps: number;

  constructor(source: string, program: readonly Instruction[], registers: number, text: string) {
    this.source = source;
    this.program = program;
    this.text = text;
    this.registers = new Array<number>(registers).fill(-1);
    this.steps = STEPS + STEPS_PER_CHARACTER * text.length;
  }

  search(from: number, groups: number): Match | undefined {
    for (let start = from; start <= this.text.length; start++) {
      if (isInsidePair(this.text, start)) continue;
      this.registers.fill(-1);
      const end = this.run(0, start);
      if (end === -1) continue;
      const found: (string | undefined)[] = [this.text.slice(start, end)];
      for (let group = 1; group <= groups; group++) found.push(this.groupText(group));
      return { start, end, groups: found };
    }
    return undefined;
  }

  private groupText(group: number): string | undefined {
    const [start = -1, end = -1] = [this.registers[group * 2], this.registers[group * 2 + 1]];
    return start === -1 || end === -1 ? undefined : this.text.slice(start, end);
  }

  /** Where the match ends; -1 without one. Leaves the stack as high as it was. */
  private run(entry: number, start: number): number {
    const { program, text, registers, stack } = this;
    const floor = stack.length;
    let pc = entry;
    let at = start;
    for (;;) {
      if (--this.steps < 0) throw tooManySteps(this.source, text);
      const instruction = program[pc] as Instruction;
      let ok = true;
      switch (instruction.op) {
        case "set": {
          const point = text.codePointAt(at);
          if (point !== undefined && instruction.test(point)) at += point > 0xffff ? 2 : 1;
          else ok = false;
          break;
        }
        case "split":
          stack.push(instruction.second, at, GO_ON);
          pc = instruction.first - 1;
          break;
        case "jump":
          pc = instruction.to - 1;
          break;
        case "save":
          stack.push(instruction.slot, registers[instruction.slot] as number, SET_BACK);
          registers[instruction.slot] = at;
          break;
        case "mark":
          stack.push(instruction.register, registers[instruction.register] as number, SET_BACK);
          registers[instruction.register] = at;
          break;
        case "progress":
          if (registers[instruction.register] === at) pc = instruction.out - 1;
          break;
        case "edge":
          ok = isEdge(text, at, instruction.edge);
          break;
        case "back": {
          const end = this.backReference(instruction.index, instruction.fold, at);
          if (end === -1) ok = false;
          else at = end;
          break;
        }
        case "look": {
          const found = instruction.behind ? this.lookBehind(pc + 1, at) : this.run(pc + 1, at) !== -1;
          ok = found !== instruction.negative;
          pc = instruction.out - 1;
          break;
        }
        case "atomic": {
          const end = this.run(pc + 1, at);
          if (end === -1) ok = false;
          else at = end;
          pc = instruction.out - 1;
          break;
        }
        case "match":
          this.forget(floor);
          return at;
      }
      if (ok) {
        pc++;
        continue;
      }
      const resumed = this.backtrack(floor);
      if (resumed === undefined) return -1;
      [pc, at] = resumed;
    }
  }

  /** Undoes to the last choice above `floor`. */
  private backtrack(floor: number): [pc: number, at: number] | undefined {
    const { stack, registers } = this;
    while (stack.length > floor) {
      const kind = stack.pop();
      const value = stack.pop() as number;
      const target = stack.pop() as number;
      if (kind === GO_ON) return [target, value];
      registers[target] = value;
    }
    return undefined;
  }

  /** Choices of a finished part are dropped; what sets registers back stays for those below. */
  private forget(floor: number): void {
    const { stack } = this;
    let kept = floor;
    for (let i = floor; i < stack.length; i += 3) {
      if (stack[i + 2] === GO_ON) continue;
      for (let j = 0; j < 3; j++) stack[kept++] = stack[i + j] as number;
    }
    stack.length = floor === 0 ? 0 : kept;
  }

  /** Tries every start before `at`, nearest first, for a match that ends exactly there. */
  private lookBehind(entry: number, at: number): boolean {
    for (let start = at; start >= 0; start--) if (this.run(entry, start) === at) return true;
    return false;
  }

  private backReference(index: number, fold: boolean, at: number): number {
    const wanted = this.groupText(index);
    if (wanted === undefined) return -1;
    const found = this.text.slice(at, at + wanted.length);
    const isSame = fold ? found.toLowerCase() === wanted.toLowerCase() : found === wanted;
    return isSame ? at + wanted.length : -1;
  }
}

const GO_ON = 1;
const SET_BACK = 2;

function isInsidePair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  const before = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && before >= 0xd800 && before <= 0xdbff;
}

function isWordAt(text: string, at: number): boolean {
  return /[\p{L}\p{N}_]/u.test(text[at] ?? "");
}

function isEdge(text: string, at: number, edge: Edge): boolean {
  switch (edge) {
    case "start":
      return at === 0;
    case "text-end":
      return at === text.length;
    case "end":
      return at === text.length || /^(?:\r\n|[\n\r\u0085\u2028\u2029])$/.test(text.slice(at));
    case "line-start":
      return at === 0 || (text[at - 1] === "\n" && at < text.length);
    case "line-end":
      return at === text.length || text[at] === "\n" || text[at] === "\r";
    case "word":
      return isWordAt(text, at - 1) !== isWordAt(text, at);
    case "no-word":
      return isWordAt(text, at - 1) === isWordAt(text, at);
  }
}

function tooManySteps(source: string, text: string): RowError {
  const [pattern, value] = [JSON.stringify(shorten(source)), JSON.stringify(shorten(text))];
  return new RowError("expression.pattern-steps", {
    en: `the pattern ${pattern} takes too many steps on ${value} (${text.length} characters). Write it without nested repetitions.`,
    zh: `模式 ${pattern} 在 ${value}（${text.length} 个字符）上需要的步数过多。请去掉嵌套的重复。`,
  });
}
