import type { TypedGraph } from "@millrace/engine/pipeline";
import type { PortCounts } from "@millrace/engine/run";
import { expect, it } from "vitest";
import { LiveCounts } from "./live-counts.ts";

const port = (...edges: [from: string, to: string][]) => ({ edges: edges.map(([from, to]) => ({ from, to })) });
const graph = {
  nodes: [
    { id: "logs", name: "Logs", spec: {}, inputs: {}, outputs: { out: port(["logs.out", "keep.in"]) } },
    {
      id: "keep",
      name: "Keep",
      spec: { dropReasons: { filtered: { en: "condition not true", zh: "不满足条件" } } },
      inputs: { in: port(["logs.out", "keep.in"]) },
      outputs: { out: port(["keep.out", "sink.in"]) },
    },
    { id: "sink", name: "Sink", spec: {}, inputs: { in: port(["keep.out", "sink.in"]) }, outputs: {} },
  ],
} as unknown as TypedGraph;
const expects = new Map([["logs", { en: "the generator sends 20 a second", zh: "生成器每秒发送 20 条" }]]);

function counts(logs: number, kept: number, filtered: number): Record<string, PortCounts> {
  const of = (more: Partial<PortCounts>): PortCounts => ({
    in: {},
    out: {},
    dropped: {},
    errors: 0,
    watermark: Number.NEGATIVE_INFINITY,
    isEnded: false,
    ...more,
  });
  return {
    logs: of({ out: { out: logs } }),
    keep: of({ in: { in: logs }, out: { out: kept }, dropped: { filtered } }),
    sink: of({ in: { in: kept } }),
  };
}

it("gives rates over the last two seconds", () => {
  const live = new LiveCounts(graph, expects);
  live.view(0, counts(0, 0, 0), {});
  live.view(1_000, counts(100, 50, 50), {});
  expect(live.view(2_000, counts(300, 150, 150), {}).keep).toMatchObject({
    in: { in: { total: 300, rate: 150 } },
    out: { out: { total: 150, rate: 75 } },
  });
  expect(live.view(4_000, counts(300, 150, 150), {}).keep?.in.in?.rate).toBe(0);
});

it("says of every node what its output waits for, back to the source", () => {
  const view = new LiveCounts(graph, expects).view(0, counts(0, 0, 0), {});
  expect(view.logs?.waitsFor?.en).toBe("the generator sends 20 a second");
  expect(view.keep?.waitsFor?.zh).toBe("生成器每秒发送 20 条");
  expect(view.sink?.waitsFor?.en).toBe("the generator sends 20 a second");
});

it("says why nothing leaves a node that rows come into", () => {
  const view = new LiveCounts(graph, expects).view(0, counts(7, 0, 7), {});
  expect(view.keep?.waitsFor).toEqual({
    en: "7 rows came in, none has left by this port yet: 7 condition not true",
    zh: "已输入 7 行，此端口尚无输出：7 行不满足条件",
  });
  expect(view.logs?.waitsFor).toBeUndefined();
});

it("shows watermarks that JSON has no number for as words", () => {
  const ended = { ...counts(1, 1, 0), keep: { ...(counts(1, 1, 0).keep as PortCounts), watermark: Number.POSITIVE_INFINITY } };
  const view = new LiveCounts(graph, expects).view(0, ended, { logs: 3 });
  expect([view.logs?.watermark, view.keep?.watermark, view.logs?.lag]).toEqual([null, "end", 3]);
});

