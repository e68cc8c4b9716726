import type { Millis, SourceContext, SplitReader } from "@millrace/engine/node";
import { describe, expect, it } from "vitest";
import { createSource } from "./source.ts";
import { spec } from "./spec.ts";

const START = 1_613_959_200_000; // 2021-02-22 10:00 in Shanghai
const FIELDS = [{ name: "n", rule: "sequence" }];

/** A clock that sleeping moves. */
function clockAt(start: Millis) {
  let now = start;
  const slept: number[] = [];
  const context: SourceContext = {
    pipelineId: "p",
    nodeId: "mock",
    connection: undefined,
    timeZone: "Asia/Shanghai",
    subtask: 0,
    parallelism: 1,
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
      return true;
    },
  };
  return { context, slept, move: (ms: number) => (now += ms) };
}

async function open(params: object, context: SourceContext, position?: ReturnType<SplitReader["position"]>) {
  const source = createSource(spec.params.parse(params), context);
  const [split] = await source.splits();
  if (!split) throw new Error("a generator has one split");
  return { source, split, reader: await source.open(split, position) };
}

async function read(reader: SplitReader, most = 1_000, waitMs = 0) {
  const batch = await reader.read(most, waitMs);
  return Array.from({ length: batch?.count ?? 0 }, (_, i) => {
    const range = batch?.bytes(i);
    return {
      text: Buffer.from(range?.bytes ?? []).toString("utf8", range?.start, range?.end),
      time: batch?.time(i) as Millis,
      offset: batch?.offset(i),
    };
  });
}

