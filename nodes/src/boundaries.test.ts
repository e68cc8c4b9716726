/** Every inequality below, at and above its boundary: as it is, restarted before any step, rescaled before any step, and with rows that come twice where that may change nothing. */
import { readFileSync } from "node:fs";
import type { NodeCase, Step } from "@millrace/engine/node";
import { playCase } from "@millrace/engine/testing";
import { describe, expect, it } from "vitest";
import { BOUNDARIES, type Boundary, ELSEWHERE, inputsOf } from "./boundaries.testing.ts";
import { nodeTypes } from "./registry.ts";

const SIDES = ["below", "at", "above"] as const;

function played(boundary: Boundary, steps: readonly Step[], options: Parameters<typeof playCase>[2] = {}) {
  const node = nodeTypes.get(boundary.node);
  if (node === undefined) throw new Error(`there is no node type ${boundary.node}`);
  const nodeCase: NodeCase = { name: boundary.rule, params: boundary.params, inputs: inputsOf(boundary), steps };
  const { failures, deadLetters, rows } = playCase(node, nodeCase, options);
  expect([...failures, ...deadLetters]).toEqual([]);
  return Object.fromEntries(
    Object.entries(rows).flatMap(([place, list]) => (list.length > 0 && place.startsWith("node.") ? [[place.slice(5), list.length]] : [])),
  );
}

/** A fifth of the input, and in the end all of it, comes twice. */
function doubled(steps: readonly Step[], which: number): readonly Step[] {
  return steps.flatMap((step, i) => (step.rows !== undefined && i % steps.length === which ? [step, step] : [step]));
}

describe.each(BOUNDARIES)("$node: $rule", (boundary) => {
  it.each(SIDES)("%s", (side) => {
    const steps = boundary.steps(SIDES.indexOf(side) - 1);
    const expected = boundary.gives[SIDES.indexOf(side)];
    expect(played(boundary, steps)).toEqual(expected);
    for (const i of steps.keys()) {
      expect(played(boundary, steps, { restartBefore: i }), `restarted before step ${i + 1}`).toEqual(expected);
      expect(played(boundary, steps, { rescaleBefore: { step: i, parallelism: 3 } }), `rescaled before step ${i + 1}`).toEqual(expected);
    }
  });

  it("is a boundary: one side gives what another does not", () => {
    expect(new Set(boundary.gives.map((gives) => JSON.stringify(gives))).size).toBeGreaterThan(1);
  });
});

describe.each(BOUNDARIES.filter(({ twice }) => twice))("$node, with rows that come twice: $rule", (boundary) => {
  it.each(SIDES)("%s", (side) => {
    const steps = boundary.steps(SIDES.indexOf(side) - 1);
    const expected = boundary.gives[SIDES.indexOf(side)];
    for (const [i, step] of steps.entries()) {
      // A left row of a join that comes twice is two rows; its versions may.
      if (step.rows === undefined || step.rows.left !== undefined || expected?.late !== undefined) continue;
      expect(played(boundary, doubled(steps, i)), `step ${i + 1} twice`).toEqual(expected);
    }
  });
});

describe("the table of boundaries", () => {
  it("is complete: every node type that waits for the watermark, or forgets, is in it", () => {
    const inTable = new Set(BOUNDARIES.map(({ node }) => node));
    const waiting = [...nodeTypes.values()].filter(({ spec }) => spec.sideOutputs?.some((port) => /^late|^timeout/.test(port)));
    expect(waiting.map(({ spec }) => spec.type).filter((type) => !inTable.has(type))).toEqual([]);
  });

  it.each(ELSEWHERE)("leaves to $file: $rule", ({ file, test }) => {
    expect(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8")).toContain(test);
  });
});
