/**
 * Expressions that look at rows matched so far, by the names of a pattern's steps: "SUM0(start.price) + price < 5", "LAST(entry.ts)". What they ask of those rows is taken out, so that what is left is an
 * expression over one row: the candidate's fields, where there is a candidate, and the answers.
 */
import { didYouMean } from "../pipeline/did-you-mean.ts";
import { fieldNamed, type Schema } from "../schema/index.ts";
import type { CheckedLookup, ExpressionProblem, LookupPlace } from "./api.ts";
import { functionNamed } from "./functions/table.ts";
import { ExpressionFailure, failure } from "./problems.ts";
import type { Expression } from "./syntax.ts";

type Call = Extract<Expression, { kind: "call" }>;
type Path = Extract<Expression, { kind: "field" | "member" | "index" }>;

/** What the checker lends: one expression over single rows, and one aggregate over many. */
export interface RowChecker {
  value(text: string, expression: Expression): Pick<Extract<CheckedLookup, { kind: "value" }>, "value" | "dataType">;
  aggregate(text: string, call: Call): Pick<Extract<CheckedLookup, { kind: "aggregate" }>, "aggregate" | "dataType">;
}

/** The steps of a pattern, and whether there is a row of its own beside the matched ones. */
export interface MatchedScope {
  readonly rows: Schema;
  readonly steps: readonly string[];
  readonly hasCandidate: boolean;
}

export class LookupCollector {
  readonly found: CheckedLookup[] = [];
  readonly problems: ExpressionProblem[] = [];
  private readonly text: string;
  private readonly scope: MatchedScope;
  private readonly checker: RowChecker;

  constructor(text: string, scope: MatchedScope, checker: RowChecker) {
    this.text = text;
    this.scope = scope;
    this.checker = checker;
  }

  /** The expression with a field in the place of each lookup. */
  take(expression: Expression): Expression {
    switch (expression.kind) {
      case "call":
        return this.takeCall(expression);
      case "field":
      case "member":
      case "index":
        return this.takePath(expression);
      default:
        return mapParts(expression, (part) => this.take(part));
    }
  }

  private takeCall(call: Call): Expression {
    if (call.name === "FIRST" || call.name === "LAST") return this.takePlace(call);
    if (call.name === "SUM0") {
      const sum = this.takeCall({ ...call, name: "SUM" });
      return { kind: "call", name: "COALESCE", args: [sum, { kind: "number", text: "0", range: call.range }], range: call.range };
    }
    if (functionNamed(call.name)?.group !== "aggregate") return mapParts(call, (part) => this.take(part));
    return this.attempt(call, () => {
      const only = call.args.length === 1 ? call.args[0] : undefined;
      if (call.name === "COUNT" && only?.kind === "field" && this.isStep(only.name)) {
        const all: Call = { ...call, args: [], over: { ...call.over, star: true } };
        return { kind: "aggregate", step: only.name, ...this.checker.aggregate(this.text, all) };
      }
      const { step, bare } = this.ofOneStep(call);
      return { kind: "aggregate", step, ...this.checker.aggregate(this.text, bare as Call) };
    });
  }

  /** FIRST(step.field), LAST(step.field, 1): of the first or last row of the step, or so many further in. */
  private takePlace(call: Call): Expression {
    return this.attempt(call, () => {
      const [value, offset] = call.args;
      if (value === undefined || call.args.length > 2 || call.over !== undefined || !isOffset(offset))
        throw failure(
          "expression.argument-count",
          { function: call.name, got: call.args.length, signatures: [`${call.name}(step.field)`, `${call.name}(step.field, 1)`] },
          call.range,
        );
      const { step, bare } = this.ofOneStep(value);
      const place: LookupPlace = { from: call.name === "FIRST" ? "first" : "last", offset: offset ? Number(offset.text) : 0 };
      return { kind: "value", step, place, ...this.checker.value(this.text, bare) };
    });
  }