it("says of each input when a row last came and how far its time is, and of a source's partitions", () => {
  const live = new LiveCounts(graph, expects);
  const facts = (total: number, lastTime: number | undefined, watermark: number) => ({
    ...counts(total, 0, 0),
    keep: {
      ...(counts(total, 0, 0).keep as PortCounts),
      inputs: { in: { ...(lastTime !== undefined && { lastTime }), watermark, isIdle: false } },
    },
  });
  const inputAt = (at: number, ...of: Parameters<typeof facts>) => live.view(at, facts(...of), {}).keep?.inputs?.in;
  // Counted before the run went on: nothing has come since.
  expect(inputAt(0, 7, undefined, Number.NEGATIVE_INFINITY)).toEqual({ lastAt: null, lastTime: null, watermark: null, idle: false });
  expect(inputAt(250, 8, 90, 80)).toEqual({ lastAt: 250, lastTime: 90, watermark: 80, idle: false });
  expect(inputAt(500, 8, 90, Number.POSITIVE_INFINITY)).toEqual({ lastAt: 250, lastTime: 90, watermark: "end", idle: false });
  const partitions = [
    { origin: "logs", partition: 0, lastAt: 40, watermark: 80, isIdle: true },
    { origin: "logs", partition: 1, watermark: Number.NEGATIVE_INFINITY, isIdle: false },
  ];
  expect(live.view(750, counts(8, 0, 0), {}, { logs: partitions }).logs?.partitions).toEqual([
    { origin: "logs", partition: 0, lastAt: 40, watermark: 80, idle: true },
    { origin: "logs", partition: 1, lastAt: null, watermark: null, idle: false },
  ]);
});

it("says what a node holds of the rows that came into it", () => {
  const holds = { ...(counts(7, 0, 2).keep as PortCounts), holdings: { open: 3, none: 0 } };
  const withWords = {
    nodes: graph.nodes.map((node) => ({ ...node, spec: { ...node.spec, holdings: { open: { en: "open windows", zh: "未结束的窗口" } } } })),
  };
  const view = new LiveCounts(withWords as unknown as TypedGraph, expects).view(0, { ...counts(7, 0, 2), keep: holds }, {});
  expect(view.keep?.waitsFor).toEqual({
    en: "7 rows came in, none has left by this port yet: 2 condition not true, 3 open windows",
    zh: "已输入 7 行，此端口尚无输出：2 行不满足条件，未结束的窗口 3",
  });
});

it("says when the next window closes, at the window, at the sink behind it, and until the rows are written", () => {
  const withWords = {
    nodes: graph.nodes.map((node) => ({ ...node, spec: { ...node.spec, gives: { en: "the next window closes", zh: "下一个窗口关闭" } } })),
  };
  const waits = (watermark: number, nextTimer: number | undefined) => {
    const state = { keys: 1, memoryBytes: 0, spilledBytes: 0, timers: 1, ...(nextTimer !== undefined && { nextTimer }) };
    const keep = { ...(counts(7, 0, 0).keep as PortCounts), watermark, state };
    const view = new LiveCounts(withWords as unknown as TypedGraph, expects).view(0, { ...counts(7, 0, 0), keep }, {});
    expect(view.sink?.waitsFor).toEqual(view.keep?.waitsFor);
    return view.sink?.waitsFor;
  };
  expect(waits(1_000, 9_999)).toEqual({ en: "the next window closes in 9 s: 7 rows came in", zh: "9 秒后下一个窗口关闭：已输入 7 行" });
  expect(waits(9_999, 9_999)?.en).toBe("the next window closes in 0 s: 7 rows came in");
  expect(waits(0, 119_999)?.en).toBe("the next window closes in 120 s: 7 rows came in");
  expect(waits(0, 120_000)?.en).toBe("the next window closes in 2 min: 7 rows came in");
  expect(waits(0, 86_399_999)?.zh).toBe("24 小时后下一个窗口关闭：已输入 7 行");
  // Nothing is known of event time yet, or no window is open.
  expect(waits(Number.NEGATIVE_INFINITY, 9_999)?.en).toBe("7 rows came in, none has left by this port yet");
  expect(waits(1_000, undefined)?.en).toBe("7 rows came in, none has left by this port yet");
  const view = (lag: number) => new LiveCounts(withWords as unknown as TypedGraph, expects).view(0, counts(7, 5, 0), { sink: lag });
  expect(view(5).sink?.waitsFor?.en).toBe("5 rows wait for the next checkpoint, with which they are written");
  expect(view(0).sink?.waitsFor).toBeUndefined();
});
