/** What a part of an expression is, in words: functions, operators and forms. */
import type { Words } from "../node/spec.ts";
import { type FormDescription, OPERATORS } from "./forms.ts";
import { type FunctionDefinition, signatureText } from "./functions/define.ts";
import { FUNCTIONS, functionNamed } from "./functions/table.ts";
import type { Expression } from "./syntax.ts";

export interface Help {
  readonly signatures: readonly string[];
  readonly help: Words;
  readonly example: { readonly text: string; readonly result: string };
}

export interface FunctionHelp extends Help {
  readonly name: string;
  readonly group: FunctionDefinition["group"];
}

export function helpOfFunction(definition: FunctionDefinition): FunctionHelp {
  const { name, group, help, example } = definition;
  return { name, group, help, example, signatures: definition.signatures.map((signature) => signatureText(definition, signature)) };
}

export function functionHelp(name: string): FunctionHelp | undefined {
  const definition = functionNamed(name.toUpperCase());
  return definition && helpOfFunction(definition);
}

/** All functions, for documentation. */
export function allFunctionHelp(): readonly FunctionHelp[] {
  return FUNCTIONS.map(helpOfFunction);
}

/** Of a form that is written like a function: CAST, TRY_CAST, ROW. */
export function helpOfForm(name: string): Help | undefined {
  return formBeginning(`${name.toUpperCase()}(`);
}

/** Of an operator or a form; undefined for names, values and calls. */
export function helpOfExpression(expression: Expression): Help | undefined {
  switch (expression.kind) {
    case "logic":
      return formBeginning(`a ${expression.operator} `);
    case "unary":
      return formBeginning(expression.operator === "NOT" ? "NOT a" : "-a");
    case "binary":
      return formBeginning(FORM_OF[expression.operator] ?? "= <>");
    case "distinct":
      return formBeginning("a IS [NOT] DISTINCT");
    case "is":
      return formBeginning(`a IS [NOT] ${expression.what === "NULL" ? "NULL" : expression.what.startsWith("JSON") ? "JSON" : "TRUE"}`);
    case "between":
      return formBeginning("a [NOT] BETWEEN");
    case "in":
      return formBeginning("a [NOT] IN");
    case "like":
      return formBeginning(expression.similar ? "a [NOT] SIMILAR" : "a [NOT] LIKE");
    case "case":
      return formBeginning(expression.operand ? "CASE a" : "CASE WHEN");
    case "cast":
      return formBeginning(expression.tries ? "TRY_CAST(" : "CAST(");
    case "array":
    case "map":
      return formBeginning(`${expression.kind.toUpperCase()}[`);
    case "row":
      return formBeginning("ROW(");
    case "datetime":
      return formBeginning("DATE '");
    case "interval":
      return formBeginning("INTERVAL '");
    default:
      return undefined;
  }
}

const FORM_OF: Readonly<Record<string, string>> = {
  "+": "a + b",
  "-": "a + b",
  "*": "a * b",
  "/": "a * b",
  "%": "a * b",
  "||": "a || b",
  OVERLAPS: "(a, b) OVERLAPS",
};

function formBeginning(beginning: string): Help | undefined {
  const found: FormDescription | undefined = OPERATORS.find(({ form }) => form.startsWith(beginning));
  return found && { signatures: [found.form], help: found.help, example: found.example };
}
