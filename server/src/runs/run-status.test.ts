import { expect, it } from "vitest";
import type { NodeLive, RunStatus } from "../api.ts";
import { withFailure } from "./run-status.ts";

const NODE: NodeLive = { in: {}, out: { out: { total: 3, rate: 0 } }, dropped: {}, errors: 0, watermark: 5 };
const RUN: RunStatus = { pipelineId: "a", state: "restarting", savepoint: false, deadLetters: 0 };
const message = { en: "disk full", zh: "磁盘已满" };

it("puts the reason of the last failure on the node that failed", () => {
  const run: RunStatus = { ...RUN, failure: { message, nodeId: "sink", at: 7 } };
  expect(withFailure({ source: NODE, sink: NODE }, run)).toEqual({ source: NODE, sink: { ...NODE, failure: { message, at: 7 } } });
});

it("does so before the node has counted anything", () => {
  const run: RunStatus = { ...RUN, failure: { message, nodeId: "sink", at: 7 } };
  expect(withFailure({}, run)).toEqual({ sink: { in: {}, out: {}, dropped: {}, errors: 0, watermark: null, failure: { message, at: 7 } } });
});

it("changes nothing when no node is to blame", () => {
  const nodes = { source: NODE };
  expect(withFailure(nodes, RUN)).toBe(nodes);
  expect(withFailure(nodes, { ...RUN, failure: { message, at: 7 } })).toBe(nodes);
});
