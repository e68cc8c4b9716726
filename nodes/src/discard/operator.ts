import type { Operator } from "@millrace/engine/node";

export function createOperator(): Operator {
  return {
    onRow() {
      // The runtime has counted the row; there is nothing else to do with it.
    },
  };
}
