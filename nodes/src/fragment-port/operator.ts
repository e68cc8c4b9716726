import type { Operator } from "@millrace/engine/node";

export function createOperator(): Operator {
  return { onRow: (row, time, out) => out.emit("out", row, time) };
}
