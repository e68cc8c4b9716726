/**
 * A run at a fixed rate for half an hour: whether memory grows, whether anything is lost, and how long a log takes from its post to where others can read it. Memory is the server's anonymous memory,
 * its threads' included. Its slope is that of what is held once garbage was collected (`collect-garbage.ts`), by the line of least squares behind the first minutes, in which caches fill; its peak is with garbage.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openBuiltInTopics } from "@millrace/nodes/connections";
import { deployJob } from "../base-log-job.ts";
import { makeLogs } from "../make-logs.ts";
import { dataFolder, eventually, REPOSITORY, removeFolder, startEmpty } from "../millrace.ts";
import { plainBaseLog } from "../plain-base-log.ts";
import type { Part } from "./verify.ts";

const MINUTES = 30;
const WARM_UP_MINUTES = 5;
const PER_SECOND = 500;
const POST_EVERY_MS = 100;
const SAMPLE_EVERY_MS = 5_000;
/** Garbage is collected at each full minute; by then it has been, in all threads. */
const COLLECTED_MS = 3_000;
const COLLECT = pathToFileURL(join(REPOSITORY, "e2e/long/collect-garbage.ts")).href;
const MOST_MB_PER_MINUTE = 1;
const TOPIC = "dwd_page_log";
const PARTITIONS = 4;

export const soakLong: Part = {
  name: "soak",
  shows: `${MINUTES} minutes of ${PER_SECOND} posted logs a second through BaseLogApp on two subtasks: what it holds does not grow by ${MOST_MB_PER_MINUTE} MB a minute, every log comes out`,
  async run() {
    const data = dataFolder();
    const server = await startEmpty(data, { env: { NODE_OPTIONS: `--import ${COLLECT}` } });
    try {
      await server.api("POST", "/api/topics", { name: TOPIC, partitions: PARTITIONS });
      await deployJob(server, { parallelism: 2 });
      const logs = makeLogs(20_000).filter(isJson);
      const perPost = (PER_SECOND * POST_EVERY_MS) / 1_000;
      const topics = await openBuiltInTopics({ folder: join(data, "topics"), now: Date.now });
      const latencies = new Map<string, number>();
      const waiting = new Map<string, number>();
      let stopped = false;
      const watching = Promise.all(
        Array.from({ length: PARTITIONS }, async (_, partition) => {
          const reader = await topics.openReader(TOPIC, partition, { from: "latest" });
          while (!stopped) {
            const batch = await reader.read(1_000, 100);
            for (let i = 0; i < batch.count; i++) {
              const range = batch.bytes(i);
              const found =
                range && /"mid":"(probe-\d+)"/.exec(Buffer.from(range.bytes.subarray(range.start, range.end)).toString("latin1"))?.[1];
              if (found) latencies.set(found, performance.now() - (waiting.get(found) as number));
            }
          }
          await reader.close();
        }),
      );

      const posted: string[] = [];
      const held: { readonly minute: number; readonly mb: number }[] = [];
      let peak = 0;
      const begun = performance.now();
      let nextSample = 0;
      let lastMinute = Math.floor((Date.now() - COLLECTED_MS) / 60_000);
      for (let tick = 0; performance.now() - begun < MINUTES * 60_000; tick++) {
        const probe = `probe-${tick}`;
        const batch = Array.from({ length: perPost - 1 }, (_, i) => logs[(tick * (perPost - 1) + i) % logs.length] as string);
        batch.push(JSON.stringify({ common: { mid: probe, is_new: "1" }, page: { page_id: "home" }, ts: 1_613_959_200_000 + tick }));
        waiting.set(probe, performance.now());
        const response = await fetch(`${server.origin}/applog`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: `[${batch.join(",")}]`,
        });
        if (!response.ok) throw new Error(`a post was answered with ${response.status}`);
        posted.push(...batch);
        const elapsed = performance.now() - begun;
        const minute = Math.floor((Date.now() - COLLECTED_MS) / 60_000);
        if (minute > lastMinute || elapsed >= nextSample) {
          const mb = anonymousMb(server.process.pid as number);
          peak = Math.max(peak, mb);
          if (minute > lastMinute) held.push({ minute: elapsed / 60_000, mb });
          lastMinute = minute;
          nextSample = elapsed + SAMPLE_EVERY_MS;
        }
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, (tick + 1) * POST_EVERY_MS - (performance.now() - begun))));
      }
      const expected = plainBaseLog(posted, true).pages.length;
      const found = await eventually(
        async () => (await topics.describeTopic(TOPIC))?.partitions.reduce((sum, { latest }) => sum + latest, 0) ?? 0,
        (count) => count >= expected,
        60_000,
      );
      stopped = true;
      await watching;
      await topics.close();
      const measured = held.filter(({ minute }) => minute >= WARM_UP_MINUTES);
      const slope = slopeOf(measured);
      const sorted = [...latencies.values()].sort((a, b) => a - b);
      const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
      const [first, last] = [measured[0], measured.at(-1)].map((one) => Math.round(one?.mb ?? Number.NaN));
      const figures = `${posted.length} logs, ${found} pages of ${expected}; memory held ${slope.toFixed(2)} MB a minute (${first} MB after ${WARM_UP_MINUTES} minutes, ${last} MB at the end), at most ${Math.round(peak)} MB with garbage; from post to readable ${at(0.5)} ms (p50), ${at(0.99)} ms (p99)`;
      if (slope >= MOST_MB_PER_MINUTE || found !== expected) throw new Error(figures);
      return figures;
    } finally {
      await server.stop();
      removeFolder(data);
    }
  },
};

/** One that is not would make its whole post something that is forwarded as it is. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function anonymousMb(pid: number): number {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024;
}

/** Of the line of least squares, in MB a minute. */
function slopeOf(samples: readonly { readonly minute: number; readonly mb: number }[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(samples.map(({ minute }) => minute));
  const y = mean(samples.map(({ mb }) => mb));
  const over = samples.reduce((sum, { minute, mb }) => sum + (minute - x) * (mb - y), 0);
  return over / samples.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
}
