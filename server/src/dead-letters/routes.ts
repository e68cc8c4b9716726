import { z } from "zod";
import { deadLetterPage, replay } from "../api.ts";
import { ApiFailure, notFound } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import type { PipelineStore } from "../pipelines/store.ts";
import type { RunHost } from "../runs/run-host.ts";
import type { Supervisor } from "../runs/supervisor.ts";

const pageQuery = z.object({
  node: z.string().optional(),
  before: z.string().optional().describe("`next` of the page before"),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  search: z.string().min(1).optional().describe("Found in text, code or message, ignoring case"),
});

export interface DeadLetterDeps {
  readonly store: PipelineStore;
  readonly supervisor: Supervisor;
  readonly host: RunHost;
}

export function deadLetterRoutes({ store, supervisor, host }: DeadLetterDeps): Route[] {
  function idOf(id: string | undefined): string {
    if (id === undefined || !store.get(id)) throw notFound({ en: "pipeline", zh: "流水线" }, id ?? "");
    return id;
  }

  return [
    route({
      method: "get",
      path: "/pipelines/:id/dead-letters",
      tag: "Dead letters",
      summary: "Rows that could not be processed, with the reason, newest first",
      query: pageQuery,
      answer: deadLetterPage,
      errors: { 404: "no such pipeline" },
      handle: ({ params, query }) => host.deadLetters(idOf(params.id), query),
    }),
    route({
      method: "post",
      path: "/pipelines/:id/dead-letters/replay",
      tag: "Dead letters",
      summary: "Sends letters into their nodes' inputs once more; `text` repairs a single one",
      body: replay,
      answer: z.object({ replayed: z.number() }),
      errors: { 404: "no such pipeline", 409: "it does not run" },
      handle: async ({ params, body }) => {
        const id = idOf(params.id);
        if (body.text !== undefined && body.ids.length !== 1) {
          throw new ApiFailure(400, "bad-request", {
            en: `A repaired text is for a single letter, got ${body.ids.length} ids.`,
            zh: `修复后的文本只能用于一封死信,收到 ${body.ids.length} 个 id。`,
          });
        }
        const handle = supervisor.handle(id);
        if (handle?.status().state !== "running") {
          throw new ApiFailure(409, "not-running", {
            en: `Pipeline "${id}" does not run, so nothing can be replayed into it. Start it first.`,
            zh: `流水线 "${id}" 未在运行,无法重放。请先启动。`,
          });
        }
        return { replayed: await handle.replay(body.ids, body.text) };
      },
    }),
  ];
}