  /** A path that begins with a step's name is of that step's last row; without a candidate any other is of the last row of all. */
  private takePath(path: Path): Expression {
    const root = rootOf(path);
    if (root === undefined) return mapParts(path, (part) => this.take(part));
    const isOfStep = this.isStep(root.name) && path.kind !== "field";
    if (!isOfStep && (this.scope.hasCandidate || fieldNamed(this.scope.rows, root.name) === undefined)) return path;
    return this.attempt(path, () => {
      const { step, bare } = this.ofOneStep(path);
      return { kind: "value", step, place: { from: "last", offset: 0 }, ...this.checker.value(this.text, bare) };
    });
  }

  private attempt(expression: Expression, look: () => Omit<CheckedLookup, "field">): Expression {
    const { start, end } = expression.range;
    const source = this.text.slice(start, end);
    const known = this.found.find(({ field }) => field === `matched ${source}`);
    if (known === undefined) {
      try {
        this.found.push({ ...look(), field: `matched ${source}` } as CheckedLookup);
      } catch (error) {
        if (!(error instanceof ExpressionFailure)) throw error;
        this.problems.push(...error.problems);
        return { kind: "null", range: expression.range };
      }
    }
    return { kind: "field", name: `matched ${source}`, range: expression.range };
  }

  /** A field of that name comes first. */
  private isStep(name: string): boolean {
    return this.scope.steps.includes(name) && fieldNamed(this.scope.rows, name) === undefined;
  }

  /** The expression over single rows, and the step whose rows they are; undefined: those of all steps. */
  private ofOneStep(expression: Expression): { step: string | undefined; bare: Expression } {
    const named = new Set<string>();
    const plain: Path[] = [];
    const strip = (part: Expression): Expression => {
      if (part.kind !== "field" && part.kind !== "member" && part.kind !== "index") return mapParts(part, strip);
      const root = rootOf(part);
      if (root === undefined) return mapParts(part, strip);
      if (part.kind === "field" || !this.isStep(root.name)) {
        plain.push(part);
        return part;
      }
      named.add(root.name);
      return withoutRoot(part, root) ?? part;
    };
    const bare = strip(expression);
    const [step] = named;
    const other = [...named][1] ?? (step === undefined ? undefined : plain[0] && rootOf(plain[0])?.name);
    if (other !== undefined) throw failure("expression.several-steps", { steps: [step as string, other] }, expression.range);
    const unknown = step === undefined ? plain.map((path) => rootOf(path)).find((root) => root && !this.isKnown(root.name)) : undefined;
    if (unknown) {
      const suggestion = didYouMean(unknown.name, this.scope.steps);
      if (suggestion !== undefined)
        throw failure("expression.unknown-field", { field: unknown.name, suggestion, known: this.scope.steps }, unknown.range, suggestion);
    }
    return { step, bare };
  }

  private isKnown(name: string): boolean {
    return fieldNamed(this.scope.rows, name) !== undefined;
  }
}

function isOffset(offset: Expression | undefined): offset is (Expression & { kind: "number" }) | undefined {
  return offset === undefined || (offset.kind === "number" && /^\d{1,6}$/.test(offset.text));
}

function rootOf(path: Expression): Extract<Expression, { kind: "field" }> | undefined {
  if (path.kind === "field") return path;
  return path.kind === "member" || path.kind === "index" ? rootOf(path.of) : undefined;
}

/** `step.a.b` as `a.b`; undefined for `step[1]`, which is nothing. */
function withoutRoot(path: Path, root: Expression): Path | undefined {
  if (path.kind === "field") return undefined;
  if (path.of === root) return path.kind === "member" ? { kind: "field", name: path.name, range: path.range } : undefined;
  const of = withoutRoot(path.of as Path, root);
  return of && { ...path, of };
}

/** The same expression with other parts. */
function mapParts<E extends Expression>(expression: E, map: (part: Expression) => Expression): E {
  return mapMembers(expression, map) as E;
}

function mapMembers(value: object, map: (part: Expression) => Expression): object {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapMember(name, member, map)]));
}

function mapMember(name: string, member: unknown, map: (part: Expression) => Expression): unknown {
  if (typeof member !== "object" || member === null || name === "range" || name === "target" || name === "returning") return member;
  if (Array.isArray(member)) return member.map((item) => mapMember("", item, map));
  return "kind" in member && "range" in member ? map(member as Expression) : mapMembers(member, map);
}
