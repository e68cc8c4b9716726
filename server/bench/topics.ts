/** The built-in topics alone: page logs written through a transaction and committed as a run does, then read back record by record. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBuiltInTopics } from "@millrace/nodes/connections";
import { cpuSecondsSince } from "./cpu.ts";
import type { Work } from "./main.ts";
import type { Records } from "./page-logs.ts";

const TOPIC = "page_log";
const PARTITIONS = 4;
const DEVICES = 1_000;
/** What a run writes in 200 ms. */
const PER_COMMIT = 50_000;
/** What a run reads at a time. */
const PER_READ = 2_000;

export const topics: Work = {
  name: "topics",
  async prepare(records) {
    const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
    const log = await openBuiltInTopics({ folder, now: Date.now });
    await log.createTopic(TOPIC, { partitions: PARTITIONS });
    // A sink remembers its keys' bytes.
    const keys = Array.from({ length: DEVICES }, (_, i) => Buffer.from(`mid_${i}`));

    async function write({ bytes, starts, ends, count }: Records): Promise<void> {
      const writer = await log.openTransactionalWriter("bench/topics/0");
      for (let i = 0; i < count; ) {
        const end = Math.min(count, i + PER_COMMIT);
        for (; i < end; i++)
          writer.write(TOPIC, {
            value: { bytes, start: starts[i] as number, end: ends[i] as number },
            key: keys[i % DEVICES] as Buffer,
            time: i,
          });
        await log.commitPrepared([await writer.prepare(i)], undefined);
      }
      await writer.close();
    }

    async function read(): Promise<{ count: number; bytes: number }> {
      const found = { count: 0, bytes: 0 };
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const reader = await log.openReader(TOPIC, partition, { from: "earliest" });
        for (;;) {
          const batch = await reader.read(PER_READ, 0);
          if (batch.count === 0) break;
          for (let i = 0; i < batch.count; i++) {
            const value = batch.bytes(i);
            if (value !== null && Number.isFinite(batch.time(i))) found.bytes += value.end - value.start;
          }
          found.count += batch.count;
        }
        await reader.close();
      }
      return found;
    }

    return {
      async run() {
        const begun = performance.now();
        const before = process.cpuUsage();
        await write(records);
        const writing = cpuSecondsSince(before);
        const between = process.cpuUsage();
        const { count } = await read();
        const reading = cpuSecondsSince(between);
        if (count !== records.count) throw new Error(`${count} records were read of ${records.count}`);
        const micros = (seconds: number) => (seconds / records.count) * 1_000_000;
        return {
          recordsOut: count,
          cpuSeconds: writing + reading,
          wallSeconds: (performance.now() - begun) / 1000,
          own: { writeMicrosPerRecord: micros(writing), readMicrosPerRecord: micros(reading) },
        };
      },
      async clear() {
        await log.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};
