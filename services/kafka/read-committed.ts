/**
 * A witness that shares no code with Millrace's client: the Java consumer of the broker's own jars, with read committed. JavaScript's clients show records of aborted
 * transactions too.
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

/** All committed records of the topics, from their beginning to their present end, in order within each partition. */
export async function readCommitted(bootstrap: string, topics: readonly string[]): Promise<CommittedRecord[]> {
  const source = fileURLToPath(new URL("./ReadCommitted.java", import.meta.url));
  const java = spawn("java", ["-XX:TieredStopAtLevel=1", "-cp", join(await kafkaJars(), "*"), source, bootstrap, ...topics]);
  let errors = "";
  java.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => java.once("close", resolve).once("error", reject));
  const records: CommittedRecord[] = [];
  for await (const line of createInterface({ input: java.stdout })) records.push(parse(line));
  const code = await ended;
  if (code !== 0) throw new Error(`the Java consumer ended with ${code}: ${errors}`);
  return records;
}

function parse(line: string): CommittedRecord {
  const [topic = "", partition, offset, time, key = "-", value = "-"] = line.split("\t");
  const bytes = (text: string) => (text === "-" ? null : Buffer.from(text, "base64"));
  return { topic, partition: Number(partition), offset: Number(offset), time: Number(time), key: bytes(key), value: bytes(value) };
}
