// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters are written so
/** A file that carries its fragments, alone in the world: checked, tested and run by the command line as any other, on several threads, over a restart. */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { killMillraces, PATIENCE, runMillrace } from "../testing/millrace-process.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 片段 "));
});
afterEach(killMillraces);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const millrace = (args: readonly string[]) => runMillrace(folder, args, "");
function write(name: string, content: unknown): string {
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return join(folder, name);
}

const SCHEMA = "id BIGINT, amount INT";
const FIRSTS = {
  formatVersion: 1,
  name: "Firsts",
  parameters: { key: { type: "expression", default: "id" } },
  nodes: {
    in: { type: "fragment-input", name: "In", params: { schema: SCHEMA } },
    mark: { type: "mark-first-seen", name: "Mark", params: { key: ["${key}"], value: "id", output: { do: "drop" } } },
    share: {
      type: "select",
      name: "Share",
      params: {
        fields: [
          { name: "id", value: "id" },
          { name: "share", value: "100 / amount" },
        ],
      },
    },
    out: { type: "fragment-output", name: "Out", params: {} },
  },
  edges: [
    { from: "in.out", to: "mark.in" },
    { from: "mark.out", to: "share.in" },
    { from: "share.out", to: "out.in" },
  ],
};
const PIPELINE = {
  formatVersion: 1,
  name: "Shares",
  parallelism: 2,
  fragments: { firsts: { version: 2, document: FIRSTS } },
  nodes: {
    orders: { type: "file-source", name: "Orders", params: { path: "orders.jsonl", schema: SCHEMA } },
    use: { type: "fragment:firsts", name: "Firsts", params: { key: "id % 10" } },
    out: { type: "file-sink", name: "Out", params: { path: "out.jsonl" } },
  },
  edges: [
    { from: "orders.out", to: "use.in" },
    { from: "use.out", to: "out.in" },
  ],
  tests: [
    {
      name: "one of each last digit",
      steps: [
        {
          rows: { orders: [{ value: { id: 1, amount: 4 } }, { value: { id: 11, amount: 4 } }] },
          expect: { rows: { "use.out": [{ value: { id: 1, share: 25 } }] }, counters: { "use/mark.in": 2 } },
        },
      ],
    },
  ],
};

