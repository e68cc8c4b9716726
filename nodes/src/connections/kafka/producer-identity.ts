/** The producer's id of who writes outside of transactions: with it and the sequences a broker knows a batch that it gets a second time. */
import { INIT_PRODUCER_ID } from "./apis.ts";
import { check } from "./broker-error.ts";
import type { Cluster } from "./cluster.ts";
import type { Identity } from "./sender.ts";

export interface ProducerIdentity {
  get(): Promise<Identity>;
  /** The next `get` gives another: whether a batch of this one was appended is unknown. */
  renew(): void;
}

export function idempotentIdentity(cluster: Cluster): ProducerIdentity {
  let asked: Promise<Identity> | undefined;
  const renew = () => {
    asked = undefined;
  };
  return {
    get() {
      asked ??= ask(cluster);
      asked.catch(renew);
      return asked;
    },
    renew,
  };
}

async function ask(cluster: Cluster): Promise<Identity> {
  return cluster.persist({ en: "write (IdempotentWrite)", zh: "写入（IdempotentWrite）" }, async () => {
    const response = await (await cluster.anyLink()).call(INIT_PRODUCER_ID, null, 0, -1n, -1);
    check(response.errorCode);
    return { producerId: Number(response.producerId), epoch: response.producerEpoch };
  });
}
