/** `watermarkValve`: what merges the channels that end in one input. */
import { WatermarkValve } from "@millrace/engine/run";
import { type OperatorScript, type Seen, scriptTime, timeOf } from "./script.ts";

export function playWatermarkValve({ operator, steps }: OperatorScript): Seen[][] {
  let came: Seen[] = [];
  const valve = new WatermarkValve(Number(operator.params.channels), {
    watermark: (time) => came.push({ watermark: scriptTime(time) }),
    idle: (isIdle) => came.push({ status: isIdle ? "IDLE" : "ACTIVE" }),
  });
  return steps.map(({ channel = 0, watermark, status }) => {
    came = [];
    if (watermark !== undefined) valve.onWatermark(Number(channel), timeOf(watermark));
    if (status !== undefined) valve.onIdle(Number(channel), status === "IDLE");
    return came;
  });
}
