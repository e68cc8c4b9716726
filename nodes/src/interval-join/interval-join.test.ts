import type { Step } from "@millrace/engine/node";
import { analyze, FORMAT_VERSION, readDocument } from "@millrace/engine/pipeline";
import { Task } from "@millrace/engine/run";
import { playCase } from "@millrace/engine/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeTypes } from "../registry.ts";
import { node } from "./index.ts";
import { type JoinHistory, plainJoin } from "./reference.testing.ts";

/** `pnpm verify:long` asks for more. */
const SEEDS = Number(process.env["MILLRACE_SEEDS"] ?? 500);

const event = fc.record({
  side: fc.constantFrom("left" as const, "right" as const),
  key: fc.constantFrom("a", "a", "b", null),
  time: fc.integer({ min: 0, max: 12 }),
});
const history = fc
  .array(fc.oneof({ weight: 4, arbitrary: event }, { weight: 1, arbitrary: fc.record({ watermark: fc.integer({ min: 0, max: 14 }) }) }), {
    maxLength: 24,
  })
  .map((events): JoinHistory => events.map((one, id) => ("watermark" in one ? one : { ...one, id })));
const bounds = fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: 0, max: 5 }));

function play(events: JoinHistory, lower: number, upper: number, restartBefore: number) {
  const steps = events.map(
    (one): Step =>
      "watermark" in one
        ? { watermark: { left: one.watermark, right: one.watermark } }
        : { rows: { [one.side]: [{ value: { k: one.key, id: one.id }, time: one.time }] } },
  );
  const params = {
    leftKey: ["k"],
    rightKey: ["k"],
    lower: `${lower} ms`,
    upper: `${upper} ms`,
    joined: {
      as: "select",
      fields: [
        { name: "l", from: "left", value: "id" },
        { name: "r", from: "right", value: "id" },
      ],
    },
  };
  const inputs = { left: "k STRING, id INT", right: "k STRING, id INT" };
  const result = playCase(node, { name: "law", params, inputs, steps: [...steps, { end: true }] }, { restartBefore });
  expect(result.failures).toEqual([]);
  const seen = (port: string) =>
    (result.rows[`node.${port}`] ?? []).map(({ text, time }) => ({ ...(JSON.parse(text) as { l: number; r: number; id: number }), time }));
  return {
    joined: seen("joined")
      .map(({ l, r, time }) => `${l}-${r}@${time}`)
      .sort(),
    late: [...seen("lateLeft"), ...seen("lateRight")].map(({ id }) => String(id)).sort(),
    unmatched: [...seen("unmatchedLeft"), ...seen("unmatchedRight")].map(({ id, time }) => `${id}@${time}`).sort(),
  };
}

it(
  "gives what the plain reference gives, for any bounds, order, watermarks and restart",
  () => {
    fc.assert(
      fc.property(history, bounds, fc.nat({ max: 24 }), (events, [lower, width], restartBefore) => {
        expect(play(events, lower, lower + width, restartBefore)).toEqual(plainJoin(events, lower, lower + width));
      }),
      { numRuns: SEEDS },
    );
  },
  Math.max(20_000, SEEDS * 20),
);

describe("a row that waits", () => {
  const SELECT = { as: "select", fields: [{ name: "k", from: "left", value: "k" }] };

  it.each([
    ["without its text where nobody takes the unmatched", SELECT, [], false],
    ["with its text where somebody takes the unmatched", SELECT, [{ from: "join.unmatchedLeft", to: "end.in" }], true],
    ["with its text where it stands in the joined row", { as: "nested" }, [], true],
  ])("is kept %s", (_name, joined, edges, isKept) => {
    const task = joinTask(joined, edges);
    task.pushText("left", utf8('{"k":"a","t":1000,"nobody reads this":1}'), 0);
    expect(stateText(task).includes("nobody reads this")).toBe(isKept);
  });

  it("leaves with the fields that were read where it was kept without its text", () => {
    const before = joinTask(SELECT, []);
    before.pushText("left", utf8('{"k":"a","t":1000,"x":1}'), 0);
    const after = joinTask(SELECT, [{ from: "join.unmatchedLeft", to: "end.in" }]);
    after.restore(structuredClone([...before.snapshot(true)]));
    for (const source of ["left", "right"]) after.pushWatermark(source, Number.POSITIVE_INFINITY);
    expect(
      after
        .tap("join", "unmatchedLeft")
        ?.since(-1)
        .map(({ text }) => JSON.parse(text)),
    ).toEqual([{ k: "a", t: 1000 }]);
  });

  it("has one timer with the row that it matched", () => {
    const task = joinTask(SELECT, []);
    task.pushText("left", utf8('{"k":"a","t":1000}'), 0);
    task.pushText("right", utf8('{"k":"a","t":2000}'), 0);
    expect(task.nodes.get("join")?.backend.usage().eventTimers).toBe(1);
  });
});

function joinTask(joined: object, edges: readonly { from: string; to: string }[]): Task {
  const source = { type: "topic-source", params: { topic: "t", schema: "row" } };
  const time = { type: "event-time", params: { time: "t", outOfOrderness: "0 s" } };
  const { document, problems } = readDocument({
    formatVersion: FORMAT_VERSION,
    name: "join",
    schemas: { row: { fields: { k: "STRING", t: "BIGINT" } } },
    nodes: {
      left: { name: "Left", ...source },
      right: { name: "Right", ...source },
      "left-time": { name: "Left time", ...time },
      "right-time": { name: "Right time", ...time },
      join: {
        type: "interval-join",
        name: "Join",
        params: { leftKey: ["k"], rightKey: ["k"], lower: "-5 s", upper: "5 s", joined },
      },
      end: { type: "discard", name: "End", params: {} },
    },
    edges: [
      { from: "left.out", to: "left-time.in" },
      { from: "right.out", to: "right-time.in" },
      { from: "left-time.out", to: "join.left" },
      { from: "right-time.out", to: "join.right" },
      ...edges,
    ],
  });
  if (!document) throw new Error(JSON.stringify(problems));
  const { graph } = analyze(document, new Map([...nodeTypes].map(([type, { spec }]) => [type, spec])));
  return new Task({ graph, nodeTypes, now: () => 0, seed: "join", onDeadLetter: () => undefined });
}

function utf8(text: string) {
  const bytes = new TextEncoder().encode(text);
  return { bytes, start: 0, end: bytes.length };
}

function stateText(task: Task): string {
  return [...task.snapshot(true)].map((entry) => ("key" in entry ? Buffer.from(entry.key.state ?? []).toString("latin1") : "")).join();
}
