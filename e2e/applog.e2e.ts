/** Real logs over HTTP from another process, through the template's job, read back through the API. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { deadLetterCount, deployJob } from "./base-log-job.ts";
import { makeLogs } from "./make-logs.ts";
import { dataFolder, eventually, type Millrace, millrace, readTopic, removeFolder, startEmpty } from "./millrace.ts";
import { canonical, plainBaseLog } from "./plain-base-log.ts";
import { postFile } from "./post-file.ts";

const LOGS = 20_000;

let server: Millrace;
let data: string;
test.beforeEach(async () => {
  data = dataFolder();
  server = await startEmpty(data);
});
test.afterEach(async () => {
  await server.stop();
  removeFolder(data);
});

test("20,000 posted logs become the pages, starts and displays that a plain computation finds, and a file run gives the same", async () => {
  const file = join(data, "logs.jsonl");
  const logs = makeLogs(LOGS);
  writeFileSync(file, `${logs.join("\n")}\n`);
  // One partition, so that the order in which the job sees the logs is the order in which they stand in the topic.
  await server.api("POST", "/api/topics", { name: "ods_base_log", partitions: 1 });
  const id = await deployJob(server);
  await postFile(`${server.origin}/applog`, file);

  const raw = (await readTopic(server, "ods_base_log")).map(({ text }) => text as string);
  expect([...raw].sort()).toEqual([...logs].sort());
  const plain = plainBaseLog(raw, true);
  expect(plain.dirty.length).toBeGreaterThan(0);
  await eventually(
    () => deadLetterCount(server, id),
    (count) => count === plain.dirty.length,
  );
  await eventually(
    async () => (await readTopic(server, "dwd_page_log")).length,
    (count) => count === plain.pages.length,
  );
  const read = async (topic: string) => (await readTopic(server, topic)).map(({ text }) => canonical(JSON.parse(text as string))).sort();
  expect(await read("dwd_page_log")).toEqual([...plain.pages].sort());
  expect(await read("dwd_start_log")).toEqual([...plain.starts].sort());
  expect(await read("dwd_display_log")).toEqual([...plain.displays].sort());
  expect(plain.pages.filter((page) => page.includes('"is_new":"0"')).length).toBeGreaterThan(0);

  const source = join(data, "raw.jsonl");
  writeFileSync(source, `${raw.join("\n")}\n`);
  const out = (name: string) => join(data, `${name}.jsonl`);
  const sinks = ["dwd_page_log", "dwd_start_log", "dwd_display_log"];
  const run = await millrace([
    "run",
    "base-log-app",
    "--data",
    join(data, "alone"),
    "--source",
    `ods_base_log=${source}`,
    ...sinks.flatMap((sink) => ["--sink", `${sink}=${out(sink)}`]),
  ]);
  expect(run.stderr).toContain(`${plain.dirty.length} rows could not be processed`);
  expect(run.code).toBe(0);
  const lines = (name: string) =>
    readFileSync(out(name), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => canonical(JSON.parse(line)))
      .sort();
  expect(lines("dwd_page_log")).toEqual([...plain.pages].sort());
  expect(lines("dwd_start_log")).toEqual([...plain.starts].sort());
  expect(lines("dwd_display_log")).toEqual([...plain.displays].sort());
  expect(JSON.parse(run.stdout)).toMatchObject({ deadLetters: plain.dirty.length });
});
