/**
 * Five million buffered rows in keyed state, as a window or a join would hold them: `node large-state-run.ts keys|lists ROWS BUDGET_MB PART`. Each row has a timer at which it is taken out again, and that part of
 * them is; checkpoints are written meanwhile. Prints what it cost, and that these rows came back.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyedBackend, type SnapshotEntry } from "@millrace/engine/run";
import type { DataType, Value } from "@millrace/engine/schema";
import { openSpillFolder } from "../src/run-host/spill-folder.ts";
import { StateFileWriter } from "../src/run-host/state-writer.ts";
import { makeRowsYoung } from "../src/young-rows.ts";
import { anonymousMemoryMb } from "./memory.ts";

// As the command line does.
makeRowsYoung();

const [shape = "keys", rowsText = "5000000", budgetText = "128", partText = "1"] = process.argv.slice(2);
const rows = Number(rowsText);
/** Rows of one list. */
const PER_LIST = 100;
const CHECKPOINT_EVERY = 1_000_000;
const LOOK_EVERY = 10_000;

const ROW: DataType = {
  type: "ROW",
  fields: [
    { name: "id", dataType: { type: "BIGINT" } },
    { name: "page", dataType: { type: "STRING" } },
    { name: "text", dataType: { type: "STRING" } },
  ],
};
/** About 100 bytes as JSON. */
const rowOf = (id: number): Value => ({ id, page: `page_${id % 100}`, text: `${id}`.padStart(50, "order detail ") });

const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
const spill = openSpillFolder(join(folder, "spill"));
const backend = new KeyedBackend([{ type: "STRING" }], () => 0, spill.optionsFor("n", Number(budgetText) * 2 ** 20));
const value = backend.value("row", ROW);
const list = backend.list("rows", ROW);
const writer = new StateFileWriter({ folder: join(folder, "state"), pipelineId: "p", runId: "r", subtask: 0, log: console.error });

let most = 0;
let slowest = 0;
let checkpoints = 0;
const look = () => {
  most = Math.max(most, anonymousMemoryMb());
};
async function checkpoint(): Promise<void> {
  const begun = performance.now();
  const full = writer.nextFull;
  const written = writer.append(++checkpoints, full, entries(full));
  slowest = Math.max(slowest, performance.now() - begun);
  await written;
}
function* entries(full: boolean): Iterable<SnapshotEntry> {
  for (const key of backend.snapshot(full)) yield { node: "n", key };
}

const lists = Math.ceil(rows / PER_LIST);
/** Of a row's list: rows of a list come far from each other. */
const keyOf = (i: number) => (i * 7_919) % lists;

const idle = anonymousMemoryMb();
const cpu = process.cpuUsage();
const begun = performance.now();
await checkpoint();
for (let i = 0; i < rows; i++) {
  if (shape === "keys") {
    backend.select([`order_${i}`]);
    value.set(rowOf(i));
    backend.atEventTime(i);
  } else {
    const key = keyOf(i);
    backend.select([`user_${key}`]);
    list.add(rowOf(i));
    backend.atEventTime(key);
  }
  if (i % LOOK_EVERY === 0) look();
  if (i % CHECKPOINT_EVERY === CHECKPOINT_EVERY - 1) await checkpoint();
}
await checkpoint();
await writer.folded();
look();
const held = backend.usage();
const putSeconds = (performance.now() - begun) / 1000;
const putCpu = process.cpuUsage(cpu);

let [back, sum] = [0, 0];
const takingSince = performance.now();
const until = Math.floor((shape === "keys" ? rows : lists) * Number(partText));
for (let from = 0; from < until; from += LOOK_EVERY) {
  const watermark = Math.min(from + LOOK_EVERY, until) - 1;
  backend.fireEventTimers(watermark, () => {
    const found = shape === "keys" ? [value.get()] : list.get();
    for (const row of found) {
      back++;
      sum += (row as { id: number }).id;
    }
    value.clear();
    list.clear();
  });
  look();
  if (from % CHECKPOINT_EVERY === 0) await checkpoint();
}
backend.select(["nobody"]);
await checkpoint();
const { user, system } = process.cpuUsage(cpu);
let [due, dueSum] = [0, 0];
for (let i = 0; i < rows; i++) {
  if ((shape === "keys" ? i : keyOf(i)) >= until) continue;
  due++;
  dueSum += i;
}
const left = (shape === "keys" ? rows : lists) - until;
if (back !== due || sum !== dueSum || backend.usage().keys !== left)
  throw new Error(`${back} of ${due} rows came back, sum ${sum}; ${backend.usage().keys} of ${left} keys are left`);
await writer.close();
await spill.close();
await rm(folder, { recursive: true, force: true });
console.log(
  JSON.stringify({
    anonymousMemoryMb: Math.round(most),
    idleMb: Math.round(idle),
    putSeconds: Math.round(putSeconds * 10) / 10,
    takeSeconds: Math.round(performance.now() - takingSince) / 1000,
    putCpuSeconds: (putCpu.user + putCpu.system) / 1e6,
    cpuSeconds: (user + system) / 1e6,
    spilledMb: Math.round(held.spilledBytes / 2 ** 20),
    estimatedMemoryMb: Math.round(held.memoryBytes / 2 ** 20),
    slowestSnapshotMs: Math.round(slowest),
  }),
);
