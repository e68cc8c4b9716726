/** A source that gives what a test says: it is pushed, never read. */
import { z } from "zod";
import { defineNode, defineSpec } from "../src/node/index.ts";
import type { ChangelogMode, Schema } from "../src/schema/index.ts";

export const testInput = defineNode({
  spec: defineSpec({
    type: "test-input",
    title: { en: "Test input", zh: "测试输入" },
    summary: { en: "Rows of a test.", zh: "测试中的行。" },
    category: "source",
    inputs: {},
    outputs: { out: { en: "Rows of the test.", zh: "测试中的行。" } },
    params: z.object({ schema: z.string(), changelog: z.custom<ChangelogMode>().optional() }),
    inferSchema: ({ params, declared }) => ({ out: declared(params.schema) as Schema }),
    format: () => ({ name: "json" }),
    changelog: ({ changelog }) => ({ out: changelog ?? { mode: "append" } }),
  }),
  createSource: () => {
    throw new Error("a test input is pushed, not read");
  },
  cases: [],
});
