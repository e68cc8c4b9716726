/**
 * The live stream: server-sent events, one frame every 250 ms with the counts of one pipeline and the new samples of the edges that the page looks at. A page that reads too slowly
 * gets fewer frames, never a growing queue.
 */
import type { RequestHandler } from "express";
import { z } from "zod";
import type { LiveFrame, RunStatus } from "../api.ts";
import { ApiFailure, notFound } from "../http/api-failure.ts";
import type { PipelineStore } from "../pipelines/store.ts";
import type { RunHandle, Watch } from "../runs/run-host.ts";
import { withFailure } from "../runs/run-status.ts";
import type { Supervisor } from "../runs/supervisor.ts";

const FRAME_MS = 250;
/** Without anything new, a comment tells both ends that the other is there. */
const HEARTBEAT_MS = 10_000;
const MAX_EDGES = 200;

const liveQuery = z.object({
  pipeline: z.string().min(1),
  edges: z.string().optional().describe("Edges to sample, separated by commas: a.out->b.in,b.out->c.in"),
});

export interface LiveDeps {
  readonly store: PipelineStore;
  readonly supervisor: Supervisor;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

export function liveStream({ store, supervisor, now, log }: LiveDeps): RequestHandler {
  return (request, response) => {
    const { id, edges } = readQuery(request.query);
    if (!store.get(id)) throw notFound({ en: "pipeline", zh: "流水线" }, id);

    response.set({ "Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no" });
    response.write("retry: 1000\n\n");

    const view = watcher(supervisor, id, edges);
    let last = "";
    let quietMs = 0;
    function tick(): void {
      const pipeline = store.get(id);
      if (!pipeline) return void response.end();
      if (response.writableNeedDrain) return;
      const run = supervisor.status(pipeline);
      const text = run ? JSON.stringify(frameOf(run, view.frame())) : last;
      if (text !== last) {
        last = text;
        quietMs = 0;
        response.write(`event: live\ndata: {"at":${now()},${text.slice(1)}\n\n`);
        return;
      }
      quietMs += FRAME_MS;
      if (quietMs < HEARTBEAT_MS) return;
      quietMs = 0;
      response.write(": still here\n\n");
    }
    const timer = setInterval(() => {
      try {
        tick();
      } catch (error) {
        // A page that cannot be served must not take the runs with it.
        log(`live stream of ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        response.destroy();
      }
    }, FRAME_MS);

    response.on("close", () => {
      clearInterval(timer);
      view.close();
    });
  };
}

function frameOf(run: RunStatus, { nodes, samples }: Pick<LiveFrame, "nodes" | "samples">): Omit<LiveFrame, "at"> {
  return { run, nodes: withFailure(nodes, run), samples };
}

/** Watches whichever run the pipeline has: a redeploy puts another one in its place. */
function watcher(supervisor: Supervisor, id: string, edges: readonly string[]) {
  let handle: RunHandle | undefined;
  let watch: Watch | undefined;
  return {
    frame(): Pick<LiveFrame, "nodes" | "samples"> {
      const current = supervisor.handle(id);
      if (current !== handle) {
        watch?.close();
        handle = current;
        watch = current?.watch(edges);
      }
      return watch?.frame() ?? { nodes: {}, samples: {} };
    },
    close: () => watch?.close(),
  };
}

function readQuery(query: unknown): { id: string; edges: string[] } {
  const result = liveQuery.safeParse(query);
  if (!result.success) {
    throw new ApiFailure(400, "bad-request", {
      en: "The live stream wants ?pipeline=ID, and &edges=a.out->b.in,… for samples.",
      zh: "实时流需要参数 ?pipeline=ID,需要样本时再加 &edges=a.out->b.in,…。",
    });
  }
  const edges = [...new Set((result.data.edges ?? "").split(",").filter((edge) => edge !== ""))];
  if (edges.length > MAX_EDGES) {
    throw new ApiFailure(400, "too-many-edges", {
      en: `At most ${MAX_EDGES} edges can be watched at once, got ${edges.length}. Watch those that are on the screen.`,
      zh: `最多同时观察 ${MAX_EDGES} 条连线,收到 ${edges.length} 条。请只观察屏幕上的连线。`,
    });
  }
  return { id: result.data.pipeline, edges };
}
