import type { Problem } from "@millrace/engine/pipeline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { documentOf, type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

const topicSink = { type: "topic-sink", name: "Out", params: { topic: "dwd_page_log" } };
const tableSink = { type: "dimension-sink", name: "Out", params: { table: "dim_user", key: "id" } };

async function elsewhere(name: string, nodes: Parameters<typeof documentOf>[1], template?: string): Promise<Problem[]> {
  const { id } = served.deps.pipelines.create(documentOf(name, nodes), template, 0);
  return (await served.call("GET", `/api/pipelines/${id}`)).json.elsewhere as unknown as Problem[];
}

describe("a second writer", () => {
  it("of a topic is a warning at its sink, with a name of its own to take", async () => {
    expect(await elsewhere("First", { out: topicSink })).toEqual([]);
    expect(await elsewhere("Second job", { out: topicSink })).toMatchObject([
      {
        severity: "warning",
        nodeId: "out",
        path: ["topic"],
        fix: { replace: "second_job_dwd_page_log" },
        args: {
          en: 'pipeline "First" writes "dwd_page_log" as well: whoever reads it gets the rows of both. Give one of them a name of its own, for example "second_job_dwd_page_log".',
        },
      },
    ]);
  });

  it("is told when the draft is saved, and no longer when it has another name", async () => {
    await elsewhere("First", { out: topicSink });
    await elsewhere("Second", { out: topicSink });
    const other = { ...topicSink, params: { topic: "other" } };
    const save = async (out: typeof topicSink, revision: number) =>
      (await served.call("PUT", "/api/pipelines/second/draft", { document: documentOf("Second", { out }), revision })).json.elsewhere;
    expect(await save(other, 1)).toEqual([]);
    expect(await save(topicSink, 2)).toHaveLength(1);
  });

  it("of a table is none, unless both are copies of one job", async () => {
    expect(await elsewhere("First", { out: tableSink }, "user-app")).toEqual([]);
    expect(await elsewhere("Second", { out: tableSink })).toEqual([]);
    expect(await elsewhere("Third", { out: tableSink }, "user-app")).toMatchObject([{ nodeId: "out", path: ["table"] }]);
  });
});
