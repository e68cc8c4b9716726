/** Schemas proposed from what sources hold, over real topics and files in a folder. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { BuiltInTopicLog } from "@millrace/nodes/connections";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProposeSchema, RunHost } from "../runs/run-host.ts";
import { openTopics } from "./connections.ts";
import { createRunHost } from "./index.ts";

describe("a schema proposed for a source", () => {
  let folder: string;
  let host: RunHost;
  let topics: BuiltInTopicLog;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace 试 "));
    host = await createRunHost({ dataFolder: folder, log: () => undefined });
    topics = await openTopics(folder);
  });
  afterEach(async () => {
    await host.close();
    await topics.close();
    await rm(folder, { recursive: true, force: true });
  });

  const propose = (type: string, params: object, more: Partial<ProposeSchema> = {}) =>
    host.proposeSchema({
      pipelineId: "p",
      document: { formatVersion: 1, name: "p", nodes: { s: { type, name: "S", params: params as never } }, edges: [] } as PipelineDocument,
      node: "s",
      connections: {},
      retained: [],
      limit: 100,
      ...more,
    });

  async function post(topic: string, ...texts: string[]): Promise<void> {
    await topics.createTopic(topic, { partitions: 1 });
    await topics.append(
      topic,
      texts.map((text) => {
        const bytes = Buffer.from(text);
        return { value: { bytes, start: 0, end: bytes.length }, key: null, time: 1_000 };
      }),
    );
  }

  it("looks at the newest records of a topic", async () => {
    await post("orders", '{"old":1}', '{"id":9007199254740993,"page":{"page_id":"home"}}', '{"id":2}');
    expect(await propose("topic-source", { topic: "orders" }, { limit: 2 })).toMatchObject({
      records: 2,
      text: "id BIGINT, page ROW<page_id STRING>",
      fields: [
        { path: ["id"], type: "BIGINT", of: 2, present: 2 },
        { path: ["page"], of: 2, present: 1, missing: 1 },
        { path: ["page", "page_id"], of: 1, present: 1, examples: ['"home"'] },
      ],
    });
  });

  it("does not mind what schema the source has now", async () => {
    await post("orders", '{"id":1}');
    expect((await propose("topic-source", { topic: "orders", schema: "nonsense(" }))?.text).toBe("id BIGINT");
  });

  it("looks at a file, by the names of its columns", async () => {
    await mkdir(join(folder, "files"), { recursive: true });
    await writeFile(join(folder, "files", "a.csv"), "id,amount,day\n1,12.50,2024-05-31\n2,7.25,\n");
    expect(await propose("file-source", { path: "a.csv", format: "csv" })).toMatchObject({
      records: 2,
      text: "id BIGINT, amount DECIMAL(10, 2), `day` DATE",
    });
  });

  it("looks at what a run keeps where the source cannot be read, and says why", async () => {
    const proposal = await propose("file-source", { path: "none.jsonl" }, { retained: ['{"id":1}'] });
    expect(proposal).toMatchObject({ records: 1, text: "id BIGINT" });
    expect(proposal?.silent?.en).toContain("none.jsonl");
  });

  it("proposes nothing for records of plain text and for what is no source", async () => {
    expect(await propose("topic-source", { topic: "orders", format: "text" })).toBeUndefined();
    expect(await propose("filter", { when: "TRUE" })).toBeUndefined();
  });
});
