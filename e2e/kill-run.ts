/**
 * Kills `millrace run` processes with SIGKILL again and again, each going on from where the one before was cut off, until one comes to the end; compares what is in the topic and in
 * the file with the numbers that the source makes.
 */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { CLI, dataFolder, millrace, readTopic, removeFolder, startEmpty } from "./millrace.ts";
import { seededRandom } from "./seeded-random.ts";

export interface KillRunReport {
  readonly kills: number;
  /** Runs that were killed after their first output was visible. */
  readonly killedAtWork: number;
  readonly made: number;
  readonly lost: number;
  readonly doubled: number;
}

const RATE = 4_000;

/** Each number is let through the first time it is seen, so that state which disagrees with the rows shows. */
const numbersUpTo = (count: number): PipelineDocument => ({
  formatVersion: 1,
  name: "Numbers",
  nodes: {
    numbers: {
      type: "generator",
      name: "Numbers",
      params: {
        kind: "schema",
        rate: RATE,
        count,
        fields: [
          { name: "n", rule: "sequence" },
          { name: "day", rule: "constant", value: "20210222" },
        ],
      },
    },
    first: { type: "mark-first-seen", name: "First", params: { key: ["n"], value: "day", output: { do: "drop" } } },
    topic: { type: "topic-sink", name: "Topic", params: { topic: "numbers" } },
    file: { type: "file-sink", name: "File", params: { path: "numbers.jsonl" } },
  },
  edges: [
    { from: "numbers.out", to: "first.in" },
    { from: "first.out", to: "topic.in" },
    { from: "first.out", to: "file.in" },
  ],
});

/** `seed` decides when the kills fall, some of them before a run has begun. */
export async function killRuns(kills: number, seed: number): Promise<KillRunReport> {
  const data = dataFolder();
  // Enough that the last run has some left, though each was at work for part of its time only.
  const made = RATE * kills;
  try {
    const file = join(data, "numbers.json");
    writeFileSync(file, JSON.stringify(numbersUpTo(made)));
    const random = seededRandom(seed);
    const written = join(data, "files", "numbers.jsonl");
    let killedAtWork = 0;
    for (let kill = 0; kill < kills; kill++) {
      const before = lengthOf(written);
      await killAfter(random() * 800, kill % 4 === 3, ["run", file, "--data", data, "--resume"]);
      if (lengthOf(written) > before) killedAtWork++;
    }
    const { code, stderr } = await millrace(["run", file, "--data", data, "--resume"]);
    if (code !== 0) throw new Error(`the last run ended with ${code}: ${stderr}`);

    const server = await startEmpty(data);
    const inTopic = (await readTopic(server, "numbers")).map(({ text }) => (JSON.parse(text as string) as { n: number }).n);
    await server.stop();
    const inFile = readFileSync(written, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { n: number }).n);
    let lost = 0;
    let doubled = 0;
    for (const seen of [inTopic, inFile]) {
      const unique = new Set(seen);
      lost += made - unique.size;
      doubled += seen.length - unique.size;
    }
    return { kills, killedAtWork, made, lost, doubled };
  } finally {
    removeFolder(data);
  }
}

/** Ends the process some time after it says that it runs, or, where `atStart`, some time after its start. */
async function killAfter(ms: number, atStart: boolean, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const runs = new Promise<void>((resolve) => child.stderr.on("data", (text: Buffer) => text.includes("Running") && resolve()));
  if (!atStart) await Promise.race([runs, exited]);
  const timer = setTimeout(() => child.kill("SIGKILL"), ms);
  await exited;
  clearTimeout(timer);
}

function lengthOf(file: string): number {
  try {
    return readFileSync(file).length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
