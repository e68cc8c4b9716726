/** `watermarkGenerator`: bounded disorder with idleness, as the event time node has them. Flink's generator tells its watermark at every probe, where the node tells what has changed. */
import type { NodeType } from "@millrace/engine/node";
import { NodeRun } from "@millrace/engine/testing";
import { nodeTypes } from "../../documents.ts";
import { type OperatorScript, type ScriptTime, type Seen, scriptTime, timeOf } from "./script.ts";

export function playWatermarkGenerator({ operator, steps }: OperatorScript): Seen[][] {
  const { outOfOrderness = 0, idleTimeout } = operator.params as { readonly outOfOrderness?: number; readonly idleTimeout?: number };
  const run = new NodeRun(nodeTypes.get("event-time") as NodeType, {
    params: { time: "ts", outOfOrderness: `${outOfOrderness} ms`, ...(idleTimeout !== undefined && { idleAfter: `${idleTimeout} ms` }) },
    inputs: { in: { schema: "ts BIGINT" } },
  });
  let watermark: ScriptTime = "MIN";
  let isIdle = false;
  return steps.map(({ event, advanceClock, periodic }) => {
    const came: Seen[] = [];
    if (event !== undefined) run.push("in", { ts: timeOf(event as ScriptTime) }, 0);
    if (advanceClock !== undefined) run.clock += Number(advanceClock);
    if (periodic === true) run.advanceClock(run.clock);
    for (const emitted of run.take()) {
      if ("watermark" in emitted) watermark = scriptTime(emitted.watermark);
      else if ("idle" in emitted) {
        isIdle = emitted.idle;
        came.push(isIdle ? { idle: true } : { active: true });
      } else if ("error" in emitted) came.push(emitted);
    }
    if (periodic === true && !isIdle) came.push({ watermark });
    return came;
  });
}
