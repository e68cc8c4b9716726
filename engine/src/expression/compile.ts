/**
 * From the typed tree to a JavaScript function. The source is made of our own templates, variables, numbers, truth values and field names as quoted strings; every other
 * constant and every implementation is handed in by reference, so nothing a user wrote is ever source. Why source at all: docs/decisions/expressions.md.
 */
import { RowError } from "../node/operator.ts";
import type { DataType, Value, Values } from "../schema/index.ts";
import type { CheckedExpression, Compiled, EvalContext, ExpressionSettings } from "./api.ts";
import { shorten } from "./problems.ts";
import type { ApplyNode, Typed } from "./typed-tree.ts";

export function compile(checked: CheckedExpression, settings: ExpressionSettings): Compiled {
  const writer = new Writer(settings);
  return finished(writer, writer.write(checked.tree as Typed), [checked.text]) as Compiled;
}

/** Whether the expression is TRUE: NULL counts as false. */
export function compileCondition(checked: CheckedExpression, settings: ExpressionSettings): (row: Values, context: EvalContext) => boolean {
  const writer = new Writer(settings);
  return finished(writer, `${writer.write(checked.tree as Typed)} === true`, [checked.text]) as (
    row: Values,
    context: EvalContext,
  ) => boolean;
}

/** A row of the fields, in their order; what several have in common is computed once. */
export function compileRow(
  fields: readonly { readonly name: string; readonly value: CheckedExpression }[],
  settings: ExpressionSettings,
): (row: Values, context: EvalContext) => Values {
  const writer = new Writer(settings);
  // Computed keys, so that no name can be anything but a field.
  const members = fields.map(({ name, value }, i) => {
    if (i > 0) writer.beginExpression(i);
    return `[${JSON.stringify(name)}]: ${writer.write(value.tree as Typed)}`;
  });
  return finished(
    writer,
    `{ ${members.join(", ")} }`,
    fields.map(({ value }) => value.text),
  ) as (row: Values, context: EvalContext) => Values;
}

/**
 * The function has its second parameter only where something asks for it: whoever calls it thousands of times need not make a context otherwise. A row error names the
 * expression, of several (`texts`) the one that was being computed.
 */
function finished(writer: Writer, result: string, texts: readonly string[]): unknown {
  const parameters = writer.usesContext ? "row, context" : "row";
  const body = `${writer.body()}return ${result};`;
  // What is source alone cannot fail.
  const guarded = !writer.canFail
    ? body
    : `try {\n${body}\n} catch (error) { throw ${writer.give(located)}(error, ${writer.give(texts)}[at]); }`;
  const source = `"use strict";\n${writer.header()}return (${parameters}) => {\nlet at = 0;\n${guarded}\n};`;
  return new Function("given", source)(writer.given);
}

/** Enough of an expression to find it by. */
const SHOWN = 80;

function located(error: unknown, text: string): unknown {
  if (!(error instanceof RowError)) return error;
  const { code, words } = error;
  const shown = JSON.stringify(shorten(text.replace(/\s+/g, " ").trim(), SHOWN));
  return new RowError(code, { en: `${shown}: ${words.en}`, zh: `${shown}：${words.zh}` });
}

/** A variable or literal in the source. */
type Atom = string;

class Writer {
  /** What the source refers to by position. */
  readonly given: unknown[] = [];
  usesContext = false;
  /** Something is called that may throw a row error. */
  canFail = false;
  private readonly positions = new Map<unknown, Atom>();
  private readonly lines: string[] = [];
  private readonly slots = new Map<symbol, Atom>();
  /** Atoms that are never null, so that nothing asks. */
  private readonly present = new Set<Atom>();
  /** Of what was written before and is in sight here, by text and by source: the atom that holds it. */
  private readonly inSight = new Map<string, Atom>();
  /** Keys that come into sight within the block that is being written. */
  private inBlock: string[] = [];
  private readonly settings: ExpressionSettings;
  private count = 0;

  constructor(settings: ExpressionSettings) {
    this.settings = settings;
  }

