/** Calls of functions: found by name, a signature chosen by the arguments' families. */
import { didYouMean } from "../pipeline/did-you-mean.ts";
import type { DataType } from "../schema/index.ts";
import { castTo, convert, refuseVariant } from "./convert.ts";
import { formatType } from "./format-type.ts";
import type { Family, FunctionDefinition, Param, Signature, TypedCall } from "./functions/define.ts";
import { signatureText } from "./functions/define.ts";
import { FUNCTIONS, functionNamed } from "./functions/table.ts";
import { failure, shorten } from "./problems.ts";
import type { Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import { isBytes, isInteger, isInterval, isNumeric, isText, isTimePoint, isTimestamp } from "./type-rules.ts";
import { apply, constant, isNullConstant, type Typed, withNullable } from "./typed-tree.ts";

type Call = Extract<Expression, { kind: "call" }>;

export function checkCall(scope: Scope, call: Call): Typed {
  const definition = functionNamed(call.name);
  if (!definition) throw unknownFunction(call);
  const nameRange = { start: call.range.start, end: call.range.start + call.name.length };
  if (definition.group === "aggregate") {
    if (!scope.aggregate) throw failure("expression.aggregate", { function: call.name }, nameRange);
    return scope.aggregate(call);
  }
  if (call.over) throw failure("expression.not-aggregate", { function: call.name }, call.range);
  if (definition.name === "JSON_OBJECT" || definition.name === "JSON_ARRAY") for (const arg of call.args) jsonParts.add(arg);
  const args = checkArguments(scope, call.args);
  const signature = chooseSignature(definition, args);
  if (!signature) throw wrongCount(definition, call, args.length);
  return applySignature(scope, definition, signature, args, call);
}

/** Arguments of JSON_OBJECT and JSON_ARRAY, where alone JSON(…) may stand. */
const jsonParts = new WeakSet<Expression>();

/** CURRENT_DATE and its like are written as fields are; undefined for any other name. */
export function checkNiladic(scope: Scope, { name, range }: Extract<Expression, { kind: "field" }>): Typed | undefined {
  const definition = functionNamed(name.toUpperCase());
  if (!definition?.niladic) return undefined;
  return applySignature(scope, definition, definition.signatures[0] as Signature, [], { kind: "call", name, args: [], range });
}

/** An aggregate's arguments over the rows of the scope, and the type of its value over many of them. */
export function typeAggregate(scope: Scope, call: Call): { readonly args: readonly Typed[]; readonly dataType: DataType } {
  const definition = functionNamed(call.name);
  if (!definition) throw unknownFunction(call);
  const given = checkArguments(scope, call.args);
  const signature = chooseSignature(definition, given);
  const isStar = call.over?.star === true;
  if (!signature || isStar !== (signature.params.length === 0)) throw wrongCount(definition, call, given.length);
  const args = given.map((arg, i) => asArgument(scope, definition, signature, arg, i));
  const { returns } = signature;
  return { args, dataType: typeof returns === "function" ? returns(typedCallOf(scope, definition, args, call)) : returns };
}

function typedCallOf(scope: Scope, definition: FunctionDefinition, args: readonly Typed[], call: Call): TypedCall {
  return {
    name: definition.name,
    args,
    types: args.map(({ dataType }) => dataType),
    given: call.args,
    json: call.json,
    inJson: jsonParts.has(call),
    range: call.range,
    settings: scope.settings,
    scope,
  };
}

/** Words stand as constants of their text, so that arguments stay one list. */
function checkArguments(scope: Scope, args: readonly Expression[]): Typed[] {
  const typed = scope.checkAll(args.filter(({ kind }) => kind !== "word"));
  return args.map((arg) => (arg.kind === "word" ? constant(arg.word, WORD, arg.range) : (typed.shift() as Typed)));
}

const WORD: DataType = { type: "STRING", nullable: false };

function isWord(typed: Typed): boolean {
  return typed.dataType === WORD;
}

function chooseSignature(definition: FunctionDefinition, args: readonly Typed[]): Signature | undefined {
  const rightCount = definition.signatures.filter((signature) => takesCount(signature, args.length));
  const fitting = rightCount.find((signature) => args.every((arg, i) => fits(arg, paramAt(signature, i))));
  // Where none fits, the one that fits longest says what is wrong.
  return fitting ?? rightCount.toSorted((a, b) => fittingLength(b, args) - fittingLength(a, args))[0];
}

function fittingLength(signature: Signature, args: readonly Typed[]): number {
  const index = args.findIndex((arg, i) => !fits(arg, paramAt(signature, i)));
  return index === -1 ? args.length : index;
}

function takesCount({ params, rest }: Signature, count: number): boolean {
  const least = params.filter(({ optional }) => !optional).length;
  return count >= least && (rest !== undefined || count <= params.length);
}

function paramAt({ params, rest }: Signature, index: number): Param {
  return (params[index] ?? rest) as Param;
}

function fits(arg: Typed, param: Param): boolean {
  if (isWord(arg) !== (param.family === "WORD")) return false;
  if (isWord(arg)) return param.words?.includes(wordOf(arg)) === true;
  return isNullConstant(arg) || IS_IN[param.family](arg.dataType);
}

function wordOf(arg: Typed): string {
  return arg.kind === "constant" ? String(arg.value) : "";
}

const IS_IN: Readonly<Record<Family, (dataType: DataType) => boolean>> = {
  STRING: isText,
  BYTES: isBytes,
  "STRING or BYTES": (dataType) => isText(dataType) || isBytes(dataType),
  NUMBER: isNumeric,
  DOUBLE: isNumeric,
  INTEGER: isInteger,
  INT: (dataType) => isInteger(dataType) && dataType.type !== "BIGINT",
  "STRING or NUMBER": (dataType) => isText(dataType) || isNumeric(dataType),
  BOOLEAN: ({ type }) => type === "BOOLEAN",
  DATE: ({ type }) => type === "DATE",
  TIMESTAMP: isTimestamp,
  "TIME POINT": isTimePoint,
  INTERVAL: isInterval,
  ARRAY: ({ type }) => type === "ARRAY",
  "ARRAY of STRING": (dataType) => dataType.type === "ARRAY" && (isText(dataType.element) || dataType.element.type === "NULL"),
  MAP: ({ type }) => type === "MAP",
  ANY: () => true,
  WORD: () => false,
};

/** The type that a family is cast to: what NULL becomes, and what a VARIANT is told to become. */
const CAST_TO: Readonly<Record<Family, DataType>> = {
  STRING: { type: "STRING" },
  BYTES: { type: "BYTES" },
  "STRING or BYTES": { type: "STRING" },
  NUMBER: { type: "DOUBLE" },
  DOUBLE: { type: "DOUBLE" },
  INTEGER: { type: "INT" },
  INT: { type: "INT" },
  "STRING or NUMBER": { type: "STRING" },
  BOOLEAN: { type: "BOOLEAN" },
  DATE: { type: "DATE" },
  TIMESTAMP: { type: "TIMESTAMP", precision: 3 },
  "TIME POINT": { type: "TIMESTAMP", precision: 3 },
  INTERVAL: { type: "INTERVAL_DAY_TIME" },
  ARRAY: { type: "ARRAY", element: { type: "STRING" } },
  "ARRAY of STRING": { type: "ARRAY", element: { type: "STRING" } },
  MAP: { type: "MAP", key: { type: "STRING" }, value: { type: "STRING" } },
  ANY: { type: "NULL" },
  WORD: { type: "STRING" },
};

function applySignature(scope: Scope, definition: FunctionDefinition, signature: Signature, given: readonly Typed[], call: Call): Typed {
  const args = given.map((arg, i) => asArgument(scope, definition, signature, arg, i));
  const typedCall = typedCallOf(scope, definition, args, call);
  if (signature.build) return signature.build(typedCall);
  const dataType = typeof signature.returns === "function" ? signature.returns(typedCall) : signature.returns;
  const compute = typeof signature.compute === "function" ? signature.compute(typedCall) : signature.compute;
  if (!compute) throw new Error(`${definition.name} has nothing that computes it`);
  return apply(
    args.filter((arg) => !isWord(arg)),
    compute,
    dataType,
    call.range,
  );
}

function asArgument(scope: Scope, definition: FunctionDefinition, signature: Signature, arg: Typed, index: number): Typed {
  const param = paramAt(signature, index);
  if (!fits(arg, param)) throw wrongArgument(scope, definition, signature, arg, index);
  if (isWord(arg)) return arg;
  if (arg.dataType.type === "NULL" && param.family !== "ANY") return constant(null, CAST_TO[param.family], arg.range);
  return param.family === "DOUBLE" ? convert(scope, arg, { type: "DOUBLE" }) : arg;
}

function wrongArgument(scope: Scope, definition: FunctionDefinition, signature: Signature, arg: Typed, index: number) {
  const param = paramAt(signature, index);
  if (param.family === "WORD" || isWord(arg)) {
    const words = param.words ?? [];
    const got = wordOf(arg);
    const suggestion = didYouMean(got, words);
    return failure(
      "expression.wrong-word",
      { function: definition.name, got: shorten(got), words, ...(suggestion && { suggestion }) },
      arg.range,
      suggestion,
    );
  }
  refuseVariant(scope, arg, CAST_TO[param.family]);
  const args = {
    function: definition.name,
    position: index + 1,
    expected: param.family,
    got: formatType(withNullable(arg.dataType, true)),
    signature: signatureText(definition, signature),
  };
  const wanted = CAST_TO[param.family];
  // Which array or map is wanted, the family does not say.
  const fix = wanted.type === "ARRAY" || wanted.type === "MAP" ? undefined : castTo(scope, arg, wanted);
  return failure("expression.argument-type", args, arg.range, fix);
}

function wrongCount(definition: FunctionDefinition, { range }: Call, got: number) {
  const signatures = definition.signatures.map((signature) => signatureText(definition, signature));
  return failure("expression.argument-count", { function: definition.name, got, signatures }, range);
}

function unknownFunction({ name, range }: Call) {
  const at = { start: range.start, end: range.start + name.length };
  const suggestion = didYouMean(
    name,
    FUNCTIONS.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
  );
  return failure("expression.unknown-function", { function: name, ...(suggestion && { suggestion }) }, at, suggestion);
}
