/**
 * Drives a real server with a running pipeline and posts of logs into a full disk, looks whether it says so and still answers, gives it room, and compares what is in the topics
 * with what was made and what was posted.
 */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { eventually, type Millrace, readTopic, startEmpty } from "./millrace.ts";

export interface Disk {
  readonly data: string;
  /** Of the server. */
  readonly env?: Readonly<Record<string, string>>;
  /** Takes the last byte, as another program would; absent where that cannot be done. */
  fillUp?(): void;
  /** Makes room. */
  free(): void;
}

export interface FullDiskReport {
  /** What the run said, in both languages. */
  readonly failure: { readonly en: string; readonly zh: string };
  /** What somebody was told whose log could not be kept. */
  readonly refusal: string;
  /** While it was full. */
  readonly answers: Readonly<Record<string, number>>;
  /** What somebody was told who made a pipeline when not a byte was free; absent where that cannot be done. */
  readonly notStored?: string;
  readonly made: number;
  readonly posted: number;
  readonly lost: number;
  readonly doubled: number;
}

/** Numbers in order, each let through the first time it is seen: rows, positions and state must agree for each to come out once. */
const numbers: PipelineDocument = {
  formatVersion: 1,
  name: "Numbers",
  nodes: {
    numbers: {
      type: "generator",
      name: "Numbers",
      params: {
        kind: "schema",
        rate: 1_000,
        fields: [
          { name: "n", rule: "sequence" },
          { name: "day", rule: "constant", value: "20210222" },
          { name: "pad", rule: "constant", value: "x".repeat(3_000) },
        ],
      },
    },
    first: { type: "mark-first-seen", name: "First", params: { key: ["n"], value: "day", output: { do: "drop" } } },
    out: { type: "topic-sink", name: "Out", params: { topic: "numbers" } },
  },
  edges: [
    { from: "numbers.out", to: "first.in" },
    { from: "first.out", to: "out.in" },
  ],
};

interface Run {
  readonly run?: { readonly state: string; readonly failure?: { readonly message: { readonly en: string; readonly zh: string } } };
}

export async function fillDisk(disk: Disk): Promise<FullDiskReport> {
  const server = await startEmpty(disk.data, disk.env ? { env: disk.env } : {});
  try {
    const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", { document: numbers });
    await server.api("POST", `/api/pipelines/${id}/deploy`, {});
    const run = async () => (await server.api<Run>("GET", `/api/pipelines/${id}`)).run;

    const posting = postLogs(server);
    const failed = await eventually(run, (seen) => seen?.state === "restarting" && seen.failure !== undefined, 60_000);
    const refusal = await eventually(
      async () => posting.refusal(),
      (seen) => seen !== undefined,
      60_000,
    );
    const answers = {
      "/health": (await fetch(`${server.origin}/health`)).status,
      "/api/pipelines": await statusOf(server, "/api/pipelines"),
      "/api/topics/numbers/records": await statusOf(server, "/api/topics/numbers/records?limit=10"),
    };

    const notStored = disk.fillUp && (await notStoredOn(server, disk.fillUp));

    disk.free();
    const before = await countOf(server, "numbers");
    await eventually(
      () => countOf(server, "numbers"),
      (count) => count > before,
      90_000,
    );
    const answeredBefore = posting.answered();
    await eventually(
      async () => posting.answered(),
      (count) => count > answeredBefore,
    );
    const posted = await posting.stop();
    await server.api("POST", `/api/pipelines/${id}/stop`, { savepoint: true });

    const ns = await valuesOf<{ n: number }, number>(server, "numbers", ({ n }) => n);
    const logs = await valuesOf<{ id: string }, string>(server, "ods_base_log", ({ id }) => id);
    const made = Math.max(...ns);
    return {
      failure: failed?.failure?.message ?? { en: "", zh: "" },
      refusal: refusal ?? "",
      answers,
      ...(notStored === undefined ? {} : { notStored }),
      made,
      posted: posted.length,
      lost: made - new Set(ns).size + posted.filter((one) => !logs.includes(one)).length,
      doubled: ns.length - new Set(ns).size + logs.length - new Set(logs).size,
    };
  } finally {
    await server.stop();
  }
}

/** Posts logs one after the other, each until it is answered. */
function postLogs(server: Millrace) {
  const answered: string[] = [];
  let refusal: string | undefined;
  let posting = true;
  const work = (async () => {
    for (let i = 0; posting; i++) {
      const id = `log-${i}`;
      while (!(await post(id))) await new Promise((resolve) => setTimeout(resolve, 20));
      answered.push(id);
    }
  })();
  async function post(id: string): Promise<boolean> {
    const response = await fetch(`${server.origin}/applog`, {
      method: "POST",
      headers: { "x-record-id": id },
      body: JSON.stringify({ id, pad: "x".repeat(10_000) }),
    });
    const text = await response.text();
    if (response.ok && text === "success") return true;
    refusal ??= `${response.status} ${text}`;
    return false;
  }
  return {
    answered: () => answered.length,
    refusal: () => refusal,
    async stop(): Promise<readonly string[]> {
      posting = false;
      await work;
      return answered;
    },
  };
}

async function notStoredOn(server: Millrace, fillUp: () => void): Promise<string> {
  fillUp();
  const large = { ...numbers, name: "Large", description: { en: "x".repeat(100_000), zh: "" } };
  return server.api("POST", "/api/pipelines", { document: large }).then(
    () => "it was stored",
    (error: unknown) => String(error),
  );
}

async function statusOf(server: Millrace, path: string): Promise<number> {
  return (await fetch(server.origin + path, { headers: { authorization: `Bearer ${server.token}` } })).status;
}

async function countOf(server: Millrace, topic: string): Promise<number> {
  const topics = await server.api<{ name: string; partitions: { earliest: number; latest: number }[] }[]>("GET", "/api/topics");
  const found = topics.find(({ name }) => name === topic);
  return (found?.partitions ?? []).reduce((sum, { earliest, latest }) => sum + latest - earliest, 0);
}

async function valuesOf<T, V>(server: Millrace, topic: string, value: (record: T) => V): Promise<V[]> {
  return (await readTopic(server, topic)).map(({ text }) => value(JSON.parse(text as string) as T));
}