  header(): string {
    return this.given.map((_, i) => `const g${i} = given[${i}];\n`).join("");
  }

  body(): string {
    return this.lines.map((line) => `${line}\n`).join("");
  }

  /** Writes what computes the node, unless that is in sight; the atom holds its value. */
  write(node: Typed): Atom {
    if (node.text === undefined) return this.writeNew(node);
    return this.once(`text ${node.text}`, () => this.writeNew(node));
  }

  private writeNew(node: Typed): Atom {
    switch (node.kind) {
      case "constant":
        return this.constant(node.value);
      case "field":
        return this.property("row", node);
      case "member":
        return this.member(node);
      case "slot":
        return this.slots.get(node.slot) ?? missingSlot();
      case "let":
        this.slots.set(node.slot, this.write(node.value));
        return this.write(node.body);
      case "logic":
        return this.logic(node.operator, node.operands);
      case "case":
        return this.choose(node);
      case "apply":
        return this.apply(node);
      case "try":
        return this.attempt(node.operand);
    }
  }

  /** What is written from now on belongs to that expression. */
  beginExpression(index: number): void {
    this.lines.push(`at = ${index};`);
  }

  give(value: unknown): Atom {
    let atom = this.positions.get(value);
    if (atom === undefined) {
      atom = `g${this.given.length}`;
      this.given.push(value);
      this.positions.set(value, atom);
    }
    return atom;
  }

