/** A process of its own that uses a topic log, for the contract's tests. Started as a program it does one task; see `startProcess` for the other side. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { TopicLog } from "@millrace/engine/node";

/** How a process opens the log: the module's export `openForTest` with the settings. */
export interface Opening {
  readonly module: string;
  readonly settings: Readonly<Record<string, string>>;
}

export type Task =
  | {
      readonly task: "append";
      readonly topic: string;
      readonly prefix: string;
      readonly calls: number;
      readonly perCall: number;
      /** Length of what stands behind each text. */
      readonly pad: number;
    }
  | { readonly task: "read"; readonly topic: string; readonly count: number }
  /** Until it is killed: commit n writes "n.0" … to all topics. */
  | { readonly task: "commit"; readonly topics: readonly string[]; readonly from: number; readonly perCommit: number; readonly pad: number }
  /** Prepares so many records, prints what it prepared as JSON, and waits until it is killed. */
  | { readonly task: "prepare"; readonly topic: string; readonly count: number; readonly pad: number };

export interface TestProcess {
  /** Resolves with the line, when it prints it or one that it matches; rejects when it ends without. */
  prints(line: string | RegExp): Promise<string>;
  kill(): void;
  readonly ended: Promise<number | null>;
  /** As `ended`; rejects when it fails. */
  succeeds(): Promise<void>;
  /** Number of the last commit that it said was done; -1 before the first. */
  readonly lastCommit: number;
}

export function startProcess(opening: Opening, task: Task): TestProcess {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify({ opening, task })], {
    // Its end is the parent's end: no child outlives a test.
    stdio: ["pipe", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let errors = "";
  let rest = "";
  let hasEnded = false;
  const watchers = new Set<() => void>();
  const tell = () => {
    for (const watch of [...watchers]) watch();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    tell();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", (code) => {
      hasEnded = true;
      resolve(code);
      tell();
    });
  });
  return {
    prints: (line) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((one) => (typeof line === "string" ? one === line : line.test(one)));
          if (found === undefined && !hasEnded) return;
          watchers.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`the process ended and did not print ${line}: ${errors}`));
        };
        watchers.add(look);
        look();
      }),
    kill: () => void child.kill("SIGKILL"),
    ended,
    async succeeds() {
      const code = await ended;
      if (code !== 0) throw new Error(`the process ended with ${code}: ${errors}`);
    },
    get lastCommit() {
      const last = lines.findLast((line) => line.startsWith("committed "));
      return last === undefined ? -1 : Number(last.slice("committed ".length));
    },
  };
}

async function main(): Promise<void> {
  const { opening, task } = JSON.parse(process.argv[2] as string) as { opening: Opening; task: Task };
  const { openForTest } = (await import(opening.module)) as { openForTest: (settings: Opening["settings"]) => Promise<TopicLog> };
  const log = await openForTest(opening.settings);
  await work(log, task);
  await log.close();
}

async function work(log: TopicLog, task: Task): Promise<void> {
  switch (task.task) {
    case "append": {
      for (let call = 0; call < task.calls; call++)
        await log.append(
          task.topic,
          Array.from({ length: task.perCall }, (_, i) => record(`${task.prefix}${call * task.perCall + i}`, task.pad)),
        );
      return;
    }
    case "read": {
      const reader = await log.openReader(task.topic, 0, { from: "earliest" });
      console.log("reading");
      for (let seen = 0; seen < task.count; ) {
        const batch = await reader.read(100, 10_000);
        for (let i = 0; i < batch.count; i++, seen++) {
          const range = batch.bytes(i);
          console.log(range ? Buffer.from(range.bytes.subarray(range.start, range.end)).toString() : "");
        }
      }
      return;
    }
    case "commit": {
      const writer = await log.openTransactionalWriter("process/sink/0");
      for (let n = task.from; ; n++) {
        for (const topic of task.topics) for (let i = 0; i < task.perCommit; i++) writer.write(topic, record(`${n}.${i}`, task.pad));
        await log.commitPrepared([await writer.prepare(n + 1)], undefined);
        console.log(`committed ${n}`);
      }
    }
    case "prepare": {
      const writer = await log.openTransactionalWriter("process/sink/0");
      for (let i = 0; i < task.count; i++) writer.write(task.topic, record(`${i}`, task.pad));
      console.log(JSON.stringify(await writer.prepare(1)));
      process.stdin.resume();
      await once(process.stdin, "end");
      await writer.close();
    }
  }
}

function record(text: string, pad: number) {
  const bytes = Buffer.from(pad > 0 ? `${text} ${"x".repeat(pad)}` : text);
  return { value: { bytes, start: 0, end: bytes.length }, key: null, time: 1_000 };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
