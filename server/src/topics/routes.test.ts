import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

const bytes = (text: string | Buffer) => {
  const all = Buffer.from(text as string);
  return { bytes: all, start: 0, end: all.length };
};

async function fill(
  topic: string,
  records: readonly { partition?: number; time: number; text: string | Buffer; key?: string }[],
  partitions = 2,
): Promise<void> {
  await served.topics.createTopic(topic, { partitions });
  for (const { partition = 0, time, text, key } of records) {
    await served.topics.append(topic, [{ partition, time, value: bytes(text), key: key === undefined ? null : Buffer.from(key) }]);
  }
}

async function page(query: string, topic = "t") {
  const { status, json } = await served.call("GET", `/api/topics/${topic}/records${query}`);
  expect(status).toBe(200);
  return {
    texts: Object.values(json.records ?? {}).map(({ text }) => text as unknown),
    next: json.next,
    done: json.done,
    scanned: json.scanned,
    records: json.records,
  };
}

describe("topics", () => {
  it("are created, listed with offsets and consumers, and removed", async () => {
    const { status, json } = await served.call("POST", "/api/topics", { name: "dwd_page_log", partitions: 2, retentionMs: 1000 });
    expect([status, json]).toMatchObject([
      201,
      { name: "dwd_page_log", records: 0, retentionMs: 1000, partitions: [{ partition: 0 }, { partition: 1 }] },
    ]);
    await served.topics.append("dwd_page_log", [{ value: bytes("{}"), key: null, time: 5, partition: 1 }]);
    await served.topics.commitPositions("app", new Map([["dwd_page_log-1", 1]]));
    expect((await served.call("GET", "/api/topics")).json).toMatchObject([
      { name: "dwd_page_log", records: 1, bytes: 2, groups: { app: { 1: 1 } } },
    ]);
    expect((await served.call("POST", "/api/topics", { name: "dwd_page_log" })).status).toBe(409);
    expect((await served.call("DELETE", "/api/topics/dwd_page_log")).status).toBe(204);
    expect((await served.call("DELETE", "/api/topics/dwd_page_log")).status).toBe(404);
  });

  it("take records, by key or partition, and say where they are", async () => {
    await served.topics.createTopic("rules", { partitions: 3 });
    const post = (body: object, topic = "rules") => served.call("POST", `/api/topics/${topic}/records`, body);
    const first = await post({
      records: [
        { text: '{"a":1}', key: "k" },
        { text: "中", key: "k" },
        { text: "x", partition: 2 },
        { text: null, partition: 2 },
      ],
    });
    expect(first.status).toBe(201);
    const places = first.json.records as unknown as { partition: number; offset: number }[];
    expect(places).toMatchObject([{}, {}, { partition: 2 }, { partition: 2 }]);
    const { records } = await page("", "rules");
    expect(Object.values(records ?? {}).map(({ key, text }) => [key, text])).toEqual(
      expect.arrayContaining([
        ["k", '{"a":1}'],
        ["k", "中"],
        [null, "x"],
        [null, null],
      ]),
    );
    expect((await post({ records: [{ text: "x", partition: 3 }] })).status).toBe(404);
    expect((await post({ records: [{ text: "x" }] }, "none")).status).toBe(404);
    expect((await post({ records: [{ text: "x" }] }, "__push.p.n")).status).toBe(403);
    expect((await post({ records: [] })).status).toBe(400);
  });

  it("have names that a topic can have", async () => {
    for (const name of ["", "..", "a/b", "a b", "主题", "x".repeat(250)]) {
      const { status, json } = await served.call("POST", "/api/topics", { name });
      expect([status, json.error?.code]).toEqual([400, "bad-topic-name"]);
    }
  });

  it("that Millrace keeps for itself are not shown unless asked for, and only read", async () => {
    await fill("__dead_letters.a", [{ time: 1, text: "{}" }]);
    expect((await served.call("GET", "/api/topics")).json).toEqual([]);
    expect((await served.call("GET", "/api/topics?internal=true")).json).toMatchObject([{ name: "__dead_letters.a" }]);
    expect((await page("", "__dead_letters.a")).texts).toEqual(["{}"]);
    expect((await served.call("DELETE", "/api/topics/__dead_letters.a")).json.error?.message?.en).toBe(
      'Topics whose names begin with "__" are Millrace\'s own; "__dead_letters.a" can only be read.',
    );
    expect((await served.call("POST", "/api/topics", { name: "__mine" })).status).toBe(403);
  });

  it("of a connection that is not there are not found", async () => {
    expect((await served.call("GET", "/api/topics?connection=none")).json.error?.message?.en).toBe('There is no connection "none".');
  });
});

describe("records of a topic", () => {
  it("come by time over all partitions, a page at a time, each once", async () => {
    await fill(
      "t",
      [1, 2, 3, 4, 5, 6, 7].map((time) => ({ partition: time % 2, time, text: `${time}` })),
    );
    const first = await page("?limit=3");
    expect(first).toMatchObject({ texts: ["1", "2", "3"], done: false });
    const second = await page(
      `?limit=3&offset=${Object.entries(first.next ?? {}).map(([partition, offset]) => `${partition}:${String(offset)}`)}`,
    );
    expect(second).toMatchObject({ texts: ["4", "5", "6"], done: false });
    const third = await page(
      `?limit=3&offset=${Object.entries(second.next ?? {}).map(([partition, offset]) => `${partition}:${String(offset)}`)}`,
    );
    expect(third).toMatchObject({ texts: ["7"], done: true, next: { 0: 3, 1: 4 } });
  });

  it("begin where one asks: an offset, a time, the end", async () => {
    await fill(
      "t",
      [10, 20, 30, 40].map((time) => ({ time, text: `${time}` })),
    );
    expect((await page("?partition=0&from=offset&offset=2")).texts).toEqual(["30", "40"]);
    expect((await page("?time=15")).texts).toEqual(["20", "30", "40"]);
    expect((await page("?from=time&time=41")).texts).toEqual([]);
    expect((await page("?from=latest&limit=2")).texts).toEqual(["30", "40"]);
    expect((await page("?from=offset&offset=99")).texts).toEqual([]);
    expect((await served.call("GET", "/api/topics/t/records?from=time")).json.error?.message?.en).toBe(
      "from=time wants the query parameter time as well.",
    );
    expect((await served.call("GET", "/api/topics/t/records?partition=7")).status).toBe(404);
    expect((await served.call("GET", "/api/topics/none/records")).status).toBe(404);
  });

  it("are searched in text and key", async () => {
    await fill("t", [
      { time: 1, text: '{"mid":"mid_7"}' },
      { time: 2, text: "{}", key: "MID_7" },
      { time: 3, text: '{"mid":"mid_8"}' },
    ]);
    expect(await page("?search=mid_7")).toMatchObject({ texts: ['{"mid":"mid_7"}', "{}"], scanned: 3, done: true });
  });

  it("that are no UTF-8 come as base64", async () => {
    await fill("t", [{ time: 1, text: Buffer.from([0xff, 0x00]) }]);
    expect((await page("")).records).toMatchObject([{ text: "/wA=", encoding: "base64", key: null, partition: 0, offset: 0 }]);
  });
});
