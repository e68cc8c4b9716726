/**
 * One subtask against two, on the same records: CPU per row and wall rate, from the first checkpoint on: what a thread loads and compiles until then does not grow with the records. Each pass runs both, one after
 * the other. Best of the passes, as nothing else should run.
 */
import { baseLogWork } from "./base-log.ts";
import { collectGarbage } from "./garbage.ts";
import type { Pass, Work } from "./main.ts";
import type { Records } from "./page-logs.ts";
import { w1Work } from "./w1.ts";

/** So many that the second thread's start and compiling are little of it. */
const RECORDS = 2_000_000;

export const twoWorkers: readonly Work[] = [
  pair("w1-two-workers", w1Work("one", 1), w1Work("two", 2)),
  pair("base-log-two-workers", baseLogWork("one", 1), baseLogWork("two", 2)),
];

function pair(name: string, one: Work, two: Work): Work {
  return {
    name,
    usualRecords: RECORDS,
    ...(one.perRecordIn && { perRecordIn: true }),
    best: { cpuRatio: "lowest", wallRatio: "highest" },
    async prepare(records) {
      return {
        async run() {
          const alone = await passOf(one, records);
          const both = await passOf(two, records);
          const per = ({ steady }: Pass, seconds: "cpuSeconds" | "wallSeconds") => (steady ? steady[seconds] / steady.records : Number.NaN);
          const cpuRatio = per(both, "cpuSeconds") / per(alone, "cpuSeconds");
          return { ...both, own: { cpuRatio, wallRatio: per(alone, "wallSeconds") / per(both, "wallSeconds") } };
        },
        async clear() {},
      };
    },
  };
}

async function passOf(work: Work, records: Records): Promise<Pass> {
  const prepared = await work.prepare(records);
  try {
    collectGarbage();
    return await prepared.run();
  } finally {
    await prepared.clear();
  }
}
