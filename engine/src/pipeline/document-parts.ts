/** Parts of the document's format that stand in other formats too. */
import { z } from "zod";

export const durationText = z.string().regex(/^\s*\d+(\.\d+)?\s*(ms|s|sec|second|seconds|min|minute|minutes|h|hour|hours|d|day|days)\s*$/);

const rowInput = z.strictObject({
  value: z.json(),
  time: z.number().optional(),
  kind: z.enum(["+I", "-U", "+U", "-D"]).optional(),
  key: z.string().optional(),
  partition: z.int().min(0).optional(),
});

const expectedRow = z.strictObject({
  value: z.json(),
  time: z.number().optional(),
  kind: z.enum(["+I", "-U", "+U", "-D"]).optional(),
  exact: z.literal(false).optional(),
  key: z.string().optional(),
  target: z.string().optional(),
});

const expectation = z.strictObject({
  rows: z.record(z.string(), z.array(expectedRow)).optional(),
  ordered: z.boolean().optional(),
  counters: z.record(z.string(), z.number()).optional(),
  holdings: z.record(z.string(), z.number()).optional(),
  watermark: z.record(z.string(), z.union([z.number(), z.literal("max"), z.literal("none")])).optional(),
  holds: z.record(z.string(), z.string()).optional(),
});

export const timelineStep = z.strictObject({
  rows: z.record(z.string(), z.array(rowInput)).optional(),
  watermark: z.record(z.string(), z.union([z.number(), z.literal("max")])).optional(),
  idle: z.record(z.string(), z.boolean()).optional(),
  clock: z.number().optional(),
  end: z.union([z.literal(true), z.array(z.string())]).optional(),
  restart: z.literal(true).optional(),
  rescale: z.int().min(1).max(128).optional(),
  answers: z
    .record(
      z.string(),
      z.strictObject({
        rows: z.record(z.string(), z.json()).optional(),
        delay: z.union([z.number(), z.record(z.string(), z.number())]).optional(),
        fails: z.union([z.number(), z.boolean()]).optional(),
      }),
    )
    .optional(),
  check: z.literal(true).optional(),
  expect: expectation.optional(),
});

/** Format of `TimelineTest` (`engine/src/node/timeline.ts` says what each member means). */
export const timelineTest = z.strictObject({
  name: z.string().min(1),
  description: z.strictObject({ en: z.string(), zh: z.string() }).optional(),
  set: z.record(z.string(), z.json()).optional(),
  steps: z.array(timelineStep),
});
