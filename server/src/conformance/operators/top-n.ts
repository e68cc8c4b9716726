/** `topN`: the node of that name. */
import type { ChangelogMode, Values } from "@millrace/engine/schema";
import { nodeTypes } from "../../documents.ts";
import { playOnNode } from "./play-on-node.ts";
import { columnsOf, type PlayScript } from "./script.ts";

/** What all recorded functions were made with; the scripts do not say it. */
const TTL = { usual: "10000000 ms", stale: "1000 ms" };

export const playTopN: PlayScript = (script) => {
  const { params } = script.operator;
  const columns = (list: unknown) => (list as readonly number[]).map((column) => `c${column}`);
  const rowKey = params.rowKey ? columns(params.rowKey) : undefined;
  const key = columns(params.partitionBy);
  const outputsRank = params.outputRankNumber === true;
  const isRetracting = String(params.input).startsWith("retract");
  const input: ChangelogMode = isRetracting
    ? { mode: "retract" }
    : rowKey === undefined
      ? { mode: "append" }
      : { mode: "upsert", key: [...key, ...rowKey] };
  return playOnNode(script, {
    node: nodeTypes.get("top-n") as never,
    params: {
      key,
      orderBy: (params.orderBy as { column: number; asc: boolean }[]).map(({ column, asc }) => ({
        value: `c${column}`,
        direction: asc ? "ascending" : "descending",
      })),
      n: params.rankEndColumn === null || params.rankEndColumn === undefined ? String(params.rankEnd) : `c${params.rankEndColumn}`,
      firstRank: Math.max(1, Number(params.rankStart ?? 1)),
      ...(outputsRank && { rank: "rank" }),
      ...(rowKey && !isRetracting && { rowKey, updates: "better" }),
      changes: params.generateUpdateBefore ? "retract" : "upsert",
      ...(script.steps.some(({ ttlTime }) => ttlTime !== undefined) && {
        forgetAfter: script.id.includes("Staled") ? TTL.stale : TTL.usual,
      }),
    },
    inputs: [{ port: "in", columns: columnsOf(script, 1), changelog: input }],
    seen: ({ port, row, kind }) => (port === "out" ? { kind, row: Object.values(row as Values) } : undefined),
  });
};
