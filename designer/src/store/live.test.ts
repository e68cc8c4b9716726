import type { LiveFrame } from "@millrace/server/api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  addSamples,
  edgeLive,
  followRun,
  nodeLive,
  onNodeLive,
  onSamples,
  runStatus,
  samplesOf,
  setRunStatus,
  takeFrame,
  watchEdges,
} from "./live.ts";

const RUN = { pipelineId: "p", runId: "r1", state: "running", savepoint: false, deadLetters: 0 } as const;

function frame(total: number, part: Partial<LiveFrame> = {}): LiveFrame {
  const node = { in: {}, out: { out: { total, rate: 5 } }, dropped: {}, errors: 0, watermark: null };
  return { at: 1, run: RUN, nodes: { a: node, b: { ...node, out: {} } }, samples: {}, ...part };
}

const opened: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  opened.length = 0;
  vi.stubGlobal(
    "EventSource",
    class {
      constructor(url: string) {
        opened.push(url);
      }
      addEventListener() {}
      close() {}
    },
  );
  followRun("p");
});

afterEach(() => {
  followRun(undefined);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("of a use of a fragment knows the nodes inside by the ids that they have there", () => {
  followRun("p", { ...RUN, failure: { message: { en: "", zh: "" }, at: 1, nodeId: "use/deep/a" } }, ["use", "deep"]);
  expect(runStatus()?.failure?.nodeId).toBe("a");
  const stop = watchEdges(["a.out->b.in", "b.dropped"]);
  vi.advanceTimersByTime(100);
  expect(new URL(opened.at(-1) ?? "", "http://x").searchParams.get("edges")).toBe("use/deep/a.out->use/deep/b.in,use/deep/b.dropped");
  const { nodes } = frame(7);
  const sample = { seq: 1, at: 1, time: 1, kind: "+I", text: "{}" } as const;
  const a = vi.fn();
  onNodeLive("a", a);
  takeFrame(
    frame(7, {
      nodes: { "use/deep/a": nodes.a as NonNullable<typeof nodes.a>, use: nodes.a as NonNullable<typeof nodes.a> },
      samples: { "use/deep/a.out->use/deep/b.in": [sample], "x.out": [sample] },
    }),
  );
  expect(a).toHaveBeenCalledOnce();
  expect(edgeLive("a.out->b.in")?.total).toBe(7);
  expect(nodeLive("use")).toBeUndefined();
  expect(samplesOf("a.out->b.in")).toEqual([sample]);
  stop();
});

test("tells only those whose numbers changed", () => {
  takeFrame(frame(1));
  const a = vi.fn();
  const b = vi.fn();
  const stops = [onNodeLive("a", a), onNodeLive("b", b)];
  takeFrame(frame(2));
  expect(a).toHaveBeenCalledTimes(1);
  expect(b).not.toHaveBeenCalled();
  for (const stop of stops) stop();
  takeFrame(frame(3));
  expect(a).toHaveBeenCalledTimes(1);
});

test("knows the counts of an edge by the port it begins at", () => {
  takeFrame(frame(7));
  expect(edgeLive("a.out->b.in")?.total).toBe(7);
  expect(edgeLive("a.out")?.total).toBe(7);
  expect(edgeLive("a.error->b.in")).toBeUndefined();
  expect(nodeLive("constructor")).toBeUndefined();
});

test("keeps samples in order and once each, older ones before newer", () => {
  const sample = (seq: number) => ({ seq, at: 0, time: null, kind: "+I" as const, text: `${seq}` });
  takeFrame(frame(1, { samples: { "a.out": [sample(5), sample(6)] } }));
  takeFrame(frame(1, { samples: { "a.out": [sample(6), sample(7)] } }));
  addSamples("a.out", [sample(4), sample(5)]);
  expect(samplesOf("a.out").map(({ seq }) => seq)).toEqual([4, 5, 6, 7]);
  takeFrame(frame(1, { run: { ...RUN, runId: "r2" }, samples: { "a.out": [sample(1)] } }));
  expect(samplesOf("a.out").map(({ seq }) => seq)).toEqual([1]);
});

test("asks for samples of what is watched, once for a burst, until nobody watches", () => {
  const first = watchEdges(["a.out->b.in"]);
  const second = watchEdges(["a.out->b.in", "b.out"]);
  vi.advanceTimersByTime(100);
  expect(opened).toEqual(["/api/live?pipeline=p&edges=a.out-%3Eb.in%2Cb.out"]);
  first();
  second();
  vi.advanceTimersByTime(100);
  expect(opened.at(-1)).toBe("/api/live?pipeline=p");
});

test("shows no rates of a run that has ended, but what it counted", () => {
  takeFrame(frame(7));
  setRunStatus({ ...RUN, state: "stopped" });
  expect(edgeLive("a.out")).toEqual({ total: 7, rate: 0 });
  takeFrame(frame(8, { run: { ...RUN, state: "finished" } }));
  expect(edgeLive("a.out")).toEqual({ total: 8, rate: 0 });
});

test("forgets the numbers of another pipeline", () => {
  takeFrame(frame(1));
  followRun("q");
  expect(nodeLive("a")).toBeUndefined();
  expect(runStatus()).toBeUndefined();
});

test("gives samples calmly: the first and none any more at once, newer ones once in the time, though they come all the while", () => {
  const sample = (seq: number) => ({ seq, at: 0, time: null, kind: "+I" as const, text: `${seq}` });
  const seen: number[] = [];
  takeFrame(frame(1));
  const stop = onSamples("a.out", 1_000, (samples) => seen.push(samples.length));
  for (let seq = 1; seq <= 10; seq++) {
    takeFrame(frame(1, { samples: { "a.out": [sample(seq)] } }));
    vi.advanceTimersByTime(250);
  }
  expect(seen).toEqual([0, 1, 5, 9]);
  takeFrame(frame(1, { run: { ...RUN, runId: "r2" } }));
  expect(seen).toEqual([0, 1, 5, 9, 0]);
  stop();
  takeFrame(frame(1, { run: { ...RUN, runId: "r2" }, samples: { "a.out": [sample(1)] } }));
  expect(seen).toHaveLength(5);
});
