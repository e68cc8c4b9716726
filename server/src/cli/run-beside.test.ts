/** Two runs, each in a process of its own, beside a server: all share the built-in topics, and the server shows both. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LiveFrame, PipelineSummary } from "../api.ts";
import { killMillraces, PATIENCE, startMillrace } from "../testing/millrace-process.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 并行 "));
});
afterEach(() => {
  killMillraces();
  rmSync(folder, { recursive: true, force: true });
});

const document = (name: string, nodes: object, edges: object[]) => ({ formatVersion: 1, name, nodes, edges });
const NUMBERS = document(
  "Numbers",
  {
    source: { type: "generator", name: "Source", params: { kind: "schema", rate: 20, fields: [{ name: "n", rule: "sequence" }] } },
    numbers: { type: "topic-sink", name: "Numbers", params: { topic: "numbers" } },
  },
  [{ from: "source.out", to: "numbers.in" }],
);
const DOUBLED = document(
  "Doubled",
  {
    numbers: { type: "topic-source", name: "Numbers", params: { topic: "numbers", schema: "n BIGINT", from: "earliest" } },
    double: { type: "select", name: "Double", params: { fields: [{ name: "n", value: "n * 2" }] } },
    doubled: { type: "topic-sink", name: "Doubled", params: { topic: "doubled" } },
  },
  [
    { from: "numbers.out", to: "double.in" },
    { from: "double.out", to: "doubled.in" },
  ],
);

describe("runs beside a server", PATIENCE, () => {
  it("are on its list with rates and records, share its topics, and can be stopped there", async () => {
    const start = (args: string[]) => startMillrace(folder, [...args, "--data", folder], { MILLRACE_TOKEN: "" });
    const server = start(["start", "--port", "0", "--no-open"]);
    const [address] = await server.prints(/http:\S+token=\S+/);
    const { origin, searchParams } = new URL(address as string);
    const headers = { authorization: `Bearer ${searchParams.get("token")}`, "content-type": "application/json" };
    const call = async <T>(method: string, path: string, body?: object) =>
      (await (await fetch(`${origin}/api${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })).json()) as T;

    const [first, second] = [NUMBERS, DOUBLED].map((one) => {
      const file = join(folder, `${one.name}.json`);
      writeFileSync(file, JSON.stringify(one));
      return start(["run", file]);
    });
    const listed = async () => {
      const pipelines = await call<PipelineSummary[]>("GET", "/pipelines");
      return ["numbers", "doubled"].map((id) => pipelines.find((one) => one.id === id)?.run);
    };
    await expect.poll(listed, { timeout: 20_000 }).toMatchObject([
      { state: "running", process: first?.child.pid },
      { state: "running", process: second?.child.pid },
    ]);

    const frame = await liveFrame(`${origin}/api/live?pipeline=doubled&edges=double.out->doubled.in`, headers, (one) => {
      return (one.samples["double.out->doubled.in"]?.length ?? 0) > 0 && (one.nodes.double?.out.out?.rate ?? 0) > 0;
    });
    expect(JSON.parse(frame.samples["double.out->doubled.in"]?.[0]?.text ?? "{}")).toMatchObject({ n: expect.any(Number) });

    expect(await call("POST", "/pipelines/doubled/deploy", {})).toMatchObject({ error: { code: "runs-elsewhere" } });
    expect(await call("POST", "/pipelines/doubled/stop", {})).toMatchObject({ state: "stopped" });
    expect(JSON.parse((await second?.ended)?.out ?? "{}")).toMatchObject({ pipeline: "Doubled", state: "stopped" });
    expect((await listed())[0]).toMatchObject({ state: "running" });

    first?.child.kill("SIGINT");
    expect((await first?.ended)?.code).toBe(0);
    await expect.poll(listed).toEqual([undefined, undefined]);
  });
});

/** The first frame for which it holds. */
async function liveFrame(url: string, headers: Record<string, string>, holds: (frame: LiveFrame) => boolean): Promise<LiveFrame> {
  const { body } = await fetch(url, { headers });
  let text = "";
  for await (const part of (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    text += part;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      const frame = data === undefined ? undefined : (JSON.parse(data) as LiveFrame);
      if (frame && holds(frame)) return frame;
    }
  }
  throw new Error("the live stream ended");
}
