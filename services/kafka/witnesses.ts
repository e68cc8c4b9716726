/**
 * Witnesses that share no code with Millrace's client: the Java consumer of the broker's own jars, with read committed (JavaScript's clients show records of aborted
 * transactions too), and the Java producer, which knows all compressions.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { kafkaJars } from "./jars.ts";

export interface CommittedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly time: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** Has the Java producer write `count` records to partition 0; see `WriteRecords.java` for what they are. */
export async function writeRecords(bootstrap: string, topic: string, compression: string, count: number): Promise<void> {
  for await (const line of runJava("WriteRecords.java", bootstrap, topic, compression, String(count)))
    throw new Error(`unexpected output: ${line}`);
}

/** All committed records of the topics, from their beginning to their present end, in order within each partition. */
export async function readCommitted(bootstrap: string, topics: readonly string[]): Promise<CommittedRecord[]> {
  const records: CommittedRecord[] = [];
  for await (const line of runJava("ReadCommitted.java", bootstrap, ...topics)) records.push(parse(line));
  return records;
}

/** The lines that it prints; throws when it fails. */
async function* runJava(source: string, ...args: readonly string[]): AsyncGenerator<string> {
  const file = fileURLToPath(new URL(source, import.meta.url));
  const java = spawn("java", ["-XX:TieredStopAtLevel=1", "-cp", join(await kafkaJars(), "*"), file, ...args]);
  let errors = "";
  java.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => java.once("close", resolve).once("error", reject));
  yield* createInterface({ input: java.stdout });
  const code = await ended;
  if (code !== 0) throw new Error(`${source} ended with ${code}: ${errors}`);
}

function parse(line: string): CommittedRecord {
  const [topic = "", partition, offset, time, key = "-", value = "-"] = line.split("\t");
  const bytes = (text: string) => (text === "-" ? null : Buffer.from(text, "base64"));
  return { topic, partition: Number(partition), offset: Number(offset), time: Number(time), key: bytes(key), value: bytes(value) };
}
