/** What a document alone does not show: that another pipeline writes where this one is about to. */
import { type Problem, problem } from "@millrace/engine/pipeline";
import { quote } from "../http/api-failure.ts";
import { type JobGraph, storeId } from "./job-graphs.ts";

/**
 * A warning for each sink that writes what another pipeline writes as well, with a name of its own as the fix. Two jobs may well share a table (each its own rows), but not two copies of one
 * job: those are known by their template.
 */
export function secondWriters({ pipeline, graph, uses }: JobGraph, all: readonly JobGraph[]): Problem[] {
  const others = all.filter((other) => other.pipeline.id !== pipeline.id);
  return uses.flatMap(({ nodeId, access, store }) => {
    if (access !== "writes") return [];
    const mayShare = store.kind === "table" || store.kind === "dimension";
    const writer = others.find(
      (other) =>
        (!mayShare || (pipeline.template !== undefined && other.pipeline.template === pipeline.template)) &&
        other.uses.some((use) => use.access === "writes" && storeId(use.store) === storeId(store)),
    );
    if (!writer) return [];
    const params = graph.nodes.find(({ id }) => id === nodeId)?.params ?? {};
    const [param] = Object.entries(params).find(([, value]) => value === store.name) ?? [];
    const name = quote(writer.pipeline.draft.name);
    const own = `${pipeline.id.replaceAll("-", "_")}_${store.name}`;
    return [
      problem(
        "node.words",
        {
          en: `pipeline ${name} writes ${quote(store.name)} as well: whoever reads it gets the rows of both. Give one of them a name of its own, for example ${quote(own)}.`,
          zh: `流水线 ${name} 也写入 ${quote(store.name)}：读取方会得到两者的行。请为其中一个另取名称，例如 ${quote(own)}。`,
        },
        { severity: "warning", nodeId, ...(param !== undefined && { path: [param], fix: { replace: own } }) },
      ),
    ];
  });
}
