/** Paces the records of any kind by the injected clock: one split, and nothing leaves before it is due. In virtual time everything is due. */
import type { Millis, Position, Source, SourceContext, SplitReader } from "@millrace/engine/node";
import { openAppLogs } from "./app-log/open.ts";
import { logsASecond } from "./app-log/visitors.ts";
import { clockStart } from "./business-clock.ts";
import { createFieldStream, resumeFields, type SchemaPosition, startFields } from "./fields/stream.ts";
import type { PacedRecord, PacedRecords } from "./paced-records.ts";
import { recordBatch } from "./record-batch.ts";
import { openShop } from "./shop/stream.ts";
import type { GeneratorParams } from "./spec.ts";

export function createSource(params: GeneratorParams, context: SourceContext): Source {
  const split = { id: splitIdOf(params), origin: "generator", bounded: isBounded(params) };
  return {
    splits: async () => [split],
    open: async (_, position) => openReader(params, context, position),
    expects: () => expects(params),
    close: async () => {},
  };
}

/** The kind is part of the id: a generator that was made another one begins anew. */
function splitIdOf(params: GeneratorParams): string {
  return params.kind === "app-log" && params.timing !== "lifelike" ? "app-log-original-0" : `${params.kind}-0`;
}

function openReader(params: GeneratorParams, context: SourceContext, position: Position | undefined): SplitReader {
  const { records, aheadMs } = openRecords(params, context, position);
  const most = params.kind === "shop" ? Number.POSITIVE_INFINITY : params.count || Number.POSITIVE_INFINITY;
  const now = () => (isVirtual(params) ? Number.MAX_VALUE : context.now() + aheadMs);
  const hasEnded = () => records.taken >= most || records.nextDue() === Number.POSITIVE_INFINITY;

  function takeDue(maxRecords: number) {
    const due = now();
    const first = records.taken;
    const taken: PacedRecord[] = [];
    while (taken.length < maxRecords && records.taken < most && records.nextDue() <= due) taken.push(records.take());
    return recordBatch(taken, first);
  }

  return {
    async read(maxRecords, waitMs) {
      if (hasEnded()) return undefined;
      const batch = takeDue(maxRecords);
      if (batch.count > 0 || waitMs <= 0) return batch;
      const untilDue = Math.ceil(records.nextDue() - now());
      await context.sleep(Math.min(waitMs, Math.max(1, untilDue)));
      return takeDue(maxRecords);
    },
    position: () => ({ ...records.position(), aheadMs }),
    close: async () => {},
  };
}

/** `aheadMs`: how much the generator's clock is ahead of the real one (behind: negative), which is what a business date does. */
function openRecords(
  params: GeneratorParams,
  context: SourceContext,
  position: Position | undefined,
): { records: PacedRecords; aheadMs: Millis } {
  const real = context.now();
  if (params.kind === "schema") {
    const from = position === undefined ? startFields(params, real) : resumeFields(position as SchemaPosition, params, real);
    return { records: createFieldStream(params, context.timeZone, from), aheadMs: 0 };
  }
  const start = clockStart(params, context.timeZone, real);
  const aheadMs = position === undefined ? start - real : Number(position.aheadMs);
  const from = position === undefined ? { start } : { position, now: isVirtual(params) ? undefined : real + aheadMs };
  const open = params.kind === "shop" ? openShop(params, context.timeZone, from) : openAppLogs(params, context.timeZone, from);
  return { records: open, aheadMs };
}

function isBounded({ count }: GeneratorParams): boolean {
  return count !== undefined && count > 0;
}

function isVirtual(params: GeneratorParams): boolean {
  return params.kind !== "schema" && params.pace === "virtual";
}

function expects(params: GeneratorParams): { en: string; zh: string } {
  const count = params.count || undefined;
  if (params.kind === "shop") {
    const orders = count === undefined ? { en: "", zh: "" } : { en: `, ${count} in all`, zh: `，共 ${count} 个` };
    return { en: `the shop takes ${params.rate} orders a second${orders.en}`, zh: `商城每秒产生 ${params.rate} 个订单${orders.zh}` };
  }
  const rate = params.kind === "app-log" ? Math.round(logsASecond(params) * 1_000) / 1_000 : params.rate;
  const en = `the generator sends ${rate} a second`;
  const zh = `生成器每秒发送 ${rate} 条`;
  return count === undefined ? { en, zh } : { en: `${en}, ${count} in all`, zh: `${zh}，共 ${count} 条` };
}
