import type { Step } from "@millrace/engine/node";
import type { RowKind } from "@millrace/engine/schema";
import { playCase } from "@millrace/engine/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { node } from "./index.ts";

/** `pnpm verify:long` asks for more. */
const SEEDS = Number(process.env["MILLRACE_SEEDS"] ?? 500);

interface Event {
  readonly side: "left" | "right";
  readonly key: string | null;
  readonly time: number;
  readonly kind: RowKind;
}
type History = readonly (Event | { readonly watermark: number })[];

const history: fc.Arbitrary<History> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        side: fc.constantFrom("left" as const, "right" as const),
        key: fc.constantFrom("a", "a", "b", null),
        time: fc.integer({ min: 0, max: 12 }),
        kind: fc.constantFrom<RowKind>("+I", "+I", "+U", "-U", "-D"),
      }),
    },
    { weight: 1, arbitrary: fc.record({ watermark: fc.integer({ min: 0, max: 14 }) }) },
  ),
  { maxLength: 24 },
);

/** From the whole history, without state: "left-version", "left-none" or "left late", by the number of each row. */
function plain(events: History): string[] {
  const marks = events.flatMap((one, at) => ("watermark" in one ? [{ at, time: one.watermark }] : []));
  const found = events.flatMap((left, at) => {
    if ("watermark" in left || left.side !== "left") return [];
    if (marks.some((mark) => mark.at < at && mark.time >= left.time)) return [`${at} late`];
    // The end of input is a watermark too.
    const settledAt = marks.find((mark) => mark.at > at && mark.time >= left.time)?.at ?? events.length;
    let version: number | undefined;
    events.slice(0, settledAt).forEach((right, number) => {
      if ("watermark" in right || right.side !== "right" || right.key !== left.key || left.key === null || right.time > left.time) return;
      const best = version === undefined ? undefined : (events[version] as Event);
      if (best === undefined || right.time >= best.time) version = number;
    });
    const isThere = version !== undefined && !["-U", "-D"].includes((events[version] as Event).kind);
    return [isThere ? `${at}-${version} ${left.kind}` : `${at}-none ${left.kind}`];
  });
  return found.sort();
}

function play(events: History, restartBefore: number): string[] {
  const steps = events.map(
    (one, id): Step =>
      "watermark" in one
        ? { watermark: { left: one.watermark, right: one.watermark } }
        : { rows: { [one.side]: [{ value: { k: one.key, id }, time: one.time, kind: one.kind }] } },
  );
  const params = {
    leftKey: ["k"],
    rightKey: ["k"],
    joined: {
      as: "select",
      fields: [
        { name: "l", from: "left", value: "id" },
        { name: "r", from: "right", value: "id" },
      ],
    },
  };
  const result = playCase(
    node,
    { name: "law", params, inputs: { left: "k STRING, id INT", right: "k STRING, id INT" }, steps: [...steps, { end: true }] },
    { restartBefore },
  );
  expect(result.failures).toEqual([]);
  const seen = (port: string) =>
    (result.rows[`node.${port}`] ?? []).map(({ text, kind }) => ({ ...(JSON.parse(text) as { l: number; r: number; id: number }), kind }));
  return [
    ...seen("joined").map(({ l, r, kind }) => `${l}-${r} ${kind ?? "+I"}`),
    ...seen("unmatched").map(({ id, kind }) => `${id}-none ${kind ?? "+I"}`),
    ...seen("late").map(({ id }) => `${id} late`),
  ].sort();
}

it(
  "gives what the plain reference gives, for any versions, order, watermarks and restart",
  () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 24 }), (events, restartBefore) => {
        expect(play(events, restartBefore)).toEqual(plain(events));
      }),
      { numRuns: SEEDS },
    );
  },
  Math.max(20_000, SEEDS * 20),
);
