/** Offsets of partitions, as their leaders know them. */
import type { Millis } from "@millrace/engine/node";
import { LIST_OFFSETS } from "./apis.ts";
import { BrokerError, Code, check } from "./broker-error.ts";
import type { Cluster, Topic } from "./cluster.ts";

/** `end`: behind the last record, `committedEnd`: behind the last that readers of committed records may see. */
export type Place = "earliest" | "end" | "committedEnd" | { readonly time: Millis };

const EARLIEST = -2n;
const LATEST = -1n;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;

/** For each of the partitions; -1 for a time that no record has reached. Rejects with what the brokers answer: to be called within `Cluster.persist`. */
export async function offsetsAt(cluster: Cluster, topic: Topic, partitions: readonly number[], place: Place): Promise<Map<number, number>> {
  const timestamp = typeof place === "object" ? BigInt(Math.ceil(place.time)) : place === "earliest" ? EARLIEST : LATEST;
  const isolation = place === "end" ? READ_UNCOMMITTED : READ_COMMITTED;
  const byLeader = Map.groupBy(partitions, (partition) => topic.leaders[partition] ?? -1);
  const found = new Map<number, number>();
  await Promise.all(
    [...byLeader].map(async ([leader, led]) => {
      if (leader < 0) throw new BrokerError(Code.notLeader);
      const link = await cluster.link(leader, "main");
      const response = await link.call(LIST_OFFSETS, -1, isolation, [
        { name: topic.name, partitions: led.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp })) },
      ]);
      for (const { partitionIndex, errorCode, offset } of response.topics.flatMap((one) => one.partitions)) {
        check(errorCode);
        found.set(partitionIndex, Number(offset));
      }
    }),
  );
  return found;
}
