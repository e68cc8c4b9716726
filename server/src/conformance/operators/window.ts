/** `window`, `groupWindow` and `windowTvfAgg`: aggregating windows, each kind with its own rules of the window node. */
import type { NodeType, Params } from "@millrace/engine/node";
import type { EmittedRow } from "@millrace/engine/testing";
import { nodeTypes } from "../../documents.ts";
import { type OnNode, playOnNode } from "./play-on-node.ts";
import { lowered, type OperatorScript, type PlayScript, type ScriptTime, type Seen, scriptTime, Unsupported } from "./script.ts";

const node = nodeTypes.get("window") as NodeType;

interface Assigner {
  readonly type: string;
  readonly time?: "event" | "processing";
  readonly size?: number;
  readonly slide?: number;
  readonly step?: number;
  readonly maxSize?: number;
  readonly gap?: number;
  readonly offset?: number;
}

interface StreamParams {
  readonly assigner: Assigner;
  readonly trigger: { readonly type: string; readonly purging?: boolean; readonly interval?: number };
  readonly allowedLateness: number | string;
  readonly lateOutput: boolean;
  readonly key: number | null;
  readonly aggregate: string;
  readonly evictor?: unknown;
  readonly outputColumns?: readonly string[];
}

/** DataStream's WindowOperator over [key, value]: the sum, and with sessions their bounds. */
export const playStreamWindow: PlayScript = (script) => {
  const params = script.operator.params as unknown as StreamParams;
  const { assigner, trigger, evictor, key, lateOutput } = params;
  if (evictor !== undefined && evictor !== null) throw new Unsupported("evictors");
  if (trigger.purging) throw new Unsupported("purging triggers");
  if (trigger.type === "count") throw new Unsupported("count triggers");
  const columns = params.outputColumns ?? ["key", "sum"];
  return playOn(script, {
    params: {
      key: key === null ? [] : [{ name: "key", value: "key" }],
      window: windowOf(assigner),
      time: assigner.time ?? "event",
      fields: [
        { name: "sum", value: "SUM(`value`)" },
        { name: "window_start", value: "window_start" },
        { name: "window_end", value: "window_end" },
      ],
      ...latenessOf(params.allowedLateness),
      ...(trigger.interval !== undefined && { early: `${trigger.interval} ms` }),
    },
    inputs: [{ port: "in", columns: { key: "STRING", value: "INT" } }],
    seen({ port, row, time }: EmittedRow): Seen | undefined {
      // Without a side output Flink counts them.
      if (port === "late" && !lateOutput) return undefined;
      if (port === "late") return { late: true, row: [row.key, row.value], ts: scriptTime(time) };
      return { row: columns.map((name) => streamColumn(name, row)), ts: scriptTime(time) };
    },
  });
};

function streamColumn(name: string, row: EmittedRow["row"]): unknown {
  if (/start/i.test(name)) return row.window_start;
  if (/end/i.test(name)) return row.window_end;
  return row[name] ?? null;
}

interface GroupParams {
  readonly assigner: Assigner;
  readonly trigger: string;
  readonly allowedLateness: number | string;
  readonly timeZone: string;
  readonly rowtimeColumn: number | null;
  readonly groupBy: readonly number[];
}

/** The older group windows of SQL over [key, value, rowtime]. */
export const playGroupWindow: PlayScript = (script) => {
  const { assigner, trigger, allowedLateness, timeZone, rowtimeColumn, groupBy } = script.operator.params as unknown as GroupParams;
  if (/count/i.test(trigger) || /^count/.test(assigner.type)) throw new Unsupported("count windows and triggers");
  const [, early] = /withEarlyFirings\(ProcessingTime\.every\((\d+)\)\)/.exec(trigger) ?? [];
  return playTable(script, {
    timeZone,
    rowtimeColumn,
    groupBy,
    params: {
      rules: "group-window",
      window: windowOf(assigner),
      time: assigner.time ?? "event",
      ...latenessOf(allowedLateness),
      ...(early !== undefined && { early: `${early} ms` }),
    },
    bounds: (start, end) => [start, end, typeof end === "number" ? end - 1 : end],
  });
};

interface TvfParams {
  readonly type: string;
  readonly size?: number;
  readonly slide?: number;
  readonly step?: number;
  readonly maxSize?: number;
  readonly gap?: number;
  readonly offset?: number;
  readonly time: "event" | "processing";
  readonly timeZone: string;
  readonly rowtimeColumn: number | null;
  readonly groupBy: readonly number[];
}

/** SQL's windowing table functions over [key, value, rowtime]. */
export const playWindowTvf: PlayScript = (script) => {
  const { type, time, timeZone, rowtimeColumn, groupBy, ...assigner } = script.operator.params as unknown as TvfParams;
  return playTable(script, {
    timeZone,
    rowtimeColumn,
    groupBy,
    params: { rules: "tvf", window: windowOf({ ...assigner, type }), time },
    bounds: (start, end) => [start, end],
  });
};

interface Table {
  readonly params: Params;
  readonly timeZone: string;
  readonly rowtimeColumn: number | null;
  readonly groupBy: readonly number[];
  readonly bounds: (start: unknown, end: unknown) => readonly unknown[];
}

function playTable(script: OperatorScript, { params, timeZone, rowtimeColumn, groupBy, bounds }: Table): Seen[][] {
  return playOn(script, {
    params: {
      ...params,
      key: groupBy.length === 0 ? [] : [{ name: "key", value: "key" }],
      fields: [
        { name: "sum", value: "SUM(`value`)" },
        { name: "count", value: "COUNT(`value`)" },
        { name: "window_start", value: "window_start" },
        { name: "window_end", value: "window_end" },
      ],
    },
    inputs: [
      {
        port: "in",
        columns: { key: "STRING", value: "BIGINT" },
        ...(rowtimeColumn !== null && { time: (row: readonly unknown[]) => row[rowtimeColumn] as ScriptTime }),
      },
    ],
    timeZone,
    seen: ({ row, kind }) => ({
      kind,
      row: [...(groupBy.length === 0 ? [] : [row.key]), row.sum, row.count, ...bounds(row.window_start, row.window_end)],
    }),
  });
}

/** Times beyond 2^53 ms are played earlier by whole windows, which answer alike. */
function playOn(script: OperatorScript, on: Omit<OnNode, "node">): Seen[][] {
  const { script: played, raise } = lowered(script);
  return playOnNode(played, { node, ...on }).map((seen) => seen.map((one) => raise(one) as Seen));
}

function windowOf(assigner: Assigner): Params {
  const { type, size, slide, step, maxSize, gap, offset } = assigner;
  const shifted = offset ? { offset: `${offset} ms` } : {};
  switch (type.toLowerCase()) {
    case "tumbling":
    case "tumble":
      return { kind: "tumbling", size: `${size} ms`, ...shifted };
    case "sliding":
    case "hop":
      return { kind: "sliding", size: `${size} ms`, every: `${slide} ms`, ...shifted };
    case "cumulative":
    case "cumulating":
    case "cumulate":
      return { kind: "cumulating", size: `${maxSize ?? size} ms`, step: `${step ?? slide} ms`, ...shifted };
    case "session":
      if (gap === undefined) throw new Unsupported("sessions whose gap each row says");
      return { kind: "session", gap: `${gap} ms` };
    default:
      throw new Unsupported(`windows of the kind ${type}`);
  }
}

function latenessOf(lateness: number | string): Params {
  return Number(lateness) > 0 ? { lateness: `${lateness} ms` } : {};
}