describe("a file that carries fragments", PATIENCE, () => {
  it("is checked, what is wrong inside being said at the node that uses it", async () => {
    expect(await millrace(["check", write("good.json", PIPELINE)])).toMatchObject({ code: 0 });
    const wrong = { ...PIPELINE, nodes: { ...PIPELINE.nodes, use: { ...PIPELINE.nodes.use, params: { key: "ident" } } } };
    const { code, out } = await millrace(["check", write("wrong.json", wrong)]);
    expect(code).toBe(1);
    expect(out).toContain('error at node use, character 1: key: inside the fragment, at mark, key[0]: unknown field "ident"');
  });

  it("is tested, with rows expected at ports and inside", async () => {
    expect(await millrace(["test", write("good.json", PIPELINE)])).toMatchObject({
      code: 0,
      out: expect.stringContaining("1 passed, 0 failed"),
    });
  });

  it("runs, and names the nodes inside in its summary and its dead letters", async () => {
    const data = join(folder, "data");
    mkdirSync(join(data, "files"), { recursive: true });
    const rows = [...Array(40)].map((_, id) => JSON.stringify({ id, amount: id === 5 ? 0 : 4 }));
    writeFileSync(join(data, "files", "orders.jsonl"), `${rows.join("\n")}\n`);
    const { code, out, err } = await millrace(["run", write("good.json", PIPELINE), "--data", data]);
    expect(code, err).toBe(0);
    const { nodes, deadLetters } = JSON.parse(out) as { nodes: Record<string, unknown>; deadLetters: number };
    expect(nodes).toMatchObject({
      use: { in: { in: 40 }, out: { out: 9 }, dropped: { repeat: 30 }, errors: 1 },
      "use/mark": { in: { in: 40 }, out: { out: 10 }, dropped: { repeat: 30 } },
      out: { in: { in: 9 } },
    });
    expect(deadLetters).toBe(1);
    expect(err).toContain("at use/share: ");
    const written = readFileSync(join(data, "files", "out.jsonl"), "utf8")
      .trim()
      .split("\n");
    expect(written.map((line) => (JSON.parse(line) as { id: number }).id).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9]);
  });

  it("goes on with the state that its nodes had before they went into the fragment, and after they came out", async () => {
    const data = join(folder, "moved");
    mkdirSync(join(data, "files"), { recursive: true });
    const orders = join(data, "files", "orders.jsonl");
    const out = () =>
      readFileSync(join(data, "files", "out.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { id: number }).id);
    const { fragments: _, tests: __, ...rest } = PIPELINE;
    const outside = (formerly?: string) => ({
      ...rest,
      nodes: {
        orders: PIPELINE.nodes.orders,
        mark: {
          ...FIRSTS.nodes.mark,
          params: { ...FIRSTS.nodes.mark.params, key: ["id % 10"] },
          ...(formerly !== undefined && { formerly }),
        },
        out: PIPELINE.nodes.out,
      },
      edges: [
        { from: "orders.out", to: "mark.in" },
        { from: "mark.out", to: "out.in" },
      ],
    });
    const inside = { ...PIPELINE, nodes: { ...PIPELINE.nodes, use: { ...PIPELINE.nodes.use, formerly: "" } } };
    const run = async (document: object, ids: readonly number[], ...more: string[]) => {
      appendFileSync(orders, ids.map((id) => `${JSON.stringify({ id, amount: 4 })}\n`).join(""));
      const { code, err } = await millrace(["run", write("moved.json", document), "--data", data, ...more]);
      expect(code, err).toBe(0);
      return err;
    };
    await run(outside(), [1, 2]);
    expect(out()).toEqual([1, 2]);
    expect(await run(inside, [11, 3], "--resume")).toContain('The state of node "use/mark" was mapped: it was "mark".');
    expect(out()).toEqual([1, 2, 3]);
    await run(inside, [12, 13, 4], "--resume");
    expect(out()).toEqual([1, 2, 3, 4]);
    await run(outside("use/mark"), [21, 22, 23, 24, 5], "--resume");
    expect(out()).toEqual([1, 2, 3, 4, 5]);
  });

  it("has the outside of nodes inside exchanged, and tested, by the way to them", async () => {
    const data = join(folder, "outside");
    const inner = {
      formatVersion: 1,
      name: "Copies",
      nodes: {
        logs: { type: "topic-source", name: "Logs", params: { topic: "nothing_is_there", schema: SCHEMA } },
        all: { type: "topic-sink", name: "All", params: { topic: "copied" } },
        out: { type: "fragment-output", name: "Out", params: {} },
      },
      edges: [
        { from: "logs.out", to: "all.in" },
        { from: "logs.out", to: "out.in" },
      ],
    };
    const outer = {
      formatVersion: 1,
      name: "Outer",
      fragments: { copies: { version: 1, document: inner } },
      nodes: {
        deep: { type: "fragment:copies", name: "Deep", params: {} },
        out: { type: "fragment-output", name: "Out", params: {} },
      },
      edges: [{ from: "deep.out", to: "out.in" }],
    };
    const file = write("nested.json", {
      formatVersion: 1,
      name: "Nested",
      fragments: { copies: { version: 1, document: inner }, outer: { version: 1, document: outer } },
      nodes: {
        one: { type: "fragment:outer", name: "One", params: {} },
        two: { type: "fragment:copies", name: "Two", params: {} },
        end: { type: "discard", name: "End", params: {} },
        end2: { type: "discard", name: "End 2", params: {} },
      },
      edges: [
        { from: "one.out", to: "end.in" },
        { from: "two.out", to: "end2.in" },
      ],
      tests: [
        {
          name: "sources and sinks inside",
          steps: [
            {
              rows: { "one/deep/logs": [{ value: { id: 1, amount: 2 } }] },
              watermark: { "one/deep/logs": 5 },
              expect: { rows: { "one/deep/all": [{ value: { id: 1, amount: 2 } }], "two/all": [] }, watermark: { "one/deep/all": 5 } },
            },
            { end: ["two/logs", "one/deep/logs"], expect: { watermark: { end: "max" } } },
          ],
        },
      ],
    });
    expect(await millrace(["test", file])).toMatchObject({ code: 0, out: expect.stringContaining("1 passed, 0 failed") });
    const given = (name: string) => write(name, `{"id":1,"amount":${name.length}}\n`);
    const files = [`--source=one/deep/logs=${given("first.jsonl")}`, `--source=two/logs=${given("another.jsonl")}`];
    const sinks = [`--sink=one/deep/all=${join(folder, "一.jsonl")}`, `--sink=two/all=${join(folder, "two.jsonl")}`];
    const { code, err } = await millrace(["run", file, ...files, ...sinks, "--data", data]);
    expect(code, err).toBe(0);
    expect(["一.jsonl", "two.jsonl"].map((name) => readFileSync(join(folder, name), "utf8"))).toEqual([
      '{"id":1,"amount":11}\n',
      '{"id":1,"amount":13}\n',
    ]);
    const wrong = await millrace(["run", file, "--source", `one/logs=${given("first.jsonl")}`, "--data", data]);
    expect(wrong.err).toContain('--source one/logs: the pipeline has no source "one/logs" (it has: one/deep/logs, two/logs).');
  });

  it("is not run when it is a fragment itself, or goes beyond the nodes that a setting allows", async () => {
    const alone = await millrace(["run", write("firsts.json", FIRSTS), "--data", join(folder, "alone")]);
    expect(alone.code).toBe(1);
    expect(alone.err).toContain("this is a fragment: it is not run by itself");
    const data = join(folder, "small");
    mkdirSync(data);
    writeFileSync(join(data, "settings.json"), '{"fragments.nodes": 4}');
    const many = await millrace(["run", write("good.json", PIPELINE), "--data", data]);
    expect(many.code).toBe(1);
    expect(many.err).toContain("more than 4 nodes");
  });
});
