/** Runs jobs as processes of their own, each again and again until it has come to its end, while some of them, or the built-in ClickHouse beside them, are killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { CLI, REPOSITORY } from "../millrace.ts";

export interface Processes {
  readonly data: string;
  /** The time zone of the processes. */
  readonly zone: string;
  readonly all: Set<ChildProcess>;
  /** Those that are at work: before, there is nothing that a kill could disturb. */
  readonly running: Set<ChildProcess>;
  /** Nothing is started any more. */
  isOver: boolean;
}

/** Resolves when the job has read everything; rejects when it ends in another way than by a kill. */
export async function runToEnd(document: PipelineDocument, processes: Processes): Promise<void> {
  const file = join(processes.data, `${document.name}.json`);
  writeFileSync(file, JSON.stringify(document));
  for (;;) {
    const { signal, code, printed } = await runOnce(file, processes);
    if (code === 0 || processes.isOver) return;
    if (signal !== "SIGKILL") throw new Error(`${document.name} ended with ${code ?? signal}:\n${printed}`);
  }
}

function runOnce(file: string, { data, zone, all, running }: Processes) {
  const child = spawn(process.execPath, [CLI, "run", file, "--data", data, "--resume"], {
    cwd: REPOSITORY,
    env: { ...process.env, TZ: zone },
    stdio: ["ignore", "pipe", "pipe"],
  });
  all.add(child);
  let printed = "";
  const read = (chunk: Buffer) => {
    printed += chunk.toString("utf8");
    if (printed.includes("Running")) running.add(child);
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  return new Promise<{ code: number | null; signal: NodeJS.Signals | null; printed: string }>((resolve) =>
    child.once("close", (code, signal) => {
      all.delete(child);
      running.delete(child);
      resolve({ code, signal, printed });
    }),
  );
}

/** Kills one of the processes at work, chosen by `random`: a job's, or ClickHouse's. False when none is. */
export function killOne({ data, running }: Processes, random: () => number): "job" | "clickhouse" | undefined {
  const jobs = [...running];
  const clickHouse = clickHousePid(data);
  const chosen = Math.floor(random() * (jobs.length + (clickHouse === undefined ? 0 : 1)));
  const job = jobs[chosen];
  if (job !== undefined) {
    running.delete(job);
    return job.kill("SIGKILL") ? "job" : undefined;
  }
  return clickHouse !== undefined && killed(clickHouse) ? "clickhouse" : undefined;
}

function clickHousePid(data: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(join(data, "clickhouse", "door.json"), "utf8")) as { pid: number }).pid;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function killed(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
