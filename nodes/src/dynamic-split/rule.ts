/**
 * One row of the table of rules, named as the course's `table_process` names its columns. A rule is known by its table and operation; a later one takes the place of the former.
 */
import { RowError, type Words } from "@millrace/engine/node";
import type { DataType, Value, Values } from "@millrace/engine/schema";
import { quote } from "../field-types.ts";
import { rowOf } from "../state-types.ts";
import { isTableName } from "../table-name.ts";
import { isTopicName } from "../topic-name.ts";

export const RULE_COLUMNS = ["source_table", "operate_type", "sink_type", "sink_table", "sink_columns", "sink_pk", "sink_extend"] as const;
/** Those that a rule cannot do without. */
export const NEEDED_COLUMNS = RULE_COLUMNS.slice(0, 4);

/** As rules are kept in state. */
export type RuleTexts = Readonly<Record<(typeof RULE_COLUMNS)[number], string | null>>;
export const RULE_TYPE: DataType = rowOf(Object.fromEntries(RULE_COLUMNS.map((name) => [name, { type: "STRING" }])));

export interface Rule {
  /** "order_info:insert" */
  readonly id: string;
  readonly table: string;
  readonly to: "topics" | "dimensions";
  readonly target: string;
  /** In the order in which they are listed; undefined: all. */
  readonly columns: readonly string[] | undefined;
  /** Undefined: what another rule for the same target says, else `id`. */
  readonly key: readonly string[] | undefined;
  readonly extend: string | undefined;
}

export interface RuleSettings {
  readonly topicType: string;
  readonly dimensionType: string;
  readonly bootstrapAsInsert: boolean;
}

export function textsOf(values: Values): RuleTexts {
  const text = (value: Value | undefined) =>
    value === null || value === undefined || String(value).trim() === "" ? null : String(value).trim();
  return Object.fromEntries(RULE_COLUMNS.map((name) => [name, text(values[name])])) as RuleTexts;
}

export function idOf({ source_table, operate_type }: RuleTexts): string {
  return `${source_table ?? ""}:${operate_type ?? ""}`;
}

/** The rule that the texts say. Throws `RowError` for one that cannot be followed. */
export function ruleOf(texts: RuleTexts, settings: RuleSettings): Rule {
  const { source_table, operate_type, sink_type, sink_table, sink_columns, sink_pk, sink_extend } = texts;
  for (const name of NEEDED_COLUMNS)
    if (texts[name] === null) throw refused(texts, `${name} is empty`, `${name} 为空`, `Fill it in`, `请填写`);
  const operations = ["insert", "update", "delete", ...(settings.bootstrapAsInsert ? [] : ["bootstrap-insert"])];
  if (!operations.includes(operate_type as string))
    throw expected(texts, "operate_type", operations.map(quote).join(", "), operate_type as string);
  const types = [settings.topicType, settings.dimensionType];
  if (!types.includes(sink_type as string)) throw expected(texts, "sink_type", types.map(quote).join(", "), sink_type as string);
  const to = sink_type === settings.topicType ? "topics" : "dimensions";
  const target = sink_table as string;
  if (to === "topics" ? !isTopicName(target) : !isTableName(target)) throw badTarget(texts, to);
  const columns = listIn(sink_columns);
  const key = listIn(sink_pk);
  const left = key?.find((name) => columns !== undefined && !columns.includes(name));
  if (left !== undefined)
    throw refused(
      texts,
      `its key ${quote(left)} (sink_pk) is not among its sink_columns`,
      `其主键 ${quote(left)}（sink_pk）不在 sink_columns 中`,
      "Add it there, or correct sink_pk",
      "请将其加入，或更正 sink_pk",
    );
  return { id: idOf(texts), table: source_table as string, to, target, columns, key, extend: sink_extend ?? undefined };
}

/** Names with commas between; undefined for none. */
function listIn(text: string | null): readonly string[] | undefined {
  const names = (text ?? "").split(",").map((name) => name.trim());
  const found = [...new Set(names.filter((name) => name !== ""))];
  return found.length === 0 ? undefined : found;
}

