/** `windowDeduplicate`: the node distinct, by windows. */
import type { Values } from "@millrace/engine/schema";
import { nodeTypes } from "../../documents.ts";
import { playOnNode } from "./play-on-node.ts";
import { columnsOf, type OperatorScript, type PlayScript, type ScriptTime, timeOf } from "./script.ts";

export const playWindowDeduplicate: PlayScript = (script) => {
  const { params } = script.operator;
  const end = Number(params.windowEndColumn);
  const timeZone = String(params.timeZone);
  return playOnNode(withEndsAsTexts(script, end), {
    node: nodeTypes.get("distinct") as never,
    params: {
      key: (params.key as number[]).map((column) => `c${column}`),
      keep: params.keep,
      order: { by: "time" },
      emit: "watermark",
      windowEnd: `CAST(c${end} AS TIMESTAMP(3))`,
    },
    timeZone,
    inputs: [
      {
        port: "in",
        columns: { ...columnsOf(script, 1), [`c${end}`]: "STRING" },
        time: (row) => row[Number(params.orderColumn)] as ScriptTime,
      },
    ],
    seen: ({ port, row, kind }) =>
      port === "out"
        ? { kind, row: Object.values(row as Values).map((value, i) => (i === end ? Date.parse(`${value}Z`) : value)) }
        : undefined,
  });
};

/** Windows end on the clock of a zone, which the script gives as milliseconds. */
function withEndsAsTexts(script: OperatorScript, end: number): OperatorScript {
  const text = (wall: unknown) => new Date(timeOf(wall as ScriptTime)).toISOString().replace("T", " ").slice(0, -1);
  return {
    ...script,
    steps: script.steps.map((step) => (step.row === undefined ? step : { ...step, row: step.row.with(end, text(step.row[end])) })),
  };
}
