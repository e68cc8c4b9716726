/** ELK, in a worker, loaded when something is first laid out. */
import type { ElkNode } from "elkjs/lib/elk-api.js";

type Layout = (graph: ElkNode) => Promise<ElkNode>;
let layout: Promise<Layout> | undefined;

async function loadElk(): Promise<Layout> {
  const [{ default: Elk }, { default: ElkWorker }] = await Promise.all([
    import("elkjs/lib/elk-api.js"),
    import("elkjs/lib/elk-worker.min.js?worker"),
  ]);
  const elk = new Elk({ workerFactory: () => new ElkWorker() });
  return (graph) => elk.layout(graph);
}

/** The graph with places for its nodes. */
export async function layOut(graph: ElkNode): Promise<ElkNode> {
  layout ??= loadElk();
  return (await layout)(graph);
}