  private constant(value: Value): Atom {
    if (value === null || typeof value === "boolean") return String(value);
    if (typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0)) return value < 0 ? `(${value})` : String(value);
    const atom = this.give(value);
    this.present.add(atom);
    return atom;
  }

  private define(code: string): Atom {
    const atom = this.name();
    this.lines.push(`const ${atom} = ${code};`);
    return atom;
  }

  private defineOnce(code: string): Atom {
    return this.once(`source ${code}`, () => this.define(code));
  }

  private once(key: string, write: () => Atom): Atom {
    let atom = this.inSight.get(key);
    if (atom === undefined) {
      atom = write();
      this.inSight.set(key, atom);
      this.inBlock.push(key);
    }
    return atom;
  }

  /** Lines between braces: what they define is out of sight behind them. */
  private block(opening: string, write: () => void, closing = "}"): void {
    const outside = this.inBlock;
    this.inBlock = [];
    this.lines.push(opening);
    write();
    this.lines.push(closing);
    for (const key of this.inBlock) this.inSight.delete(key);
    this.inBlock = outside;
  }

  private variable(initial: string): Atom {
    const atom = this.name();
    this.lines.push(`let ${atom} = ${initial};`);
    return atom;
  }

  private name(): Atom {
    return `v${this.count++}`;
  }

  /** Whoever makes rows sees to it that a field that is NOT NULL is there. */
  private property(object: Atom, { name, dataType }: { readonly name: string; readonly dataType: DataType }): Atom {
    if (dataType.nullable !== false) return this.defineOnce(ownProperty(object, name, this));
    const atom = this.defineOnce(`${object}[${JSON.stringify(name)}]`);
    this.present.add(atom);
    return atom;
  }

  private member(node: Typed & { kind: "member" }): Atom {
    const { of, name, variant } = node;
    const object = this.write(of);
    if (variant) return this.defineOnce(`${this.give(variantMember)}(${object}, ${JSON.stringify(name)})`);
    if (!this.mayBeNull(object)) return this.property(object, node);
    return this.defineOnce(`${object} === null ? null : ${ownProperty(object, name, this)}`);
  }

  /** Three-valued AND and OR: FALSE (TRUE) decides at once, NULL only if nothing else does. */
  private logic(operator: "AND" | "OR", operands: readonly Typed[]): Atom {
    const deciding = operator === "AND" ? "false" : "true";
    const result = this.variable(operator === "AND" ? "true" : "false");
    const label = `l${this.count++}`;
    this.block(`${label}: {`, () => {
      for (const operand of operands) {
        const atom = this.write(operand);
        this.lines.push(`if (${atom} === ${deciding}) { ${result} = ${deciding}; break ${label}; }`);
        if (this.mayBeNull(atom)) this.lines.push(`if (${atom} === null) ${result} = null;`);
      }
    });
    return result;
  }

  /** Branches one after another, left by `break`: hundreds of them are no deep nesting. */
  private choose({ branches, otherwise }: Typed & { kind: "case" }): Atom {
    const result = this.variable("null");
    const label = `l${this.count++}`;
    this.block(`${label}: {`, () => {
      for (const branch of branches) {
        const condition = this.write(branch.when);
        this.block(`if (${condition} === true) {`, () => {
          this.lines.push(`${result} = ${this.write(branch.result)};`, `break ${label};`);
        });
      }
      this.lines.push(`${result} = ${this.write(otherwise)};`);
    });
    return result;
  }

  private apply(node: Typed & ApplyNode): Atom {
    const { compute, dataType } = node;
    const atoms = node.args.map((arg) => this.write(arg));
    const code = compute.inline ? compute.inline(...atoms) : this.call(compute, atoms);
    const asked = compute.nulls === "passed" ? [] : atoms.filter((atom) => this.mayBeNull(atom));
    if (asked.includes("null")) return "null";
    const tests = [...new Set(asked)].map((atom) => `${atom} === null`);
    const guarded = this.quickly(compute.quick, atoms, tests.length === 0 ? code : `${tests.join(" || ")} ? null : ${code}`);
    const result = compute.volatile ? this.define(guarded) : this.defineOnce(guarded);
    if (tests.length === 0 && dataType.nullable === false) this.present.add(result);
    return result;
  }

  /** Nearly every BIGINT and DECIMAL is a number, and so is what they come to. */
  private quickly(quick: ApplyNode["compute"]["quick"], atoms: readonly Atom[], otherwise: string): string {
    if (!quick) return otherwise;
    const asked = [...new Set(atoms)].filter((atom) => !isNumber(atom));
    const areNumbers = asked.map((atom) => `typeof ${atom} === "number"`).join(" && ");
    const result = quick.code(...atoms);
    const number = this.defineOnce(areNumbers === "" ? result : `${areNumbers} ? ${result} : NaN`);
    return `${number} < ${quick.limit} && ${number} > -${quick.limit} ? ${number} : ${otherwise}`;
  }

  private call(compute: ApplyNode["compute"], atoms: readonly Atom[]): string {
    const implementation = compute.make?.(this.settings);
    if (!implementation) throw new Error("an operation without an implementation");
    if (compute.usesContext) this.usesContext = true;
    this.canFail = true;
    return `${this.give(implementation)}(${[...atoms, ...(compute.usesContext ? ["context"] : [])].join(", ")})`;
  }

  private attempt(operand: Typed): Atom {
    const result = this.variable("null");
    this.block(
      "try {",
      () => this.lines.push(`${result} = ${this.write(operand)};`),
      `} catch (error) { if (!(error instanceof ${this.give(RowError)})) throw error; }`,
    );
    return result;
  }

  private mayBeNull(atom: Atom): boolean {
    return atom === "null" || !(this.present.has(atom) || atom === "true" || atom === "false" || isNumber(atom));
  }
}

function isNumber(atom: Atom): boolean {
  return /^\(?-?\d/.test(atom);
}

/** A field that is missing is NULL; a name that every object inherits must be the row's own. */
function ownProperty(object: Atom, name: string, writer: Writer): string {
  const key = JSON.stringify(name);
  if (name in Object.prototype) return `(${writer.give(Object.hasOwn)}(${object}, ${key}) ? ${object}[${key}] : null)`;
  return `(${object}[${key}] ?? null)`;
}

function variantMember(value: Value, name: string): Value {
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return null;
  return (value as { readonly [member: string]: Value })[name] ?? null;
}

function missingSlot(): never {
  throw new Error("a value is used outside of where it is bound");
}
