/** Paces the records of either kind by the injected clock: one split, and nothing leaves before it is due. */
import type { Millis, Position, Source, SourceContext, SplitReader } from "@millrace/engine/node";
import { type AppLogPosition, createAppLogStream, resumeAppLogs, startAppLogs } from "./app-log/stream.ts";
import { createFieldStream, resumeFields, type SchemaPosition, startFields } from "./fields/stream.ts";
import type { PacedRecord, PacedRecords } from "./paced-records.ts";
import { recordBatch } from "./record-batch.ts";
import type { GeneratorParams } from "./spec.ts";
import { DAY_MS, zoneClock } from "./zone-clock.ts";

export function createSource(params: GeneratorParams, context: SourceContext): Source {
  // The kind is part of the id: a generator that was made another one begins anew.
  const split = { id: `${params.kind}-0`, origin: "generator", bounded: params.count !== undefined };
  return {
    splits: async () => [split],
    open: async (_, position) => openReader(params, context, position),
    expects: () => expects(params),
    close: async () => {},
  };
}

function openReader(params: GeneratorParams, context: SourceContext, position: Position | undefined): SplitReader {
  const { records, aheadMs } = openRecords(params, context, position);
  const left = () => (params.count ?? Number.POSITIVE_INFINITY) - records.taken;

  function takeDue(most: number) {
    const now = context.now() + aheadMs;
    const first = records.taken;
    const taken: PacedRecord[] = [];
    while (taken.length < most && left() > 0 && records.nextDue() <= now) taken.push(records.take());
    return recordBatch(taken, first);
  }

  return {
    async read(maxRecords, waitMs) {
      if (left() <= 0) return undefined;
      const batch = takeDue(maxRecords);
      if (batch.count > 0 || waitMs <= 0) return batch;
      const untilDue = Math.ceil(records.nextDue() - context.now() - aheadMs);
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
  const aheadMs = position === undefined ? clockAhead(params, context) : Number(position.aheadMs);
  const now = context.now() + aheadMs;
  if (params.kind === "schema") {
    const from = position === undefined ? startFields(params, now) : resumeFields(position as SchemaPosition, params, now);
    return { records: createFieldStream(params, context.timeZone, from), aheadMs };
  }
  const from = position === undefined ? startAppLogs(now) : resumeAppLogs(position as AppLogPosition, now);
  return { records: createAppLogStream(params, context.timeZone, from), aheadMs };
}

function clockAhead(params: GeneratorParams, { now, timeZone }: SourceContext): Millis {
  if (params.kind !== "app-log" || params.date === undefined) return 0;
  return Date.parse(params.date) - zoneClock(timeZone).day(now()) * DAY_MS;
}

function expects({ rate, count }: GeneratorParams): { en: string; zh: string } {
  const en = `the generator sends ${rate} a second`;
  const zh = `生成器每秒发送 ${rate} 条`;
  return count === undefined ? { en, zh } : { en: `${en}, ${count} in all`, zh: `${zh}，共 ${count} 条` };
}
