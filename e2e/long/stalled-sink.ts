/**
 * Back-pressure on a real run: its sink does not answer for a while, in the middle of an input that is many times what the run may hold. The source must
 * stop being read and memory must not grow; then the run must go on and lose nothing.
 */

import { fork } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { dataFolder, eventually, removeFolder } from "../millrace.ts";
import type { ToParent } from "./stalled-run.ts";
import type { Part } from "./verify.ts";

const RECORDS = 2_000_000;
/** About 1 KB a record: 2 GB in all. */
const PAD = "x".repeat(1_000);
const STALL_MS = 25_000;
/** The run may hold what its sink stages (16 MB), a block of the source, and the engine itself. */
const MOST_ANONYMOUS_MB = 250;
/** A stalled run allocates nothing but its own reports. */
const MOST_GROWTH_MB = 16;

export const stalledSinkLong: Part = {
  name: "stalled-sink",
  shows: `a run from a 2 GB file whose sink does not answer for ${STALL_MS / 1000} s: the source is not read further, anonymous memory stays flat; then it goes on to the end`,
  async run() {
    const folder = dataFolder();
    try {
      await writeInput(join(folder, "input.jsonl"));
      return await stall(folder);
    } finally {
      removeFolder(folder);
    }
  },
};

async function stall(folder: string): Promise<string> {
  const child = fork(fileURLToPath(new URL("stalled-run.ts", import.meta.url)), [folder, "input.jsonl", "output.jsonl"]);
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  try {
    let read = 0;
    let waiting = false;
    let ended: string | undefined;
    child.on("message", (message: ToParent) => {
      if (message.type === "ended") ended = message.how;
      else ({ records: read, waiting } = message);
    });
    const anonymous = () => anonymousMb(child.pid as number);

    await eventually(
      async () => read,
      (count) => count > RECORDS / 10,
      60_000,
    );
    const flowing = anonymous();
    child.send("stall");
    await eventually(
      async () => waiting && quiet(() => read),
      (still) => still === true,
    );
    const readAtStall = read;
    if (readAtStall >= RECORDS / 2) throw new Error(`the sink stalled too late: ${readAtStall} of ${RECORDS} records were read`);
    const samples = [anonymous()];
    const begun = Date.now();
    while (Date.now() - begun < STALL_MS) {
      // The sampling interval of the memory curve: time passing is what is measured here.
      await new Promise((resolve) => setTimeout(resolve, 250));
      samples.push(anonymous());
    }
    const readWhileStalled = read - readAtStall;
    child.send("go on");
    const code = await exited;
    const { lines, sum } = await summary(join(folder, "output.jsonl"));

    const most = Math.max(...samples);
    const grown = most - (samples[0] as number);
    const figures = [
      `${readAtStall} of ${RECORDS} records read when it stalled, ${readWhileStalled} more in ${STALL_MS / 1000} s`,
      `anonymous memory ${flowing} MB before, ${samples[0]} to ${most} MB while stalled`,
      `then ended "${ended}" with ${lines} lines written, lost ${RECORDS - lines}`,
    ].join("; ");
    const isSound =
      code === 0 &&
      ended === "finished" &&
      readWhileStalled === 0 &&
      lines === RECORDS &&
      sum === (RECORDS * (RECORDS - 1)) / 2 &&
      most <= MOST_ANONYMOUS_MB &&
      grown <= MOST_GROWTH_MB;
    if (!isSound) throw new Error(`${figures} (exit ${code})`);
    return figures;
  } finally {
    child.kill("SIGKILL");
  }
}

/** True when the count did not move over several of the child's reports. */
async function quiet(count: () => number): Promise<boolean> {
  const before = count();
  // Longer than the child's interval between reports; that nothing comes can only be seen by waiting.
  await new Promise((resolve) => setTimeout(resolve, 500));
  return count() === before;
}

async function writeInput(file: string): Promise<void> {
  const out = createWriteStream(file);
  for (let id = 0; id < RECORDS; ) {
    const lines: string[] = [];
    for (const end = Math.min(id + 5_000, RECORDS); id < end; id++) lines.push(`{"id":${id},"pad":"${PAD}"}\n`);
    if (!out.write(lines.join(""))) await once(out, "drain");
  }
  out.end();
  await finished(out);
}

async function summary(file: string): Promise<{ lines: number; sum: number }> {
  let lines = 0;
  let sum = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    lines++;
    sum += (JSON.parse(line) as { id: number }).id;
  }
  return { lines, sum };
}

/** Memory that is the process's own, without files that the system keeps in memory for it. */
function anonymousMb(pid: number): number {
  const found = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  if (!found) throw new Error(`/proc/${pid}/status has no RssAnon; this part needs Linux`);
  return Math.round(Number(found[1]) / 1024);
}
