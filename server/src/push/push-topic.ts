import type { NodeType } from "@millrace/engine/node";
import type { PipelineStore } from "../pipelines/store.ts";

/** Node types that read what is posted to /in/<pipeline>/<node>. */
const PUSH_SOURCE = "http-push";

/** The topic behind an HTTP push source of the deployed version, as its spec names it. */
export function pushTopicOf(
  store: PipelineStore,
  nodeTypes: ReadonlyMap<string, NodeType>,
  pipelineId: string,
  nodeId: string,
): string | undefined {
  const version = store.get(pipelineId)?.liveVersion;
  const document = version === undefined ? undefined : store.version(pipelineId, version)?.document;
  if (!document || !Object.hasOwn(document.nodes, nodeId)) return undefined;
  const node = document.nodes[nodeId];
  if (node?.type !== PUSH_SOURCE) return undefined;
  const { spec } = nodeTypes.get(PUSH_SOURCE) as NodeType;
  return spec.targets?.(node.params, { pipelineId, nodeId })[0]?.name;
}
