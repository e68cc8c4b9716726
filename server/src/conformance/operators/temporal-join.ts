/** `temporalJoin`: the node of that name, as of event time or of arrival. */
import type { Values } from "@millrace/engine/schema";
import { nodeTypes } from "../../documents.ts";
import { sideOf } from "./interval-join.ts";
import { playOnNode } from "./play-on-node.ts";
import { columnsOf, type PlayScript, type ScriptTime } from "./script.ts";

export const playTemporalJoin: PlayScript = (script) => {
  const { params } = script.operator;
  const key = `c${params.key}`;
  const byEvent = params.time === "event";
  const widths = [params.leftColumns, params.rightColumns].map((columns) => (columns as unknown[]).length) as [number, number];
  const least = Number(params.minRetentionTime ?? 0);
  return playOnNode(script, {
    node: nodeTypes.get("temporal-join") as never,
    params: {
      leftKey: [key],
      rightKey: [key],
      outer: params.joinType === "LEFT" ? "left" : "none",
      time: byEvent ? "event" : "processing",
      // Flink keeps state for good where less than two milliseconds are asked for.
      ...(least > 1 && { forgetAfter: `${least} ms`, forgetBy: `${Number(params.maxRetentionTime)} ms` }),
    },
    inputs: ["left", "right"].map((port, i) => ({
      port,
      columns: columnsOf(script, i + 1),
      ...(byEvent && { time: (row: readonly unknown[]) => row[0] as ScriptTime }),
      changelog: { mode: "retract" },
    })),
    seen: ({ port, row, kind }) =>
      port === "joined"
        ? { kind, row: [...sideOf(row.left as Values, widths[0]), ...sideOf(row.right as Values | null, widths[1])] }
        : undefined,
  });
};
