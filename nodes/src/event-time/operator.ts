import { MAX_TIME, MIN_TIME, type Millis, type Operator, type OperatorContext, type Row, RowError, toMillis } from "@millrace/engine/node";
import { quote } from "../field-types.ts";
import { Idleness } from "./idleness.ts";
import type { EventTimeParams } from "./spec.ts";
import { timeReader } from "./time-reader.ts";

/**
 * Bounded disorder as Flink's BoundedOutOfOrdernessWatermarks: the watermark is the greatest time seen, less the bound, less one millisecond. What the
 * node saw needs no state: the runtime asks for the watermark before each checkpoint and keeps it, and it only ever rises.
 */
export function createOperator(params: EventTimeParams, context: OperatorContext): Operator {
  const timeOf = timeReader(params.time, context);
  const delay = toMillis(params.outOfOrderness) + 1;
  const ahead = params.aheadAtMost === undefined ? undefined : toMillis(params.aheadAtMost);
  const idleness = params.idleAfter === undefined ? undefined : new Idleness(toMillis(params.idleAfter));
  let latest: Millis = MIN_TIME;

  function checked(row: Row, time: Millis): Millis {
    const own = timeOf(row, time);
    if (own === null) throw noTime(params.time);
    if (ahead !== undefined && own - context.now() > ahead) throw tooFarAhead(own, params.aheadAtMost as string);
    return own;
  }

  return {
    onRow(row, time, out) {
      const own = checked(row, time);
      if (own > latest) latest = own;
      idleness?.onRow();
      out.emit("out", row, own);
    },
    onPeriodic(now, out) {
      if (idleness?.hasGoneIdle(now)) out.idle();
      else if (!idleness?.isIdle && latest !== MIN_TIME) out.watermark(latest - delay);
    },
    onIdle(isIdle, out) {
      // A subtask that gets no rows at all must not hold back the others.
      if (isIdle && latest === MIN_TIME) out.idle();
    },
    onWatermark(watermark, out) {
      // The incoming watermark is replaced, but for the one that says the input has ended.
      if (watermark === MAX_TIME) out.watermark(MAX_TIME);
    },
  };
}

function noTime(time: string): RowError {
  return new RowError("event-time.no-time", {
    en: `The time ${quote(time)} is NULL for this row; expected a time.`,
    zh: `该行的时间 ${quote(time)} 为 NULL；应有时间。`,
  });
}

function tooFarAhead(time: Millis, bound: string): RowError {
  const text = new Date(time).toISOString();
  return new RowError("event-time.too-far-ahead", {
    en: `The time ${text} is more than ${bound} ahead of the clock; expected one that is not.`,
    zh: `时间 ${text} 比时钟超前 ${bound} 以上；应不超过该范围。`,
  });
}
