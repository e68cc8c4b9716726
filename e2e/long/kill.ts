import { startKafka, startKafkaCluster } from "@millrace/services/kafka";
import { type KillReport, killAgainAndAgain } from "../kill.ts";
import { killRuns } from "../kill-run.ts";
import type { Part } from "./verify.ts";

const KILLS = 200;
const RUN_KILLS = 30;
const BROKER_KILLS = 30;

export const killLong: Part = {
  name: "kill",
  shows: `kill −9 of the server, ${KILLS} times, while logs are posted and two subtasks run: every posted log once in three topics`,
  run: async () => figuresOf(await killAgainAndAgain({ kills: KILLS, seed: 7, parallelism: 2 })),
};

export const killKafkaLong: Part = {
  name: "kill-kafka",
  shows: `the same with all topics on a Kafka broker, read with read committed by Kafka's own client`,
  async run() {
    const kafka = await startKafka();
    try {
      return figuresOf(await killAgainAndAgain({ kills: KILLS, seed: 17, parallelism: 2, kafka: kafka.bootstrap }));
    } finally {
      await kafka.stop();
    }
  },
};

export const killBrokerLong: Part = {
  name: "kill-broker",
  shows: `kill −9 of one broker of three, ${BROKER_KILLS} times, each back after up to 8 s, while logs are posted to Kafka and two subtasks read and write there: every posted log once in three topics`,
  async run() {
    const brokers = await startKafkaCluster();
    try {
      return figuresOf(await killAgainAndAgain({ kills: BROKER_KILLS, seed: 27, parallelism: 2, kafka: brokers.bootstrap, brokers }));
    } finally {
      await brokers.stop();
    }
  },
};

/** Throws when a row was lost or doubled. */
function figuresOf({ kills, posted, lost, doubled, recoveryMs }: KillReport): string {
  const sorted = [...recoveryMs].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  const recovery = sorted.length === 0 ? "" : `; up again after ${at(0.5)} ms (p50), ${at(0.99)} ms (p99)`;
  const figures = `${kills} kills, ${posted} logs, lost ${lost}, doubled ${doubled}${recovery}`;
  if (lost + doubled > 0) throw new Error(figures);
  return figures;
}

export const killRunLong: Part = {
  name: "kill-run",
  shows: `kill −9 of \`millrace run\`, ${RUN_KILLS} times, each resumed by the next: every number once in a topic and in a file`,
  async run() {
    const { kills, killedAtWork, made, lost, doubled } = await killRuns(RUN_KILLS, 11);
    const figures = `${kills} kills, ${killedAtWork} of them while rows were written, ${made} rows, lost ${lost}, doubled ${doubled}`;
    if (lost + doubled > 0) throw new Error(figures);
    return figures;
  },
};
