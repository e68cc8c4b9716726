import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Served, serve } from "../testing/serve.ts";

const TOPIC = "ods_base_log";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

const texts = () => served.topics.texts(TOPIC).sort();
const post = (body: string | Buffer, headers: Record<string, string> = {}, path = "/applog") => served.raw("POST", path, headers, body);

describe("/applog", () => {
  it("appends what comes as param or as the body, and answers success", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const answers = [
      await served.raw("GET", `/applog?param=${encodeURIComponent('{"n":"1 中"}')}`),
      await post("", {}, `/applog?param=${encodeURIComponent('{"n":2}')}`),
      await post(`param=${encodeURIComponent('{"n":3}')}`, form),
      await post('{"n":4}', { "content-type": "application/json" }),
      await post('[{"n":5},{"n":6}]', { "content-type": "application/json; charset=utf-8" }),
      await post('{"n":7}', form),
      await post('{"n":8}'),
      await post("not json at all", { "content-type": "text/plain" }),
    ];
    expect(answers.map(({ status, text }) => [status, text])).toEqual(answers.map(() => [200, "success"]));
    expect(answers[0]?.headers["content-type"]).toContain("text/plain");
    expect(texts()).toEqual(["not json at all", ...[2, 3, 4, 5, 6, 7, 8].map((n) => `{"n":${n}}`), '{"n":"1 中"}'].sort());
  });

  it("appends without a key and with the time of now", async () => {
    await post("{}");
    const reader = await served.topics.openReader(TOPIC, 0, { from: "earliest" });
    const batch = await reader.read(1, 0);
    expect(batch.key?.(0)).toBeNull();
    expect(Math.abs(batch.time(0) - Date.now())).toBeLessThan(60_000);
  });

  it("keeps the bytes as they came", async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    await post(bytes);
    const reader = await served.topics.openReader(TOPIC, 0, { from: "earliest" });
    const range = (await reader.read(1, 0)).bytes(0);
    expect(range && Buffer.from(range.bytes.subarray(range.start, range.end))).toEqual(bytes);
  });

  it("takes compressed posts", async () => {
    expect((await post(gzipSync('{"n":1}'), { "content-encoding": "gzip" })).text).toBe("success");
    expect((await post(deflateSync('{"n":2}'), { "content-encoding": "deflate" })).text).toBe("success");
    expect((await post(brotliCompressSync('{"n":3}'), { "content-encoding": "br" })).text).toBe("success");
    expect(texts()).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect((await post("x", { "content-encoding": "zstd-unknown" })).status).toBe(415);
    expect((await post("no gzip", { "content-encoding": "gzip" })).status).toBe(400);
  });

  it("refuses an empty post, and only that", async () => {
    for (const answer of [
      await served.raw("GET", "/applog"),
      await served.raw("GET", "/applog?param="),
      await served.raw("GET", "/applog?other=1"),
      await post(""),
      await post(" \n"),
      await post("param=", { "content-type": "application/x-www-form-urlencoded" }),
    ]) {
      expect([answer.status, answer.json.error?.code]).toEqual([400, "empty"]);
    }
    expect((await post("[]")).text).toBe("success");
    expect(texts()).toEqual([]);
  });

  it("says the limit when a post is larger, also after decompression", async () => {
    for (const answer of [await post("x".repeat(1_000_001)), await post(gzipSync("x".repeat(1_000_001)), { "content-encoding": "gzip" })]) {
      expect(answer.status).toBe(413);
      expect(answer.json.error?.message?.en).toBe(
        "The body is larger than the limit of 1000000 bytes. Send less at once, or start with a larger --max-post.",
      );
    }
    expect((await post("x".repeat(1_000_000))).text).toBe("success");
  });

  it("answers 405 to other methods", async () => {
    const { status, headers } = await served.raw("PUT", "/applog", {}, "{}");
    expect([status, headers.allow]).toEqual([405, "GET, POST"]);
  });

  it("never says success for what was not kept", async () => {
    served.topics.failure = new Error("no space left on device");
    const { status, json } = await post("{}");
    expect(status).toBe(503);
    expect(json.error?.message?.en).toBe(
      "The records could not be kept: no space left on device. Post them again (with the same X-Record-Id they count once).",
    );
    served.topics.failure = undefined;
    expect((await post("{}")).text).toBe("success");
  });

  it("keeps many posts at once, each of them", async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => post(`{"n":${n}}`)));
    expect(answers.every(({ text }) => text === "success")).toBe(true);
    expect(new Set(texts()).size).toBe(200);
  });

  it("counts a post with a known X-Record-Id once, at the same time, later and after a restart", async () => {
    const once = () => post('[{"n":1},{"n":2}]', { "x-record-id": "id-1" });
    const answers = await Promise.all([once(), once(), once()]);
    answers.push(await once());
    expect(answers.map(({ text }) => text)).toEqual(["success", "success", "success", "success"]);
    expect(texts()).toEqual(['{"n":1}', '{"n":2}']);
    expect((await served.raw("GET", "/metrics")).text).toContain("millrace_applog_duplicates_total 3");
    expect((await post("{}", { "x-record-id": "x".repeat(257) })).status).toBe(400);
  });

  it("appends a post again whose first try was refused", async () => {
    served.topics.failure = new Error("no space left on device");
    expect((await post("{}", { "x-record-id": "id-2" })).status).toBe(503);
    served.topics.failure = undefined;
    expect((await post("{}", { "x-record-id": "id-2" })).text).toBe("success");
    expect(texts()).toEqual(["{}"]);
  });
});
