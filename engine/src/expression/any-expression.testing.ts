/** Expressions for properties: texts that parse, and what they say without places. */
import fc from "fast-check";
import { KEYWORDS } from "./syntax.ts";

/** The tree without places in the text. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => name !== "range" && member !== undefined)
      .map(([name, member]) => [name, shapeOf(member)]),
  );
}

/** Texts of expressions, grown from the grammar. */
export function anyExpression(): fc.Arbitrary<string> {
  const name = fc
    .oneof(fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/), fc.constantFrom("date", "value", "start", "中文"))
    .filter((one) => !KEYWORDS.has(one.toUpperCase()) && !/^(x|u)$/.test(one));
  const quoted = fc.string({ minLength: 1, maxLength: 5 }).map((one) => `\`${one.replaceAll("`", "``")}\``);
  const literal = fc.oneof(
    fc.nat().map(String),
    fc.string({ maxLength: 6 }).map((one) => `'${one.replaceAll("'", "''")}'`),
    fc.constantFrom("NULL", "TRUE", "1.50", "2e3", ".5", "x'00ff'", "DATE '2024-01-01'", "INTERVAL '5' MINUTE"),
  );
  return fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.oneof(name, quoted, literal),
      fc
        .tuple(tie("tree"), fc.constantFrom("+", "-", "*", "/", "%", "||", "=", "<>", "<", ">=", "AND", "OR"), tie("tree"))
        .map(([a, o, b]) => `${a} ${o} ${b}`),
      tie("tree").map((a) => `(${a})`),
      tie("tree").map((a) => `NOT (${a})`),
      tie("tree").map((a) => `(${a}) IS TRUE`),
      tie("tree").map((a) => `NOT ${a}`),
      tie("tree").map((a) => `- ${a}`),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `(${a}) IS DISTINCT FROM (${b})`),
      fc.tuple(tie("tree"), tie("tree"), tie("tree")).map(([a, b, c]) => `(${a}) NOT LIKE (${b}) ESCAPE (${c})`),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `(${a}) - (${b})`),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `(${a}) = (${b})`),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `(${a}) || (${b})`),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `((${a}) OR (${b})) AND TRUE`),
      tie("tree").map((a) => `- (${a})`),
      tie("tree").map((a) => `(${a}) IS NOT NULL`),
      fc.tuple(name, name).map(([a, b]) => `${a}.${b}`),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `(${a})[${b}]`),
      fc.tuple(tie("tree"), tie("tree"), tie("tree")).map(([a, b, c]) => `(${a}) BETWEEN (${b}) AND (${c})`),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `(${a}) IN (${b}, 1)`),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `CASE WHEN ${a} THEN ${b} END`),
      tie("tree").map((a) => `CAST(${a} AS BIGINT)`),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `COALESCE(${a}, ${b})`),
    ),
  })).tree;
}
