import type { NodeType } from "@millrace/engine/node";
import { analyze, type PipelineDocument, placeOf } from "@millrace/engine/pipeline";
import type { PipelineStore } from "../pipelines/store.ts";

/** The topics behind HTTP push sources, as their spec names them. */
export interface PushTopics {
  /** Of a node of the deployed version; undefined when there is no such pipeline or node, or the node takes no posts. */
  of(pipelineId: string, nodeId: string): string | undefined;
  /** Of all versions that were deployed. */
  all(pipelineId: string): readonly string[];
}

/** The node type that reads what is posted to /in/<pipeline>/<node>. */
const PUSH_SOURCE = "http-push";

export function createPushTopics(store: PipelineStore, nodeTypes: ReadonlyMap<string, NodeType>): PushTopics {
  const specs = new Map([...nodeTypes].map(([type, { spec }]) => [type, spec]));

  /** With the nodes inside of fragments; these are looked at only where they are meant. */
  function nodesOf(document: PipelineDocument): PipelineDocument["nodes"] {
    return document.fragments === undefined ? document.nodes : analyze(document, specs).graph.document.nodes;
  }

  function topicOf(document: PipelineDocument, pipelineId: string, nodeId: string): string | undefined {
    const nodes = placeOf(nodeId).inner === undefined ? document.nodes : nodesOf(document);
    const node = Object.hasOwn(nodes, nodeId) ? nodes[nodeId] : undefined;
    if (node?.type !== PUSH_SOURCE) return undefined;
    return nodeTypes.get(PUSH_SOURCE)?.spec.targets?.(node.params, { pipelineId, nodeId })[0]?.name;
  }

  return {
    of(pipelineId, nodeId) {
      const version = store.get(pipelineId)?.liveVersion;
      const document = version === undefined ? undefined : store.version(pipelineId, version)?.document;
      return document && topicOf(document, pipelineId, nodeId);
    },
    all(pipelineId) {
      const topics = store
        .versions(pipelineId)
        .flatMap(({ document }) => Object.keys(nodesOf(document)).flatMap((nodeId) => topicOf(document, pipelineId, nodeId) ?? []));
      return [...new Set(topics)];
    },
  };
}
