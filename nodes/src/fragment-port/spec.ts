import { defineSpec } from "@millrace/engine/node";
import { problem } from "@millrace/engine/pipeline";
import { z } from "zod";
import { sameType } from "../field-types.ts";

const params = z.strictObject({});

export const spec = defineSpec<z.infer<typeof params>>({
  type: "fragment-port",
  title: { en: "Port of a fragment", zh: "片段端口" },
  summary: { en: "Lets rows through where a fragment begins or ends.", zh: "在片段的起点或终点放行所有行。" },
  category: "fragment",
  internal: true,
  params,
  inputs: { in: { en: "Rows that cross the border.", zh: "越过边界的行。" } },
  outputs: { out: { en: "The same rows.", zh: "相同的行。" } },
  manyEdgesPerInput: true,
  accepts: ["append", "upsert", "retract"],
  inferSchema({ inputLists, problem: raise }) {
    const [first, ...others] = inputLists.in ?? [];
    if (!first) return {};
    if (others.some((other) => !sameType(first, other)))
      raise(
        problem("node.words", {
          en: "streams with different fields meet at a port of a fragment. Put a union before it.",
          zh: "字段不同的多条流在片段的一个端口汇合。请先用合流节点合并。",
        }),
      );
    return { out: first };
  },
});
