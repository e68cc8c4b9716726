/** `intervalJoin` (DataStream's) and `sqlIntervalJoin`: the node of that name under either set of rules. */
import type { Params } from "@millrace/engine/node";
import type { Values } from "@millrace/engine/schema";
import type { EmittedRow } from "@millrace/engine/testing";
import { nodeTypes } from "../../documents.ts";
import { playOnNode, type ScriptInput } from "./play-on-node.ts";
import { columnsOf, type OperatorScript, type PlayScript, type ScriptTime, type Seen, scriptTime, Unsupported } from "./script.ts";

export const playIntervalJoin: PlayScript = (script) => {
  const { lowerBound, upperBound, leftLateOutput, rightLateOutput } = script.operator.params;
  const late: Readonly<Record<string, unknown>> = { lateLeft: leftLateOutput, lateRight: rightLateOutput };
  return play(script, {
    params: { ...bounds(Number(lowerBound), Number(upperBound)), leftKey: ["1"], rightKey: ["1"] },
    seen: ({ port, row, time }) => {
      if (port === "joined") return { row: [valuesOf(row.left as Values), valuesOf(row.right as Values)], ts: scriptTime(time) };
      // Without an output for late rows Flink counts them and no more.
      return late[port] ? { late: true, row: valuesOf(row), ts: scriptTime(time) } : undefined;
    },
  });
};

export const playSqlIntervalJoin: PlayScript = (script) => {
  const { params } = script.operator;
  if (params.allowedLateness) throw new Unsupported("an allowed lateness, which SQL cannot ask for");
  const key = `c${params.key}`;
  const width = { left: (params.leftColumns as unknown[]).length, right: (params.rightColumns as unknown[]).length };
  return play(script, {
    // Flink has the left row's time between the right one's plus bounds, the node the right one's between the left one's.
    params: {
      ...bounds(0 - Number(params.leftUpperBound), 0 - Number(params.leftLowerBound)),
      leftKey: [key],
      rightKey: [key],
      rules: "sql",
      time: params.time === "event" ? "event" : "processing",
      outer: OUTER[String(params.joinType)] as string,
      cleanUpAfter: `${Number(params.minCleanUpInterval ?? 0)} ms`,
    },
    time: params.time === "event" ? (row) => row[0] as ScriptTime : undefined,
    seen: ({ port, row }) =>
      port === "joined"
        ? { kind: "+I", row: [...sideOf(row.left as Values | null, width.left), ...sideOf(row.right as Values | null, width.right)] }
        : undefined,
  });
};

const OUTER: Readonly<Record<string, string>> = { INNER: "none", LEFT: "left", RIGHT: "right", FULL: "both" };

function play(
  script: OperatorScript,
  on: { params: Params; time?: ScriptInput["time"]; seen(emitted: EmittedRow): Seen | undefined },
): ReturnType<PlayScript> {
  return playOnNode(script, {
    node: nodeTypes.get("interval-join") as never,
    params: on.params,
    inputs: ["left", "right"].map((port, i) => ({ port, columns: columnsOf(script, i + 1), ...(on.time && { time: on.time }) })),
    seen: on.seen,
  });
}

function bounds(lower: number, upper: number) {
  return { lower: `${lower} ms`, upper: `${upper} ms` };
}

/** A row's values, or NULLs for one that is missing. */
export function sideOf(row: Values | null, width: number): readonly unknown[] {
  return row === null ? new Array<null>(width).fill(null) : valuesOf(row);
}

function valuesOf(row: Values): readonly unknown[] {
  return Object.values(row);
}
