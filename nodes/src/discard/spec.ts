import { defineSpec } from "@millrace/engine/node";
import { z } from "zod";

const params = z.strictObject({});

export const spec = defineSpec<z.infer<typeof params>>({
  type: "discard",
  title: { en: "Discard", zh: "丢弃" },
  summary: { en: "Takes rows, counts them, writes them nowhere.", zh: "接收并计数，不写到任何地方。" },
  category: "sink",
  keywords: ["null", "blackhole", "/dev/null", "end", "ignore", "黑洞", "丢弃", "忽略", "空输出"],
  params,
  inputs: { in: { en: "Rows that nobody needs.", zh: "不再需要的行。" } },
  outputs: {},
  accepts: ["append", "upsert", "retract"],
  // Every field is decoded, as by a sink that needs them all: a pipeline measured with it does its full work.
  reads: () => ({ in: ["*"] }),
  inferSchema: () => ({}),
  delivery: "exactly-once",
});
