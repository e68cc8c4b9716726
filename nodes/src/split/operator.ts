import { type Operator, type OperatorContext, type Out, type Row, RowError } from "@millrace/engine/node";
import type { SplitParams } from "./spec.ts";

export function createOperator({ cases, mode, otherwise }: SplitParams, { expressions }: OperatorContext): Operator {
  const branches = cases.map(({ name, when }) => ({ name, isTrue: expressions.condition(when) }));
  const names = cases.map(({ name }) => name).join(", ");

  function unmatched(row: Row, time: number, out: Out): void {
    if (otherwise === "error") throw noCase(names);
    if (otherwise === "default") out.emit("default", row, time);
    else out.drop("unmatched", row);
  }

  if (mode === "first") {
    return {
      onRow(row, time, out) {
        for (const { name, isTrue } of branches) if (isTrue(row, time)) return out.emit(name, row, time);
        unmatched(row, time, out);
      },
    };
  }

  return {
    onRow(row, time, out) {
      // All conditions before the first row goes out: one that fails sends the row to the error port, and nowhere else.
      const matches = branches.filter(({ isTrue }) => isTrue(row, time));
      if (matches.length === 0) return unmatched(row, time, out);
      for (const { name } of matches) out.emit(name, row, time);
    },
  };
}

function noCase(names: string): RowError {
  return new RowError("split.unmatched", {
    en: `No case is true for this row (tried ${names}). Add a case, or send such rows to the default port.`,
    zh: `该行不满足任何分支（已判断 ${names}）。请增加分支，或让这类行流向 default 端口。`,
  });
}
