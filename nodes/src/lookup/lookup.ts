import { codecOf } from "@millrace/engine/codec";
import { formatValue } from "@millrace/engine/expression";
import {
  type Change,
  type CompiledExpression,
  changeFields,
  type DimensionStore,
  type Emission,
  type Lookup,
  type LookupContext,
  type Millis,
  type Row,
  RowError,
  toMillis,
} from "@millrace/engine/node";
import type { Schema } from "@millrace/engine/schema";
import { quote, valueAt } from "../field-types.ts";
import { type Answered, type Ask, LookupCache } from "../lookup-cache.ts";
import { foundSchema } from "../lookup-params.ts";
import type { DimensionLookupParams } from "./spec.ts";

export function createLookup(params: DimensionLookupParams, context: LookupContext): Lookup {
  const { table, missing } = params;
  const store = context.connection as DimensionStore | undefined;
  const keyOf = keyText(context.expressions.value(params.key, "in"), context.timeZone);
  const changedKeyOf =
    params.changeKey === undefined ? undefined : keyText(context.expressions.value(params.changeKey, "changes"), context.timeZone);
  const found = foundSchema(params, context.declared);
  if ("problem" in found) throw new Error("the table's columns were checked before");
  const decoder = codecOf({ name: "json" }).decoder(found.schema as Schema, true, { name: "json" });
  const fields = params.fields.map(({ name, field }) => ({ path: name.split("."), from: field.split(".") }));
  const into = params.into?.split(".");
  const cache = new LookupCache<Row>({
    rows: params.cacheRows,
    forMs: toMillis(params.cacheFor),
    misses: params.cacheMisses,
    now: context.now,
  });
  let endWatch: (() => void) | undefined;
  let isWatched = false;
  let notFound = 0;

  /** Rows of the table as it is at the moment. */
  const ask: Ask<Row> = (key, onFound, onFailure) => {
    if (!store) throw new Error("the node has no dimension store to ask");
    if (!isWatched) {
      isWatched = true;
      endWatch = store.watch?.(table, (keys) => cache.forget(keys));
    }
    store
      .get(table, [key])
      .then(([range]) => (range === undefined ? undefined : decode(key, range)))
      .then(onFound, onFailure);
  };

  function decode(key: string, range: Parameters<typeof decoder.decode>[0]): Row {
    try {
      return decoder.decode(range);
    } catch (error) {
      throw error instanceof RowError ? unreadable(table, key, error) : error;
    }
  }

  function widen(row: Row, dimension: Row | undefined): readonly Emission[] {
    if (dimension === undefined) {
      notFound++;
      if (missing === "port") return [{ port: "missing", row }];
    }
    const changes: Change[] = fields.map(({ path, from }) => ({ path, value: dimension ? valueAt(dimension, from) : null }));
    if (into) changes.unshift({ path: into, value: dimension ?? null });
    return [{ port: "out", row: changeFields(row, changes) }];
  }

  return {
    ask(row, time, done) {
      const key = keyOf(row, time);
      if (key === null) return done({ emissions: (row) => widen(row, undefined) });
      cache.get(key, ask, (answer: Answered<Row>) => {
        if ("failure" in answer) return done({ failure: asFailure(answer.failure, table, key) });
        const { found } = answer;
        done({ emissions: (row) => widen(row, found), missed: found === undefined });
      });
    },
    onRow(row, time) {
      const key = changedKeyOf?.(row, time);
      if (key !== null && key !== undefined) cache.forget([key]);
    },
    without: (row) => widen(row, undefined),
    holdings: () => ({
      "rows remembered": cache.size,
      "answers remembered": cache.hits,
      "answers asked for": cache.asked,
      "rows that found nothing": notFound,
    }),
    close: () => endWatch?.(),
  };
}

/** A key as the dimension sink writes it. */
function keyText(value: CompiledExpression, timeZone: string): (row: Row, time: Millis) => string | null {
  return (row, time) => {
    const key = value(row, time);
    return key === null || typeof key === "string" ? key : formatValue(key, value.dataType, { timeZone });
  };
}

function unreadable(table: string, key: string, { words }: RowError): RowError {
  return new RowError("lookup.unreadable", {
    en: `The row of key ${quote(key)} in ${quote(table)} cannot be read: ${words.en}`,
    zh: `${quote(table)} 中 key 为 ${quote(key)} 的行无法读取：${words.zh}`,
  });
}

/** What a store says in words is kept, with where it was asked for what. */
function asFailure(failure: unknown, table: string, key: string): RowError | { readonly en: string; readonly zh: string } {
  if (failure instanceof RowError) return failure;
  const words = (failure as { words?: { en: string; zh: string } }).words;
  const message = failure instanceof Error ? failure.message : String(failure);
  return {
    en: `Looking up key ${quote(key)} in ${quote(table)} failed: ${words?.en ?? message}`,
    zh: `在 ${quote(table)} 中查询 key ${quote(key)} 失败：${words?.zh ?? message}`,
  };
}
