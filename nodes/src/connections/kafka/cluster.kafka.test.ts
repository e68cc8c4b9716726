/** A cluster of three brokers, each of which is killed while rows are read, written and committed: leaders and coordinators move to the others. */
import type { Prepared, TopicLog, TopicReader, TransactionalWriter } from "@millrace/engine/node";
import { type KafkaCluster, readCommitted, startKafkaCluster } from "@millrace/services/kafka";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openForTest } from "./testing/open.ts";
import { range, record, textOf } from "./testing/records.ts";

const PARTITIONS = 6;
const PER_CHECKPOINT = 120;

let cluster: KafkaCluster;
let log: TopicLog;
beforeAll(async () => {
  cluster = await startKafkaCluster();
  log = await openForTest({ brokers: cluster.bootstrap });
}, 240_000);
afterAll(async () => {
  await log?.close();
  await cluster?.stop();
});

/** What a run keeps: how far it has read, and what it prepared for the same moment. */
interface Checkpoint {
  readonly offsets: readonly number[];
  readonly prepared: Prepared | undefined;
}

/** Copies "in" to "out" as a run does: what fails begins again at the last checkpoint, which it completes first. */
async function copyWhile(goesOn: (copied: number) => boolean): Promise<void> {
  let checkpoint: Checkpoint = { offsets: range(PARTITIONS).map(() => 0), prepared: undefined };
  for (let failures = 0; ; failures++) {
    let readers: TopicReader[] = [];
    let writer: TransactionalWriter | undefined;
    try {
      if (checkpoint.prepared) await log.commitPrepared([checkpoint.prepared], undefined);
      writer = await log.openTransactionalWriter("copier");
      readers = await Promise.all(
        checkpoint.offsets.map((offset, partition) => log.openReader("in", partition, { from: "offset", offset })),
      );
      while (goesOn(sumOf(checkpoint.offsets))) {
        let copied = 0;
        for (const [partition, reader] of readers.entries()) {
          const batch = await reader.read(PER_CHECKPOINT / PARTITIONS, 20);
          for (const i of range(batch.count)) writer.write("out", record(textOf(batch, i) as string, { partition }));
          copied += batch.count;
        }
        if (copied === 0) continue;
        const offsets = readers.map(({ offset }) => offset);
        checkpoint = { offsets, prepared: await writer.prepare(sumOf(offsets)) };
        await log.commitPrepared([checkpoint.prepared as Prepared], undefined);
      }
      return;
    } catch (error) {
      if (failures === 10) throw error;
    } finally {
      await Promise.allSettled([...readers.map((reader) => reader.close()), writer?.close()]);
    }
  }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

it("loses and doubles nothing while each broker in turn is killed and comes back", { timeout: 300_000 }, async () => {
  for (const topic of ["in", "out"]) await log.createTopic(topic, { partitions: PARTITIONS });
  let appended = 0;
  let copied = 0;
  let isOver = false;
  const appending = (async () => {
    for (; !isOver; appended += PER_CHECKPOINT) {
      const numbers = range(PER_CHECKPOINT).map((i) => appended + i);
      await log.append(
        "in",
        numbers.map((n) => record(`${n}`, { partition: n % PARTITIONS })),
      );
      // Never far ahead, so that what is read is as new as what is written.
      while (appended - copied > 10 * PER_CHECKPOINT) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  const copying = copyWhile((count) => {
    copied = count;
    return !isOver || copied < appended;
  });
  const goOn = async () => {
    const before = copied;
    await expect.poll(() => copied, { timeout: 100_000 }).toBeGreaterThan(before + 5 * PER_CHECKPOINT);
  };
  for (const broker of [1, 2, 3]) {
    await goOn();
    await cluster.kill(broker);
    // Two of three do.
    await goOn();
    await cluster.restart(broker);
  }
  isOver = true;
  await appending;
  await copying;
  const found = new Map<number, number[]>();
  for (const { partition, value } of await readCommitted(cluster.bootstrap, ["out"]))
    found.set(partition, [...(found.get(partition) ?? []), Number(value)]);
  for (const partition of range(PARTITIONS))
    expect(found.get(partition), `partition ${partition}`).toEqual(range(appended).filter((n) => n % PARTITIONS === partition));
});
