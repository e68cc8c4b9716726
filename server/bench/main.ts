/**
 * `pnpm bench [NAME …] [--records N] [--json]`: CPU of real runs against a floor measured in the same process, interleaved, median of five. What is published are
 * the ratios. The floor is `JSON.parse` on every record of the input and nothing else. Memory is anonymous memory.
 */
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { parseArgs } from "node:util";
import { keepFreedMemory } from "../src/keep-freed-memory.ts";
import { makeRowsYoung } from "../src/young-rows.ts";
import { baseLogWork } from "./base-log.ts";
import { busyServer } from "./busy-server.ts";
import { cpuSecondsSince } from "./cpu.ts";
import { expressions } from "./expressions.ts";
import { firstRow } from "./first-row.ts";
import { collectGarbage } from "./garbage.ts";
import { idleMemory } from "./idle-memory.ts";
import { kafkaWorks, stopBroker } from "./kafka-works.ts";
import { largeState, largeStateLists } from "./large-state.ts";
import { anonymousMemoryMb } from "./memory.ts";
import { pageLogs, type Records } from "./page-logs.ts";
import { previews } from "./previews.ts";
import { topics } from "./topics.ts";
import { twoWorkers } from "./two-workers.ts";
import { upgradePause } from "./upgrade-pause.ts";
import { w1Work } from "./w1.ts";
import { w2Work } from "./w2.ts";
import { w3 } from "./w3.ts";
import { w4 } from "./w4.ts";
import { w5, w5Keys } from "./w5.ts";
import { warehouse } from "./warehouse.ts";

/** One measured pass. */
export interface Pass {
  readonly recordsOut: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** The part behind the run's first checkpoint, where a work tells it. */
  readonly steady?: { readonly records: number; readonly cpuSeconds: number; readonly wallSeconds: number };
  /** What else the work measures, by name with its unit. */
  readonly own?: Readonly<Record<string, number>>;
}

export interface Work {
  readonly name: string;
  /** CPU is divided by the records that are read, not by those in and out together. */
  readonly perRecordIn?: true;
  /** What it reads, where that is not page logs; the floor is measured on the same. */
  readonly input?: (count: number) => Records;
  /** How many records it reads, where that is not for `--records` to say. */
  readonly records?: number;
  /** How many it reads unless `--records` says otherwise, where a million are too few. */
  readonly usualRecords?: number;
  /** Own figures of which the best pass counts, not the middle one. */
  readonly best?: Readonly<Record<string, "lowest" | "highest">>;
  /** Measured passes, where one warm-up and five are not needed. */
  readonly passes?: number;
  /** Prepares outside of the measurement and returns what is measured; each call begins from nothing. */
  readonly prepare: (records: Records) => Promise<{
    run(): Promise<Pass>;
    /** CPU seconds of another floor than `JSON.parse`. */
    floor?(): Promise<number>;
    clear(): Promise<void>;
  }>;
}

// As the command line does.
keepFreedMemory();
makeRowsYoung();

const works: readonly Work[] = [
  w1Work("w1", 1),
  w2Work(),
  w3,
  w4,
  w5,
  w5Keys,
  baseLogWork("base-log", 1),
  ...kafkaWorks,
  topics,
  ...twoWorkers,
  firstRow,
  idleMemory,
  warehouse,
  largeState,
  largeStateLists,
  previews,
  upgradePause,
  busyServer,
  expressions,
];
const PASSES = 5;
const USUAL_RECORDS = 1_000_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { records: { type: "string" }, json: { type: "boolean", default: false } },
});
const asked = values.records === undefined ? undefined : Number(values.records);
const unknown = positionals.filter((name) => !works.some((work) => work.name === name));
if (unknown.length > 0 || (asked !== undefined && !(Number.isSafeInteger(asked) && asked > 0))) {
  console.error(
    unknown.length > 0
      ? `There is no benchmark ${unknown.join(", ")}; there are ${works.map(({ name }) => name).join(", ")}.`
      : `--records wants a whole number above zero, got ${JSON.stringify(values.records)}.`,
  );
  process.exit(1);
}

// As the command line does; runs' threads look into the environment.
enableCompileCache();
const cache = getCompileCacheDir();
if (cache) process.env.NODE_COMPILE_CACHE ??= cache;

for (const work of works.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const records = (work.input ?? pageLogs)(work.records ?? asked ?? work.usualRecords ?? USUAL_RECORDS);
  const last = work.passes ?? PASSES;
  const passes: Pass[] = [];
  const floors: number[] = [];
  let memory = 0;
  for (let pass = last > 1 ? 0 : 1; pass <= last; pass++) {
    const prepared = await work.prepare(records);
    collectGarbage();
    const floor = prepared.floor ? await prepared.floor() : floorOf(records);
    collectGarbage();
    const measured = await prepared.run();
    memory = Math.max(memory, anonymousMemoryMb());
    await prepared.clear();
    if (pass === 0) continue; // warm-up
    floors.push(floor);
    passes.push(measured);
  }
  report(work, records.count, passes, floors, memory);
}
await stopBroker();

function floorOf({ bytes, starts, ends, count: n }: Records): number {
  const before = process.cpuUsage();
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (JSON.parse(bytes.toString("utf8", starts[i], ends[i])) as { ts: number }).ts;
  if (!Number.isFinite(sum)) throw new Error("the input has records without ts");
  return cpuSecondsSince(before);
}

function report(
  { name, perRecordIn, best = {} }: Work,
  count: number,
  passes: readonly Pass[],
  floors: readonly number[],
  memoryMb: number,
): void {
  const recordsOut = passes[0]?.recordsOut ?? 0;
  const perMillion = (seconds: number, n: number) => (seconds / n) * 1_000_000;
  const cpuSecondsPerMillion = median(passes.map((pass) => perMillion(pass.cpuSeconds, perRecordIn ? count : count + recordsOut)));
  const floorCpuSecondsPerMillion = median(floors.map((seconds) => perMillion(seconds, count)));
  const recordsPerSecond = median(passes.map((pass) => count / pass.wallSeconds));
  const own = Object.fromEntries(
    Object.keys(passes[0]?.own ?? {}).map((figure) => {
      const all = passes.map((pass) => pass.own?.[figure] ?? Number.NaN);
      return [figure, round(best[figure] === "lowest" ? Math.min(...all) : best[figure] === "highest" ? Math.max(...all) : median(all))];
    }),
  );
  const result = {
    work: name,
    records: count,
    recordsOut,
    recordsPerSecond: Math.round(recordsPerSecond),
    cpuSecondsPerMillion: round(cpuSecondsPerMillion),
    floorCpuSecondsPerMillion: round(floorCpuSecondsPerMillion),
    ratio: round(cpuSecondsPerMillion / floorCpuSecondsPerMillion),
    anonymousMemoryMb: Math.round(memoryMb),
    ...own,
  };
  const ownWords = Object.entries(own)
    .map(([figure, value]) => `${figure} ${value}`)
    .join(", ");
  if (values.json) console.log(JSON.stringify(result));
  else if (count === 0) console.log(`${name}: ${ownWords}; ${result.anonymousMemoryMb} MB anonymous here`);
  else
    console.log(
      `${name}: ${result.ratio} of the floor (${result.cpuSecondsPerMillion} CPU s per million records ${perRecordIn ? "in" : "in and out"}, floor ${result.floorCpuSecondsPerMillion}); ${result.recordsPerSecond} records/s in, ${recordsOut} out, ${result.anonymousMemoryMb} MB anonymous${ownWords && `; ${ownWords}`}`,
    );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
