/** Everything that is said in both languages against `docs/glossary.md`: what an English text calls by a term of the trade, the Chinese one calls by that term's word. */
import { allFunctionHelp } from "@millrace/engine/expression";
import { describe, expect, test } from "vitest";
import glossaryText from "../../../docs/glossary.md?raw";
import { formOf } from "../inspector/form-model.ts";
import { specs } from "../store/specs.ts";
import { rooms } from "./i18n.ts";

/** Terms with one meaning wherever they are written; others of the table ("row", "state", "run", "late") are everyday words as well. */
const TERMS = [
  ...["pipeline", "node", "port", "edge", "source", "sink", "schema", "expression", "parameter", "connection", "environment"],
  ...["topic", "partition", "offset", "consumer group", "draft", "deploy", "checkpoint", "savepoint", "event time", "processing time"],
  ...[
    "watermark",
    "sample",
    "dead letter",
    "replay",
    "side output",
    "dynamic split",
    "look-aside cache",
    "template",
    "fragment",
    "warehouse",
    "back-pressure",
  ],
] as const;

const glossary = new Map(
  [...glossaryText.matchAll(/^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$/gm)].map(([, english, chinese]) => [english as string, chinese as string]),
);

interface Text {
  readonly place: string;
  readonly en: string;
  readonly zh: string;
}

function broken(texts: readonly Text[]): string[] {
  return texts.flatMap(({ place, en, zh }) =>
    TERMS.filter((term) => pattern(term).test(en) && !zh.includes(glossary.get(term) as string)).map(
      (term) => `${place}: ${term} is ${glossary.get(term)}, not in "${zh}" (${en})`,
    ),
  );
}

/** The term as a word, in any number and tense; not as a part of a name ("source.out", `port`). */
function pattern(term: string): RegExp {
  return new RegExp(`(?<![\\w.\`/"'-])${term}(?:s|es|ed|ing)?(?![\\w\`/"-]|\\.\\w)`, "i");
}

/** All {en, zh} within a value, by path. */
function textsIn(value: unknown, place: string, seen = new Set<unknown>()): Text[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  if ("en" in value && "zh" in value && typeof value.en === "string" && typeof value.zh === "string") {
    return [{ place, en: withoutArguments(value.en), zh: value.zh }];
  }
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, `${place}.${name}`, seen));
}

const withoutArguments = (text: string) => text.replace(/\{\{\w+\}\}/g, "…");

/** What the sources of problems say: their words are made from arguments, so what is compared are the literals. */
function textsInSource(source: string, place: string): Text[] {
  return source
    .split(/\ben: /)
    .slice(1)
    .map((entry) => entry.split(/\bzh: /))
    .filter((parts) => parts.length === 2)
    .map(([en, zh]) => ({ place, en: literals(en as string), zh: literals(zh as string) }));
}

function literals(code: string): string {
  const plain = code.replace(/\(\w+, "\w+"\)|\[?"[\w.-]+"(?:\]|: )/g, "").replace(/\$\{[^{}`]*\}/g, "…");
  return [...plain.matchAll(/"((?:[^"\\]|\\.)*)"|`([^`]*)`/g)].map(([, quoted, template]) => quoted ?? template).join(" ");
}

test("the glossary has every term that the texts are held to", () => {
  expect(TERMS.filter((term) => !glossary.has(term))).toEqual([]);
});

describe("the glossary's words are used", () => {
  test.each(Object.entries(rooms))("in the designer's %s", (room, words) => {
    expect(broken(textsIn(words, room))).toEqual([]);
  });
  test.each([...specs.values()].map((spec) => [spec.type, spec] as const))("by the node type %s", (type, spec) => {
    const { params, ...rest } = spec;
    expect(broken([...textsIn(rest, type), ...textsIn(formOf(params), `${type}.params`)])).toEqual([]);
  });
  test("by problems", () => {
    const sources = import.meta.glob<string>("../../../engine/src/{pipeline,expression}/*-words.ts", {
      query: "?raw",
      import: "default",
      eager: true,
    });
    const texts = Object.entries(sources).flatMap(([path, source]) => textsInSource(source, path.split("/").at(-1) as string));
    expect(texts.length).toBeGreaterThan(50);
    expect(broken(texts)).toEqual([]);
  });
  test("by the help of functions", () => {
    expect(broken(allFunctionHelp().map(({ name, help }) => ({ place: name, ...help })))).toEqual([]);
  });
});
