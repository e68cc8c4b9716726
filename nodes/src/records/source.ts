/** Lines of the form as one split that ends; its position is the number of those that were given. */
import type { Position, RecordBatch, Source, SourceContext, SplitReader } from "@millrace/engine/node";
import { linesOf, type RecordsParams } from "./spec.ts";

export function createSource({ records }: RecordsParams, { now, nodeId }: SourceContext): Source {
  const lines = linesOf(records).map((line) => Buffer.from(line));
  return {
    splits: async () => [{ id: "records", origin: nodeId, bounded: true }],
    open: async (_split, position) => lineReader(lines, Number(position?.["given"] ?? 0), now),
    expects: () => ({ en: `gives ${lines.length} records`, zh: `输出 ${lines.length} 条记录` }),
    close: async () => {},
  };
}

function lineReader(lines: readonly Uint8Array[], from: number, now: () => number): SplitReader {
  let given = from;
  return {
    async read(maxRecords): Promise<RecordBatch | undefined> {
      const first = given;
      const taken = lines.slice(first, first + maxRecords);
      if (taken.length === 0) return undefined;
      given += taken.length;
      const time = now();
      return {
        count: taken.length,
        bytes: (i) => ({ bytes: taken[i] as Uint8Array, start: 0, end: (taken[i] as Uint8Array).length }),
        time: () => time,
        offset: (i) => first + i,
      };
    },
    position: (): Position => ({ given }),
    close: async () => {},
  };
}
