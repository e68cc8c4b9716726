/** `deduplicate`: the node distinct. */
import type { Values } from "@millrace/engine/schema";
import { nodeTypes } from "../../documents.ts";
import { playOnNode } from "./play-on-node.ts";
import { columnsOf, type PlayScript, type ScriptTime, Unsupported } from "./script.ts";

export const playDeduplicate: PlayScript = (script) => {
  const { params } = script.operator;
  if (params.filter !== undefined && params.filter !== null)
    throw new Unsupported("a condition that is compiled into the recorded operator");
  const byTime = params.time === "event";
  const isUpdating = params.keep === "last" || params.flinkFunction === "RowTimeDeduplicateFunction";
  // Asked for neither old rows nor first ones, Flink calls every new row an update: to who takes changes by their key it is the same.
  const saysInsert = !isUpdating || params.generateInsert === true || params.generateUpdateBefore === true;
  const ttl = Number(params.stateTtlMs ?? 0);
  return playOnNode(script, {
    node: nodeTypes.get("distinct") as never,
    params: {
      key: (params.key as number[]).map((column) => `c${column}`),
      keep: params.keep,
      order: { by: byTime ? "time" : "arrival" },
      emit: byTime && !isUpdating ? "watermark" : "at-once",
      changes: params.generateUpdateBefore ? "retract" : "upsert",
      ...(ttl > 0 && { forgetAfter: `${ttl} ms` }),
    },
    inputs: [
      {
        port: "in",
        columns: columnsOf(script, 1),
        ...(byTime && { time: (row: readonly unknown[]) => row[Number(params.rowtimeColumn)] as ScriptTime }),
        ...(params.inputIsInsertOnly === false && { changelog: { mode: "retract" } as const }),
      },
    ],
    seen: ({ port, row, kind }) =>
      port === "out" ? { kind: kind === "+I" && !saysInsert ? "+U" : kind, row: Object.values(row as Values) } : undefined,
  });
};
