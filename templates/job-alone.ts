/** A template carries its mock source beside its job, so that it runs at once. This is the job alone. */
import { type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";

/** The document without what does not hang on a topic source: the generator and what it fills. */
export function jobAlone(template: PipelineDocument): PipelineDocument {
  const kept = new Set(
    Object.entries(template.nodes)
      .filter(([, node]) => node.type === "topic-source")
      .map(([id]) => id),
  );
  for (let size = 0; size !== kept.size; ) {
    size = kept.size;
    for (const edge of template.edges) if (kept.has(parsePortRef(edge.from).node)) kept.add(parsePortRef(edge.to).node);
  }
  const { groups: _groups, tests: _tests, ...rest } = template;
  return {
    ...rest,
    nodes: Object.fromEntries(Object.entries(template.nodes).filter(([id]) => kept.has(id))),
    edges: template.edges.filter((edge) => kept.has(parsePortRef(edge.from).node)),
  };
}
