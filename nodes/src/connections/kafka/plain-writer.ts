/** Writes whose records are visible as soon as the brokers have them, without a transaction: after a crash those since the last checkpoint are written again. */
import type { Millis, TransactionalWriter } from "@millrace/engine/node";
import { ConnectionError } from "../connection-error.ts";
import type { Cluster } from "./cluster.ts";
import { Part } from "./part.ts";
import { idempotentIdentity } from "./producer-identity.ts";
import { createSender } from "./sender.ts";
import { BatchMemory } from "./staging.ts";
import type { Targets } from "./targets.ts";

export function openPlainWriter(cluster: Cluster, name: string, targets: Targets, now: () => Millis): TransactionalWriter {
  const purpose = `write ${name}`;
  const memory = new BatchMemory();
  const identity = idempotentIdentity(cluster);
  const sender = createSender(cluster, { purpose, transactionalId: null, identity: identity.get });
  let failure: { readonly error: unknown } | undefined;
  let part = newPart();

  function newPart(): Part {
    const onFailure = (error: unknown) => {
      failure ??= { error };
    };
    return new Part({ sender, targets, memory, now, onFailure });
  }

  return {
    write(topic, record) {
      if (failure) throw failure.error;
      part.write(topic, record);
    },
    get stagedBytes() {
      return part.bytes;
    },
    async prepare() {
      const done = part;
      targets.refresh();
      part = newPart();
      await done.acknowledged().catch(() => undefined);
      if (failure) throw failure.error;
      // There is nothing to commit.
      return {};
    },
    async abort() {
      part.giveUp();
      part = newPart();
    },
    async close() {
      part.giveUp();
      await sender.stop(new ConnectionError("kafka.given-up", { en: "What was written was given up.", zh: "已放弃写入的内容。" }));
      await cluster.release(purpose);
    },
  };
}