/** The columns by which rows of the rule's target are found. */
export function keyOfRule(rule: Rule, rules: Iterable<Rule>): readonly string[] {
  if (rule.key) return rule.key;
  for (const other of rules) if (other.key && isSameTarget(rule, other) && rule.table === other.table) return other.key;
  return ["id"];
}

function isSameTarget(a: Rule, b: Rule): boolean {
  return a.to === b.to && a.target === b.target;
}

/** In which way rules that are all followed spoil each other's rows: words for each. Rules for topics do not, whatever they say. */
export function contradictions(rule: Rule, rules: readonly Rule[]): Words[] {
  if (rule.to === "topics") return [];
  const others = rules.filter((other) => other.id !== rule.id && isSameTarget(rule, other));
  return others.flatMap((other) => {
    const [key, otherKey] = [keyOfRule(rule, rules).join(","), keyOfRule(other, rules).join(",")];
    if (key !== otherKey) return [keysDiffer(rule, other, key, otherKey)];
    const [columns, otherColumns] = [rule, other].map(({ columns }) => columns?.toSorted().join(", "));
    return columns === otherColumns ? [] : [columnsDiffer(rule, other)];
  });
}

function keysDiffer(rule: Rule, other: Rule, key: string, otherKey: string): Words {
  const [a, b, table] = [quote(rule.id), quote(other.id), quote(rule.target)];
  return {
    en: `The rule ${a} is followed, but contradicts ${b}: both fill ${table}, one by the key ${quote(key)}, the other by ${quote(otherKey)}, so neither finds the rows that the other wrote. Give both the same sink_pk.`,
    zh: `规则 ${a} 已生效，但与 ${b} 矛盾：二者都写入 ${table}，主键分别为 ${quote(key)} 和 ${quote(otherKey)}，因此彼此找不到对方写入的行。请给二者相同的 sink_pk。`,
  };
}

function columnsDiffer(rule: Rule, other: Rule): Words {
  const [a, b, table] = [quote(rule.id), quote(other.id), quote(rule.target)];
  const [only, otherOnly] = [columnsBeside(rule, other), columnsBeside(other, rule)];
  return {
    en: `The rule ${a} is followed, but contradicts ${b}: both fill ${table} with different columns (${only} here, ${otherOnly} there), and a row takes the place of the former one whole. Give both the same sink_columns.`,
    zh: `规则 ${a} 已生效，但与 ${b} 矛盾：二者以不同的列写入 ${table}（此处 ${only}，彼处 ${otherOnly}），而新行会整行替换旧行。请给二者相同的 sink_columns。`,
  };
}

/** Columns that the one has and the other has not. */
function columnsBeside({ columns }: Rule, other: Rule): string {
  if (columns === undefined) return "*";
  return columns.filter((name) => !other.columns?.includes(name)).join(", ") || "–";
}

function badTarget(texts: RuleTexts, to: Rule["to"]): RowError {
  const en =
    to === "topics"
      ? "a topic's name: 1 to 249 letters, digits, dots, underscores and hyphens"
      : "a table's name: a letter, then letters, digits, underscores, dots and colons, 128 at most";
  const zh =
    to === "topics"
      ? "主题名：1 至 249 个字母、数字、点、下划线或连字符"
      : "表名：以字母开头，其后为字母、数字、下划线、点或冒号，至多 128 个字符";
  return refused(
    texts,
    `its sink_table is ${quote(texts.sink_table as string)}; expected ${en}`,
    `其 sink_table 为 ${quote(texts.sink_table as string)}；应为${zh}`,
    "Correct it",
    "请更正",
  );
}

function expected(texts: RuleTexts, column: string, values: string, got: string): RowError {
  return refused(
    texts,
    `its ${column} is ${quote(got)}; expected one of ${values}`,
    `其 ${column} 为 ${quote(got)}；应为 ${values} 之一`,
    "Correct it",
    "请更正",
  );
}

function refused(texts: RuleTexts, en: string, zh: string, remedyEn: string, remedyZh: string): RowError {
  const id = quote(idOf(texts));
  return new RowError("dynamic-split.bad-rule", {
    en: `The rule ${id} cannot be followed: ${en}. ${remedyEn}; until then the rule that was there before stays.`,
    zh: `规则 ${id} 无法生效：${zh}。${remedyZh}；在此之前沿用原有规则。`,
  });
}
