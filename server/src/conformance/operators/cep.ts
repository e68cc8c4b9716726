/** `cep`: the operator around the matcher of patterns. */
import type { NodeType } from "@millrace/engine/node";
import type { EmittedRow } from "@millrace/engine/testing";
import { nodeTypes } from "../../documents.ts";
import { type BuilderCall, paramsOfCalls } from "../cep-params.ts";
import { playOnNode } from "./play-on-node.ts";
import { type OperatorScript, type Seen, scriptTime, Unsupported } from "./script.ts";

/** `row` is [key, name, seq]; where the script has no output for late rows, or for timeouts, what leaves there is not looked at. */
export function playCep(script: OperatorScript): Seen[][] {
  const { calls, time, comparatorForEqualTs, lateOutput, timeoutOutput } = script.operator.params;
  const params = paramsOfCalls(calls as BuilderCall[], (name) => `name = '${name}'`);
  const names = ((params.steps ?? []) as { name: string }[]).map(({ name }) => name);
  const order = comparatorForEqualTs == null ? undefined : orderOf(comparatorForEqualTs);
  const seen = playOnNode(script, {
    node: nodeTypes.get("pattern") as NodeType,
    params: {
      ...params,
      key: ["key"],
      time: time === "processing" ? "processing" : "event",
      ...(order && { order }),
      output: { do: "fields", fields: names.map((name, i) => ({ name: `s${i}`, value: `LISTAGG(CAST(\`${name}\`.seq AS STRING), ',')` })) },
    },
    inputs: [{ port: "in", columns: { key: "BIGINT", name: "STRING", seq: "INT" } }],
    seen: (emitted) => seenOf(emitted, names, time === "processing"),
  });
  const isAsked = (one: Seen): boolean => (!("late" in one) || lateOutput === true) && (!("timeout" in one) || timeoutOutput === true);
  return seen.map((came) => came.filter(isAsked));
}

function seenOf({ port, row, time }: EmittedRow, names: readonly string[], isProcessing: boolean): Seen {
  const ts = isProcessing ? {} : { ts: scriptTime(time) };
  if (port === "late") return { late: true, row: [row.key, row.name, row.seq], ...ts };
  const steps = names.flatMap((name, i) => {
    const list = row[`s${i}`];
    return typeof list === "string" ? [[name, list.split(",").map(Number)]] : [];
  });
  return { [port]: Object.fromEntries(steps), ...ts };
}

/** "seq", "name descending" and the like. */
function orderOf(comparator: unknown): string[] {
  const [, field, descending] = /\b(name|seq)\b.*?(desc)?/i.exec(String(comparator)) ?? [];
  if (field === undefined || descending !== undefined || /desc|reverse/i.test(String(comparator)))
    throw new Unsupported(`the order of equal times ${String(comparator)}`);
  return [field];
}