describe("the generator as a source", { timeout: 30_000 }, () => {
  it("sends the rate that was set, and no record before its time", async () => {
    for (const params of [
      { kind: "app-log", rate: 20, malformed: 0 },
      { kind: "schema", rate: 20, fields: FIELDS },
    ]) {
      const { context, move } = clockAt(START);
      const { reader } = await open(params, context);
      let sent = 0;
      for (let second = 0; second < 300; second++) {
        move(1_000);
        const records = await read(reader);
        expect(records.every(({ time }) => time <= context.now())).toBe(true);
        sent += records.length;
      }
      expect(sent / 300, params.kind).toBeGreaterThan(19);
      expect(sent / 300, params.kind).toBeLessThan(21);
    }
  });

  it("waits until the next record is due, and no longer", async () => {
    const { context, slept } = clockAt(START);
    const { reader } = await open({ kind: "schema", rate: 20, fields: FIELDS }, context);
    expect(await read(reader)).toHaveLength(1);
    expect(await read(reader, 1_000, 1_000)).toHaveLength(1);
    expect(slept).toEqual([50]);
  });

  it("gives an empty batch when it was asked not to wait longer", async () => {
    const { context, slept } = clockAt(START);
    const { reader } = await open({ kind: "schema", rate: 0.1, fields: FIELDS }, context);
    await read(reader);
    expect((await reader.read(10, 200))?.count).toBe(0);
    expect(slept).toEqual([200]);
  });

  it("gives at most as many records as were asked for, in order, numbered", async () => {
    const { context, move } = clockAt(START);
    const { reader } = await open({ kind: "schema", rate: 20, fields: FIELDS }, context);
    move(1_000);
    expect(await read(reader, 3)).toEqual([0, 1, 2].map((i) => ({ text: `{"n":${i + 1}}`, time: START + i * 50, offset: i })));
    expect((await read(reader, 3)).map(({ offset }) => offset)).toEqual([3, 4, 5]);
  });

  it("does not end with a `count` of 0", async () => {
    const { context, move } = clockAt(START);
    const { reader, split, source } = await open({ kind: "schema", rate: 10, count: 0, fields: FIELDS }, context);
    expect(split.bounded).toBe(false);
    expect(source.expects?.()).toEqual({ en: "the generator sends 10 a second", zh: "生成器每秒发送 10 条" });
    move(1_000);
    expect(await read(reader)).toHaveLength(11);
    expect((await reader.read(10, 0))?.count).toBe(0);
  });

  it("ends after `count` records, over restarts too", async () => {
    const { context, move } = clockAt(START);
    const params = { kind: "schema", rate: 10, count: 25, fields: FIELDS };
    const { reader, split, source } = await open(params, context);
    expect(split.bounded).toBe(true);
    expect(source.expects?.()).toEqual({ en: "the generator sends 10 a second, 25 in all", zh: "生成器每秒发送 10 条，共 25 条" });
    move(1_000);
    expect(await read(reader)).toHaveLength(11);
    const { reader: again } = await open(params, context, reader.position());
    move(10_000);
    expect(await read(again)).toHaveLength(14);
    expect(await again.read(10, 0)).toBeUndefined();
  });

  it("says what an empty edge waits for", async () => {
    const { source, split } = await open({ kind: "app-log" }, clockAt(START).context);
    expect(source.expects?.()).toEqual({ en: "the generator sends 20 a second", zh: "生成器每秒发送 20 条" });
    expect(split.bounded).toBe(false);
  });

  it.each(["app-log", "schema", "shop"])("goes on with the next record of kind %s after a restart", async (kind) => {
    const params = {
      kind,
      rate: kind === "shop" ? 5 : 50,
      ...(kind === "schema" && { fields: [{ name: "r", rule: "range", min: 0, max: 1e12 }] }),
    };
    const whole = clockAt(START);
    const { reader: unbroken } = await open(params, whole.context);
    whole.move(20_000);
    const expected = await read(unbroken, 5_000);

    const { context, move } = clockAt(START);
    const { reader: first } = await open(params, context);
    move(9_990);
    const before = await read(first, 5_000);
    move(5_000);
    const { reader: second } = await open(params, context, JSON.parse(JSON.stringify(first.position())));
    move(5_010);
    expect([...before, ...(await read(second, 5_000))]).toEqual(expected);
  });

  it("does not send what it would have sent during a long stop", async () => {
    const { context, move } = clockAt(START);
    const params = { kind: "schema", rate: 20, fields: FIELDS };
    const { reader } = await open(params, context);
    await read(reader);
    move(86_400_000);
    const { reader: nextDay } = await open(params, context, reader.position());
    expect(await read(nextDay)).toEqual([{ text: '{"n":2}', time: START + 86_400_000, offset: 1 }]);
  });

  it("runs on the business date, at the present time of day, and stays on it over midnight", async () => {
    const now = Date.parse("2026-03-01T15:59:50Z"); // 23:59:50 in Shanghai
    const { context, move } = clockAt(now);
    const { reader } = await open({ kind: "app-log", date: "2021-02-22", malformed: 0 }, context);
    move(1_000);
    const [first] = await read(reader);
    expect(new Date(first?.time ?? 0).toISOString().slice(0, 18)).toBe("2021-02-22T15:59:5");
    move(50_000);
    const { reader: later } = await open({ kind: "app-log", date: "2021-02-22", malformed: 0 }, context, reader.position());
    const last = (await read(later, 5_000)).at(-1);
    expect(new Date(last?.time ?? 0).toISOString().slice(0, 16)).toBe("2021-02-22T16:00");
  });

  it.each([
    { kind: "app-log", count: 2_000 },
    { kind: "shop", count: 20 },
  ])("gives a whole day of kind $kind at once in virtual time, the same whenever it is asked", async (params) => {
    const days = [];
    for (const now of [START, START + 86_400_000 * 400]) {
      const { context, slept } = clockAt(now);
      const { reader, split } = await open({ ...params, date: "2021-02-22", pace: "virtual" }, context);
      expect(split.bounded).toBe(true);
      const records = [];
      for (let batch = await read(reader, 700); batch.length > 0; batch = await read(reader, 700)) records.push(...batch);
      expect(await reader.read(10, 0)).toBeUndefined();
      expect(slept).toEqual([]);
      days.push(records);
    }
    expect(days[0]).toEqual(days[1]);
    expect(new Date(days[0]?.[0]?.time ?? 0).toISOString().slice(0, 16)).toBe("2021-02-21T16:00");
  });

  it("takes orders by the clock, and says so", async () => {
    const { context, move } = clockAt(START);
    const { reader, source } = await open({ kind: "shop", rate: 2 }, context);
    expect(source.expects?.()).toEqual({ en: "the shop takes 2 orders a second", zh: "商城每秒产生 2 个订单" });
    let orders = 0;
    for (let second = 0; second < 200; second++) {
      move(1_000);
      const records = await read(reader, 10_000);
      expect(records.every(({ time }) => time <= context.now())).toBe(true);
      orders += records.filter(({ text }) => text.includes(String.raw`\"table\":\"order_info\",\"type\":\"insert\"`)).length;
    }
    expect(orders).toBeGreaterThan(390);
    expect(orders).toBeLessThan(401);
  });

  it("keeps Chinese text whole in a batch of several records", async () => {
    const { context, move } = clockAt(START);
    const { reader } = await open({ kind: "schema", rate: 10, fields: [{ name: "城市", rule: "constant", value: "北京🏙" }] }, context);
    move(1_000);
    expect(new Set((await read(reader)).map(({ text }) => text))).toEqual(new Set(['{"城市":"北京🏙"}']));
  });
});
