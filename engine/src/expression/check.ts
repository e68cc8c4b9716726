/** From what a text says to what it means over a schema: fields found, types inferred, functions chosen, conversions made plain. */
import { type DataType, fieldNamed, type Schema } from "../schema/index.ts";
import type { AggregateCheckResult, CheckedExpression, CheckResult, ExpressionProblem, ExpressionSettings } from "./api.ts";
import { AggregateCollector } from "./check-aggregate.ts";
import { checkCall, checkNiladic } from "./check-call.ts";
import {
  checkBetween,
  checkCase,
  checkCast,
  checkConstructor,
  checkIn,
  checkIs,
  checkLike,
  checkLogic,
  checkNot,
  rowAmong,
} from "./check-forms.ts";
import { LookupCollector, type MatchedScope, type RowChecker } from "./check-matched.ts";
import { checkArithmetic, checkComparison, checkConcat, checkDistinct, checkNegation, checkPlus } from "./check-operators.ts";
import { checkOverlaps } from "./check-overlaps.ts";
import { checkPath } from "./check-path.ts";
import { folded } from "./fold.ts";
import { checkBytes, checkDatetime, checkInterval, checkNumber, checkString } from "./literals.ts";
import { parseExpression } from "./parse-expression.ts";
import { ExpressionFailure, failure } from "./problems.ts";
import { isRepeatable, named } from "./repeated.ts";
import type { Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import { TokenCursor } from "./token-cursor.ts";
import { constant, type Typed, withNullable } from "./typed-tree.ts";

/** The text's expression. Throws `ExpressionFailure`. */
export function parse(text: string): Expression {
  const cursor = new TokenCursor(text);
  const expression = parseExpression(cursor);
  const { token } = cursor;
  if (token.kind === "end") return expression;
  const instead = token.kind === "word" ? OPERATORS_ELSEWHERE[token.upper] : undefined;
  throw instead === undefined ? cursor.expected("<operator>") : failure("expression.write-instead", { got: token.text, instead }, token);
}

/** Words that are operators in other dialects of SQL. */
const OPERATORS_ELSEWHERE: Readonly<Record<string, string>> = {
  RLIKE: "REGEXP(text, 'pattern')",
  REGEXP: "REGEXP(text, 'pattern')",
  ILIKE: "UPPER(text) LIKE 'PATTERN'",
  DIV: "/",
  MOD: "%",
  XOR: "<>",
};

/** Types the text over rows of the schema. Every mistake that can be seen at once is among the problems, in the order of the text. */
export function check(text: string, schema: Schema, settings: ExpressionSettings): CheckResult {
  return checkWith(new Checker(text, schema, settings));
}

/**
 * Types an expression over groups of rows: fields within aggregates are those of `rows`, fields beside them those of `groups` (keys, a window's start). The checked
 * expression reads the aggregates' values, under their names, beside the fields of the group.
 */
export function checkAggregates(text: string, rows: Schema, groups: Schema, settings: ExpressionSettings): AggregateCheckResult {
  const collector = new AggregateCollector((read) => new Checker(text, rows, settings, { read }), groups);
  const checker = new Checker(text, groups, settings, { aggregate: (call) => collector.take(text, call) });
  return { ...checkWith(checker), aggregates: collector.found };
}

/**
 * One part of a parsed text, typed where it stands; undefined if it cannot be typed. With `groups` the expression is over groups of rows, of which only aggregates
 * (`isInAggregate`) see the rows.
 */
export function checkPart(
  text: string,
  whole: Expression,
  part: Expression,
  { schema, settings, groups }: { readonly schema: Schema; readonly settings: ExpressionSettings; readonly groups?: Schema },
  isInAggregate: boolean,
): Typed | undefined {
  const overRows = (read: (path: readonly string[]) => void) => new Checker(text, schema, settings, { read });
  const collector = groups && new AggregateCollector(overRows, groups);
  const overGroups = collector && new Checker(text, groups, settings, { aggregate: (call) => collector.take(text, call) });
  const outer = overGroups ?? overRows(() => undefined);
  // Some parts mean something only within what is around them, which checking it notes.
  attempt(() => outer.check(whole));
  return attempt(() => (isInAggregate ? overRows(() => undefined) : outer).check(part));
}

function attempt(check: () => Typed): Typed | undefined {
  try {
    return check();
  } catch (error) {
    if (error instanceof ExpressionFailure) return undefined;
    throw error;
  }
}

/**
 * Types an expression that may look at rows matched so far, by the names of a pattern's steps: `start.price` and `LAST(start.price)`, `FIRST(start.price)`, `COUNT(start)`, `SUM(start.price)` and the
 * other aggregates; SUM0 is 0 where there are no rows. The checked expression reads the answers, under their names, beside the fields of the candidate.
 */
export function checkMatched(text: string, scope: MatchedScope, settings: ExpressionSettings): CheckResult {
  let parsed: Expression;
  try {
    parsed = parse(text);
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    return { checked: undefined, problems: error.problems };
  }
  const collector = new LookupCollector(text, scope, rowChecker(scope.rows, settings));
  const expression = collector.take(parsed);
  const answers = collector.found.map(({ field, dataType }) => ({ name: field, dataType }));
  const schema: Schema = { type: "ROW", fields: [...(scope.hasCandidate ? scope.rows.fields : []), ...answers] };
  const checker = new Checker(text, schema, settings);
  const result = checkWith(checker, () => expression);
  const problems = [...collector.problems, ...result.problems].sort((a, b) => a.range.start - b.range.start);
  if (collector.problems.length > 0 || result.checked === undefined) return { checked: undefined, problems };
  const reads = distinctPaths(rowReads(result.checked, collector));
  return { checked: { ...result.checked, reads, lookups: collector.found }, problems };
}

/** Fields of rows, the candidate's and those that are looked up. */
function rowReads({ reads }: CheckedExpression, { found }: LookupCollector): readonly (readonly string[])[] {
  const ofCandidate = reads.filter(([root]) => !found.some(({ field }) => field === root));
  return [...ofCandidate, ...found.flatMap((lookup) => (lookup.kind === "value" ? lookup.value.reads : aggregateReads(lookup.aggregate)))];
}

function aggregateReads({ args, filter }: AggregateCheckResult["aggregates"][number]): readonly (readonly string[])[] {
  return (filter ? [...args, filter] : args).flatMap(({ reads }) => reads);
}

function rowChecker(rows: Schema, settings: ExpressionSettings): RowChecker {
  return {
    value(text, expression) {
      const checker = new Checker(text, rows, settings);
      const value = checkedExpression(text, checker.check(expression), checker.reads);
      return { value, dataType: withNullable(value.dataType, true) };
    },
    aggregate(text, call) {
      const collector = new AggregateCollector((read) => new Checker(text, rows, settings, { read }), { type: "ROW", fields: [] });
      collector.take(text, call);
      const aggregate = collector.found[0] as AggregateCheckResult["aggregates"][number];
      return { aggregate, dataType: aggregate.name === "COUNT" ? aggregate.dataType : withNullable(aggregate.dataType, true) };
    },
  };
}

function checkWith(checker: Checker, parsed: () => Expression = () => parse(checker.text)): CheckResult {
  const { text, warnings } = checker;
  try {
    const tree = checker.check(parsed());
    return { checked: checkedExpression(text, tree, checker.reads), problems: warnings };
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    const problems = [...warnings, ...error.problems].sort((a, b) => a.range.start - b.range.start);
    return { checked: undefined, problems };
  }
}

function checkedExpression(text: string, tree: Typed, reads: readonly (readonly string[])[]): CheckedExpression {
  const declaredType = withNullable(tree.dataType, tree.dataType.nullable !== false && !tree.undeclaredNull);
  return { text, dataType: tree.dataType, declaredType, reads: distinctPaths(reads), isRepeatable: isRepeatable(tree), tree };
}

function distinctPaths(paths: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
}

class Checker implements Scope {
  readonly text: string;
  readonly schema: Schema;
  readonly settings: ExpressionSettings;
  readonly reads: (readonly string[])[] = [];
  readonly warnings: ExpressionProblem[] = [];
  readonly aggregate: Scope["aggregate"];
  private readonly onRead: ((path: readonly string[]) => void) | undefined;

  constructor(
    text: string,
    schema: Schema,
    settings: ExpressionSettings,
    { aggregate, read }: { readonly aggregate?: Scope["aggregate"]; readonly read?: (path: readonly string[]) => void } = {},
  ) {
    this.text = text;
    this.schema = schema;
    this.settings = settings;
    this.aggregate = aggregate;
    this.onRead = read;
  }

  read(path: readonly string[]): void {
    this.reads.push(path);
    this.onRead?.(path);
  }

  warn(problem: ExpressionProblem): void {
    this.warnings.push(problem);
  }

  checkAll(expressions: readonly Expression[]): Typed[] {
    const problems: ExpressionProblem[] = [];
    const typed = expressions.map((expression) => {
      try {
        return this.check(expression);
      } catch (error) {
        if (!(error instanceof ExpressionFailure)) throw error;
        problems.push(...error.problems);
        return NOTHING;
      }
    });
    if (problems.length > 0) throw new ExpressionFailure(problems);
    return typed;
  }

  check(expression: Expression): Typed {
    const { start, end } = expression.range;
    return named(folded(this.checkUnfolded(expression), this.settings), this.text.slice(start, end));
  }

  private checkUnfolded(expression: Expression): Typed {
    const { range } = expression;
    switch (expression.kind) {
      case "null":
        return constant(null, NULL, range);
      case "boolean":
        return constant(expression.value, { type: "BOOLEAN", nullable: false }, range);
      case "number":
        return checkNumber(expression, false);
      case "string":
        return checkString(expression);
      case "bytes":
        return checkBytes(expression);
      case "datetime":
        return checkDatetime(expression);
      case "interval":
        return checkInterval(expression);
      case "field":
        return (!fieldNamed(this.schema, expression.name) && checkNiladic(this, expression)) || checkPath(this, expression);
      case "member":
      case "index":
        return checkPath(this, expression);
      case "unary":
        return this.checkUnary(expression);
      case "binary":
        return this.checkBinary(expression);
      case "distinct": {
        const [left, right] = this.checkAll([expression.left, expression.right]) as [Typed, Typed];
        return checkDistinct(this, expression.not, left, right, range);
      }
      case "logic":
        return checkLogic(this, expression);
      case "is":
        return checkIs(this, expression);
      case "between":
        return checkBetween(this, expression);
      case "in":
        return checkIn(this, expression);
      case "like":
        return checkLike(this, expression);
      case "case":
        return checkCase(this, expression);
      case "cast":
        return checkCast(this, expression);
      case "call":
        return checkCall(this, expression);
      case "array":
      case "map":
      case "row":
        return checkConstructor(this, expression);
      case "word":
        throw new Error(`the word ${expression.word} is an argument of a function that does not take it`);
    }
  }

  private checkUnary({ operator, operand, range }: Extract<Expression, { kind: "unary" }>): Typed {
    if (operator === "-" && operand.kind === "number") return { ...checkNumber(operand, true), range };
    const typed = this.check(operand);
    if (operator === "NOT") return checkNot(this, typed, range);
    return operator === "-" ? checkNegation(this, typed, range) : checkPlus(this, typed, range);
  }

  private checkBinary(expression: Extract<Expression, { kind: "binary" }>): Typed {
    const { operator, range } = expression;
    if (operator === "OVERLAPS") return checkOverlaps(this, expression);
    if (operator === "=" && expression.left.kind === "row" && expression.right.kind === "row")
      return rowAmong(this, expression.left, [expression.right], range);
    const [left, right] = this.checkAll([expression.left, expression.right]) as [Typed, Typed];
    switch (operator) {
      case "||":
        return checkConcat(this, left, right, range);
      case "+":
      case "-":
      case "*":
      case "/":
      case "%":
        return checkArithmetic(this, operator, left, right, range);
      default:
        return checkComparison(this, operator, left, right, range);
    }
  }
}

const NULL: DataType = { type: "NULL" };
/** Stands where a problem was found; it is never used, for the problem is thrown. */
const NOTHING: Typed = constant(null, NULL, { start: 0, end: 0 });
