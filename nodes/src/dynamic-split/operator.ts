import { MIN_TIME, type Millis, type Operator, type OperatorContext, type Out, type Row, RowError, toMillis } from "@millrace/engine/node";
import { didYouMean } from "@millrace/engine/pipeline";
import type { Schema } from "@millrace/engine/schema";
import { quote } from "../field-types.ts";
import { BIGINT, rowOf } from "../state-types.ts";
import { keyIn, type OpenChange, routedRows } from "./routed-rows.ts";
import { contradictions, idOf, keyOfRule, RULE_TYPE, type Rule, type RuleTexts, ruleOf } from "./rule.ts";
import { areChanges, ruleChangeOf } from "./rule-changes.ts";
import type { DynamicSplitParams } from "./spec.ts";

interface Held {
  readonly time: Millis | null;
  readonly row: Row;
}

/** A rule as it stands among the others. */
interface InForce {
  readonly rule: Rule;
  readonly key: readonly string[];
  /** As it came. */
  readonly row: Row;
  /** Its columns were looked for in a row. */
  isTried: boolean;
}

/** Rows that are held look so often whether the rules are there. */
const LOOK_EVERY_MS = 200;
/** Behind any watermark but that of the end. */
const END: Millis = 8.64e15;

/**
 * As Flink's `BroadcastProcessFunction`: every subtask gets all rules and keeps them, in the state of no key; rows read them. What is told of a rule is told by the first subtask alone. Rows that come before the rules do wait, key by key;
 * timers of the keys look for the rules, since a row of the rules sees no key.
 */
