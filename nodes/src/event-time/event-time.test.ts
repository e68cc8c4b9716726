import type { Step } from "@millrace/engine/node";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { playCase, playPipeline } from "@millrace/engine/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeTypes } from "../registry.ts";
import { node } from "./index.ts";

describe("the watermark", () => {
  it("is always the greatest time seen, less the disorder, less one millisecond", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 20 }),
        fc.nat(10_000),
        (times, disorder) => {
          const steps = times.map((ts, i): Step => {
            const greatest = Math.max(...times.slice(0, i + 1));
            return { rows: { in: [{ value: { ts } }] }, expect: { watermark: { out: greatest - disorder - 1 } } };
          });
          const params = { time: "ts", outOfOrderness: `${disorder} ms` };
          expect(playCase(node, { name: "law", params, inputs: { in: "ts BIGINT" }, steps }).failures).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("an idle stream", () => {
  const source = (topic: string) => ({ type: "topic-source", name: topic, params: { topic, schema: "ts BIGINT" } });
  const time = (params: PipelineDocument["nodes"][string]["params"]) => ({
    type: "event-time",
    name: "time",
    params: { time: "ts", ...params },
  });
  const document: PipelineDocument = {
    formatVersion: 1,
    name: "two streams",
    nodes: {
      lively: source("lively"),
      quiet: source("quiet"),
      lively_time: time({}),
      quiet_time: time({ idleAfter: "10 s" }),
      both: { type: "union", name: "both", params: {} },
      end: { type: "discard", name: "end", params: {} },
    },
    edges: [
      { from: "lively.out", to: "lively_time.in" },
      { from: "quiet.out", to: "quiet_time.in" },
      { from: "lively_time.out", to: "both.in" },
      { from: "quiet_time.out", to: "both.in" },
      { from: "both.out", to: "end.in" },
    ],
  };
  const rows = (place: string, ts: number) => ({ rows: { [place]: [{ value: { ts } }] } });
  const watermark = (both: number | "none" | "max") => ({ expect: { watermark: { both } } });

  it("holds others back until it is idle, and again when it is back and has caught up", () => {
    const steps: Step[] = [
      { ...rows("lively", 100_000), ...watermark("none") },
      { ...rows("quiet", 1_000), ...watermark(999) },
      // The first look that sees nothing is at 1 s; more than 10 s later the stream is idle.
      { clock: 1_000, ...watermark(999) },
      { clock: 11_000, ...watermark(999) },
      { clock: 11_001, ...watermark(99_999) },
      // Back, but behind: what has been promised stays, and the quiet stream does not count yet.
      { ...rows("quiet", 2_000), ...watermark(99_999) },
      { ...rows("lively", 120_000), ...watermark(119_999) },
      // Caught up: it counts again.
      { ...rows("quiet", 130_000), ...watermark(119_999) },
      { ...rows("lively", 140_000), ...watermark(129_999) },
      { end: true, ...watermark("max") },
    ];
    expect(playPipeline(document, nodeTypes, { name: "idle", steps }).failures).toEqual([]);
  });

  it("holds nobody back before its first row when its input is idle", () => {
    const steps: Step[] = [
      { ...rows("lively", 100_000), ...watermark("none") },
      { idle: { quiet: true }, ...watermark(99_999) },
      { ...rows("quiet", 1_000), ...watermark(99_999) },
    ];
    expect(playPipeline(document, nodeTypes, { name: "no rows", steps }).failures).toEqual([]);
  });

  it("does not stand in the way of the end of input", () => {
    const steps: Step[] = [
      rows("quiet", 1_000),
      { clock: 1_000 },
      { clock: 60_000 },
      { ...rows("lively", 5_000), ...watermark(4_999) },
      { end: true, ...watermark("max") },
    ];
    expect(playPipeline(document, nodeTypes, { name: "end", steps }).failures).toEqual([]);
  });
});
