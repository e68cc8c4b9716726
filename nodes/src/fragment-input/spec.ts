import { defineSpec } from "@millrace/engine/node";
import { z } from "zod";
import { schemaParam } from "../io-params.ts";
import { sourceSchema } from "../source-schema.ts";

const params = z.strictObject({ schema: schemaParam() });

export type FragmentInputParams = z.output<typeof params>;

export const spec = defineSpec<FragmentInputParams>({
  type: "fragment-input",
  title: { en: "Fragment input", zh: "片段输入" },
  summary: {
    en: "Where rows come into a fragment: an input port of the node that uses it.",
    zh: "行进入片段的地方：使用该片段的节点的一个输入端口。",
  },
  category: "fragment",
  keywords: ["port", "subgraph", "macro", "component", "subflow", "子图", "子流程", "端口", "片段"],
  params,
  inputs: {},
  outputs: { out: { en: "The rows that come in where the fragment is used.", zh: "在使用处进入片段的行。" } },
  inferSchema: (context) => ({ out: sourceSchema({ ...context, params: { format: "json", schema: context.params.schema } }) }),
  format: () => ({ name: "json" }),
  dropReasons: { tombstone: { en: "record without a value", zh: "没有值的记录" } },
  cardLine: ({ schema }) => schema ?? "",
  fragmentPort: { side: "input", used: "fragment-port" },
});