export function createOperator(params: DynamicSplitParams, { state, timers, schemas, subtask, now }: OperatorContext): Operator {
  const rulesSchema = schemas.inputs.rules as Schema;
  const rules = state.map("rules", { key: { type: "STRING" }, value: rowOf({ rule: RULE_TYPE, row: rulesSchema }) });
  const readyAt = state.value("readyAt", BIGINT);
  const held = state.list("held", rowOf({ time: BIGINT, row: schemas.inputs.rows as Schema }));
  const heldRows = state.counter("heldRows");
  const shared = { rules: state.shared.map("rules"), readyAt: state.shared.value("readyAt") };
  const rows = routedRows(schemas.inputs.rows as Schema, schemas.outputs.topics as Schema);
  const asChanges = areChanges(rulesSchema);
  const settleMs = toMillis(params.settle);
  let inForce: Map<string, InForce> | undefined;

  /** Worked out anew when a rule has changed. */
  function rulesInForce(): Map<string, InForce> {
    if (inForce) return inForce;
    const all = ([...shared.rules.entries()] as unknown as [string, { rule: RuleTexts; row: Row }][])
      .flatMap(([id, { rule, row }]) => {
        const known = ruleIfAny(rule, params);
        return known ? [{ id, rule: known, row }] : [];
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const parsed = all.map(({ rule }) => rule);
    inForce = new Map(all.map(({ id, rule, row }) => [id, { rule, row, key: keyOfRule(rule, parsed), isTried: false }]));
    return inForce;
  }

  function isReady(): boolean {
    const at = shared.readyAt.get() as Millis | null;
    return at !== null && now() >= at;
  }

  function onRule(row: Row, time: Millis, out: Out): void {
    const { put, removed, isComplete } = ruleChangeOf(row, asChanges);
    const at = readyAt.get() as Millis | null;
    if (isComplete) readyAt.set(at === null ? now() : Math.min(at, now()));
    else if ((put || removed.length > 0) && (at === null || now() < at)) readyAt.set(now() + settleMs);
    if (put !== undefined) follow(put, removed, row, time, out);
    else for (const id of removed) rules.delete(id);
    inForce = undefined;
  }

  function follow(put: RuleTexts, removed: readonly string[], row: Row, time: Millis, out: Out): void {
    const isTeller = subtask === 0;
    let rule: Rule;
    try {
      rule = ruleOf(put, params);
    } catch (error) {
      if (isTeller || !(error instanceof RowError)) throw error;
      return;
    }
    for (const id of removed) rules.delete(id);
    rules.set(idOf(put), { rule: put, row });
    if (!isTeller) return;
    inForce = undefined;
    const all = [...rulesInForce().values()];
    out.emit(
      rule.to,
      rows.making(
        rule,
        keyOfRule(
          rule,
          all.map((one) => one.rule),
        ),
      ),
      time,
    );
    for (const words of contradictions(
      rule,
      all.map((one) => one.rule),
    ))
      out.reject(new RowError("dynamic-split.contradiction", words), row, time, "rules");
  }

  function hold(row: Row, time: Millis): void {
    if (heldRows.total >= params.mostHeld) throw tooMany(params.mostHeld);
    held.add({ time: time === MIN_TIME ? null : time, row } as never);
    heldRows.add(1);
    lookAgain();
    timers.atEventTime(END);
  }

  /** One timer for all of the key's rows. */
  function lookAgain(): void {
    timers.atProcessingTime((Math.floor(now() / LOOK_EVERY_MS) + 1) * LOOK_EVERY_MS);
  }

  function release(out: Out): void {
    const waiting = held.get() as unknown as readonly Held[];
    if (waiting.length === 0) return;
    held.clear();
    heldRows.add(-waiting.length);
    timers.cancelEventTime(END);
    for (const { time, row } of waiting) {
      try {
        route(row, time ?? MIN_TIME, out);
      } catch (error) {
        if (!(error instanceof RowError)) throw error;
        out.reject(error, row, time ?? MIN_TIME, "rows");
      }
    }
  }

  function route(row: Row, time: Millis, out: Out): void {
    const change = rows.open(row);
    const { table, type } = row as { readonly table?: string | null; readonly type?: string | null };
    if (!table || change.data.size === 0) return out.drop("no-row", row);
    const operation = type === "bootstrap-insert" && params.bootstrapAsInsert ? "insert" : type;
    const found = rulesInForce().get(`${table}:${operation}`);
    if (found === undefined) return out.emit("missing", row, time);
    const { rule } = found;
    const key = keyIn(change, found.key, change.data);
    if (key === null && rule.to === "dimensions") throw withoutKey(found, change);
    if (!found.isTried) tryColumns(found, change, time, out);
    if (rule.to === "dimensions" && found.key.some((name) => change.old.has(name))) {
      const former = keyIn(change, found.key, change.old, change.data);
      // The row stands under another key now: that of before would stay for ever.
      if (former !== null && former !== key) out.emit("dimensions", rows.routed(change, rule, former, "delete"), time);
    }
    out.emit(rule.to, rows.routed(change, rule, key), time);
  }

  /** Tells of columns that a rule names and its table has not: once, by its first row. */
  function tryColumns(found: InForce, { data }: OpenChange, time: Millis, out: Out): void {
    found.isTried = true;
    const unknown = (found.rule.columns ?? []).filter((name) => !data.has(name));
    if (unknown.length > 0) out.reject(unknownColumns(found.rule, unknown, [...data.keys()]), found.row, time, "rules");
  }

  return {
    onRow(row, time, out, port) {
      if (port === "rules") return onRule(row, time, out);
      if (params.mostHeld > 0 && !isReady()) return hold(row, time);
      if (heldRows.total > 0) release(out);
      route(row, time, out);
    },
    onTimer(_time, out, timer) {
      // By the end of input no further rule comes.
      if (timer === "event" || isReady()) release(out);
      else if (held.get().length > 0) lookAgain();
    },
    holdings: () => ({ rules: subtask === 0 ? shared.rules.size : 0, held: heldRows.total }),
  };
}

/** None for a rule that was followed under params of before. */
function ruleIfAny(texts: RuleTexts, params: DynamicSplitParams): Rule | undefined {
  try {
    return ruleOf(texts, params);
  } catch (error) {
    if (error instanceof RowError) return undefined;
    throw error;
  }
}

function tooMany(most: number): RowError {
  return new RowError("dynamic-split.too-many-held", {
    en: `No rules have come, and ${most} rows wait for them already. See why the rules' input is silent, then replay this row; or hold more.`,
    zh: `规则尚未到达，已有 ${most} 行在等待。请检查规则输入为何没有数据，然后重放该行；或增大可等待的行数。`,
  });
}

function withoutKey({ rule, key }: InForce, { data }: OpenChange): RowError {
  const missing = key.filter((name) => !data.has(name));
  const columns = [...data.keys()].join(", ");
  const id = quote(rule.id);
  const names = (missing.length > 0 ? missing : key).map(quote).join(", ");
  if (missing.length === 0)
    return new RowError("dynamic-split.no-key", {
      en: `The row's key ${names} is NULL, and rows of ${quote(rule.target)} are found by it. Mend the row, or name another key in sink_pk of the rule ${id}.`,
      zh: `该行的主键 ${names} 为 NULL，而 ${quote(rule.target)} 的行按它查找。请修正该行，或在规则 ${id} 的 sink_pk 中改用其他主键。`,
    });
  return new RowError("dynamic-split.no-key", {
    en: `The rule ${id} finds rows by ${names}, which rows of ${quote(rule.table)} do not have. Name the key in its sink_pk, then replay the row; the columns are ${columns}.`,
    zh: `规则 ${id} 按 ${names} 查找行，但 ${quote(rule.table)} 的行没有该列。请在其 sink_pk 中写明主键，然后重放该行；现有列：${columns}。`,
  });
}

function unknownColumns(rule: Rule, unknown: readonly string[], columns: readonly string[]): RowError {
  const suggestions = unknown.map((name) => [name, didYouMean(name, columns)] as const);
  const named = (or: (suggestion: string) => string) =>
    suggestions.map(([name, suggestion]) => `${quote(name)}${suggestion === undefined ? "" : or(suggestion)}`).join(", ");
  return new RowError("dynamic-split.unknown-column", {
    en: `The rule ${quote(rule.id)} is followed, but names columns that rows of ${quote(rule.table)} do not have: ${named((name) => ` (did you mean ${quote(name)}?)`)}. Its other columns are written. Correct sink_columns; the columns are ${columns.join(", ")}.`,
    zh: `规则 ${quote(rule.id)} 已生效，但包含 ${quote(rule.table)} 的行所没有的列：${named((name) => `（是否指 ${quote(name)}？）`)}。其余列照常写出。请更正 sink_columns；现有列：${columns.join("、")}。`,
  });
}
