import { defineSpec } from "@millrace/engine/node";
import { z } from "zod";

const params = z.strictObject({});

export const spec = defineSpec<z.infer<typeof params>>({
  type: "fragment-output",
  title: { en: "Fragment output", zh: "片段输出" },
  summary: {
    en: "Where rows leave a fragment: an output port of the node that uses it.",
    zh: "行离开片段的地方：使用该片段的节点的一个输出端口。",
  },
  category: "fragment",
  keywords: ["port", "subgraph", "macro", "component", "subflow", "子图", "子流程", "端口", "片段"],
  params,
  inputs: { in: { en: "The rows that leave where the fragment is used.", zh: "在使用处离开片段的行。" } },
  outputs: {},
  accepts: ["append", "upsert", "retract"],
  reads: () => ({ in: ["*"] }),
  inferSchema: () => ({}),
  format: () => ({ name: "json" }),
  fragmentPort: { side: "output", used: "fragment-port" },
});
