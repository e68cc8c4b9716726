/** Functions with regular expressions, in Java's dialect. A pattern that is none gives NULL (REGEXP: FALSE), as in Flink; written as a constant it is a warning. */
import type { Value } from "../../schema/index.ts";
import { expressionProblem, shorten } from "../problems.ts";
import type { Compute } from "../typed-tree.ts";
import { asInt, type Whole } from "../values/integer.ts";
import { compilePattern, type Match, type Pattern, patternCache } from "../values/pattern.ts";
import { BOOLEAN, constantText, type FunctionDefinition, INT, optional, param, STRING, type TypedCall } from "./define.ts";

function computing(
  mayBeNull: boolean | "undeclared",
  make: (pattern: (source: string) => Pattern | undefined) => (...values: never[]) => Value,
): (call: TypedCall) => Compute {
  return ({ scope, args }) => {
    const source = constantText(args[1]);
    const compiled = source === undefined ? undefined : compilePattern(source);
    if (source !== undefined && compiled && "fault" in compiled && args[1])
      scope.warn(
        expressionProblem("expression.bad-regex", { got: shorten(source), reason: compiled.fault }, args[1].range, undefined, "warning"),
      );
    return { mayBeNull, make: () => make(patternCache()) };
  };
}

export function* matchesOf(pattern: Pattern, text: string): Generator<Match> {
  let from = 0;
  while (from <= text.length) {
    const match = pattern.exec(text, from);
    if (!match) return;
    yield match;
    from = match.end > match.start ? match.end : match.end + 1;
  }
}

const text = param("text", "STRING");
const pattern = param("pattern", "STRING");

export const PATTERN_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "REGEXP",
    group: "text",
    help: { en: "Whether the regular expression matches somewhere in the text.", zh: "正则表达式是否匹配文本的某处。" },
    example: { text: "REGEXP('abc123', '[0-9]+')", result: "TRUE" },
    signatures: [
      {
        params: [text, pattern],
        returns: BOOLEAN,
        compute: computing(
          false,
          (compiled) => (value: string, source: string) => source !== "" && compiled(source)?.exec(value, 0) !== undefined,
        ),
      },
    ],
  },
  {
    name: "REGEXP_REPLACE",
    group: "text",
    help: {
      en: "Everything the regular expression matches replaced by a text (taken literally).",
      zh: "把正则表达式匹配的部分替换为文本（按字面）。",
    },
    example: { text: "REGEXP_REPLACE('foobar', 'oo|ar', '')", result: "fb" },
    signatures: [
      {
        params: [text, pattern, param("replacement", "STRING")],
        returns: STRING,
        compute: computing("undeclared", (compiled) => replaceMatches(compiled)),
      },
    ],
  },
  {
    name: "REGEXP_EXTRACT",
    group: "text",
    help: {
      en: "What the regular expression (or one of its groups) matches first; NULL without a match.",
      zh: "正则表达式（或其某个分组）首次匹配的内容；无匹配则为 NULL。",
    },
    example: { text: "REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2)", result: "bar" },
    signatures: [
      {
        params: [text, pattern, optional("group", "INTEGER")],
        returns: STRING,
        compute: computing(
          true,
          (compiled) =>
            (value: string, source: string, group: Whole = 0) =>
              compiled(source)?.exec(value, 0)?.groups[asInt(group)] ?? null,
        ),
      },
    ],
  },
  {
    name: "REGEXP_COUNT",
    group: "text",
    help: { en: "How many times the regular expression matches.", zh: "正则表达式匹配的次数。" },
    example: { text: "REGEXP_COUNT('a1b22', '[0-9]+')", result: "2" },
    signatures: [
      {
        params: [text, pattern],
        returns: INT,
        compute: computing(true, (compiled) => (value: string, source: string) => {
          const found = compiled(source);
          return found ? [...matchesOf(found, value)].length : null;
        }),
      },
    ],
  },
  {
    name: "REGEXP_INSTR",
    group: "text",
    help: {
      en: "Where the regular expression matches first, from 1; 0 without a match.",
      zh: "正则表达式首次匹配的位置，从 1 起；无匹配为 0。",
    },
    example: { text: "REGEXP_INSTR('abc123', '[0-9]')", result: "4" },
    signatures: [
      {
        params: [text, pattern],
        returns: INT,
        compute: computing(true, (compiled) => (value: string, source: string) => {
          const found = compiled(source);
          return found ? (found.exec(value, 0)?.start ?? -1) + 1 : null;
        }),
      },
    ],
  },
  {
    name: "REGEXP_SUBSTR",
    group: "text",
    help: { en: "What the regular expression matches first; NULL without a match.", zh: "正则表达式首次匹配的内容；无匹配则为 NULL。" },
    example: { text: "REGEXP_SUBSTR('abc123', '[0-9]+')", result: "123" },
    signatures: [
      {
        params: [text, pattern],
        returns: STRING,
        compute: computing(true, (compiled) => (value: string, source: string) => compiled(source)?.exec(value, 0)?.groups[0] ?? null),
      },
    ],
  },
  {
    name: "REGEXP_EXTRACT_ALL",
    group: "text",
    help: {
      en: "Everything a group of the regular expression matches (1 when not given; 0 is the whole).",
      zh: "正则表达式某个分组的所有匹配（默认 1；0 为整体）。",
    },
    example: { text: "REGEXP_EXTRACT_ALL('1-2, 3-4', '([0-9])-([0-9])', 2)", result: "[2, 4]" },
    signatures: [
      {
        params: [text, pattern, optional("group", "INTEGER")],
        returns: { type: "ARRAY", element: STRING },
        compute: computing(true, (compiled) => (value: string, source: string, group = 1) => {
          const found = compiled(source);
          if (!found || group < 0 || group > found.groupCount) return null;
          return Array.from(matchesOf(found, value), ({ groups }) => groups[Number(group)] ?? null);
        }),
      },
    ],
  },
];

function replaceMatches(compiled: (source: string) => Pattern | undefined) {
  return (value: string, source: string, by: string): string | null => {
    const found = compiled(source);
    if (!found) return null;
    let result = "";
    let end = 0;
    for (const match of matchesOf(found, value)) {
      result += value.slice(end, match.start) + by;
      end = match.end;
    }
    return result + value.slice(end);
  };
}
