/**
 * `pnpm bench [NAME …] [--records N] [--json]`: CPU of real runs against a floor measured in the same process, interleaved, median of five. What is published are
 * the ratios. The floor is `JSON.parse` on every record of the input and nothing else. Memory is anonymous memory.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { baseLog } from "./base-log.ts";
import { cpuSecondsSince } from "./cpu.ts";
import { pageLogs, type Records } from "./page-logs.ts";

/** One measured pass. */
export interface Pass {
  readonly recordsOut: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

export interface Work {
  readonly name: string;
  /** Prepares outside of the measurement and returns what is measured; each call begins from nothing. */
  readonly prepare: (records: Records) => Promise<{ run(): Promise<Pass>; clear(): Promise<void> }>;
}

const works: readonly Work[] = [baseLog];
const PASSES = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { records: { type: "string", default: "1000000" }, json: { type: "boolean", default: false } },
});
const count = Number(values.records);
const unknown = positionals.filter((name) => !works.some((work) => work.name === name));
if (unknown.length > 0 || !Number.isSafeInteger(count) || count < 1) {
  console.error(
    unknown.length > 0
      ? `There is no benchmark ${unknown.join(", ")}; there are ${works.map(({ name }) => name).join(", ")}.`
      : `--records wants a whole number above zero, got ${JSON.stringify(values.records)}.`,
  );
  process.exit(1);
}

const records = pageLogs(count);
for (const work of works.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const passes: Pass[] = [];
  const floors: number[] = [];
  let memory = 0;
  for (let pass = 0; pass <= PASSES; pass++) {
    const floor = floorOf(records);
    const prepared = await work.prepare(records);
    const measured = await prepared.run();
    memory = Math.max(memory, anonymousMemoryMb());
    await prepared.clear();
    if (pass === 0) continue; // warm-up
    floors.push(floor);
    passes.push(measured);
  }
  report(work.name, passes, floors, memory);
}

function floorOf({ bytes, starts, ends, count: n }: Records): number {
  const before = process.cpuUsage();
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (JSON.parse(bytes.toString("utf8", starts[i], ends[i])) as { ts: number }).ts;
  if (!Number.isFinite(sum)) throw new Error("the input has records without ts");
  return cpuSecondsSince(before);
}

function report(work: string, passes: readonly Pass[], floors: readonly number[], anonymousMemoryMb: number): void {
  const recordsOut = passes[0]?.recordsOut ?? 0;
  const perMillion = (seconds: number, n: number) => (seconds / n) * 1_000_000;
  const cpuSecondsPerMillion = median(passes.map((pass) => perMillion(pass.cpuSeconds, count + recordsOut)));
  const floorCpuSecondsPerMillion = median(floors.map((seconds) => perMillion(seconds, count)));
  const recordsPerSecond = median(passes.map((pass) => count / pass.wallSeconds));
  const result = {
    work,
    records: count,
    recordsOut,
    recordsPerSecond: Math.round(recordsPerSecond),
    cpuSecondsPerMillion: round(cpuSecondsPerMillion),
    floorCpuSecondsPerMillion: round(floorCpuSecondsPerMillion),
    ratio: round(cpuSecondsPerMillion / floorCpuSecondsPerMillion),
    anonymousMemoryMb: Math.round(anonymousMemoryMb),
  };
  if (values.json) console.log(JSON.stringify(result));
  else
    console.log(
      `${work}: ${result.ratio} of the floor (${result.cpuSecondsPerMillion} CPU s per million records in and out, JSON.parse ${result.floorCpuSecondsPerMillion}); ${result.recordsPerSecond} records/s in, ${recordsOut} out, ${result.anonymousMemoryMb} MB anonymous`,
    );
}

function anonymousMemoryMb(): number {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return process.memoryUsage().heapTotal / (1 << 20); // Not Linux: the closest there is.
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
