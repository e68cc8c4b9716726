import type { NodeType } from "@millrace/engine/node";
import { type ExampleStep, tellCase } from "@millrace/engine/testing";
import { nodeExample } from "../api.ts";
import { notFound } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";

/** Examples of node types: their own cases, played when they are asked for by the program that runs pipelines. */
export function exampleRoutes(nodeTypes: ReadonlyMap<string, NodeType>): Route[] {
  return [
    route({
      method: "get",
      path: "/node-types/:type/example",
      tag: "Node types",
      summary: "An example of what the node does, played now: step by step what came in and what it gave",
      answer: nodeExample,
      errors: { 404: "no such node type, or none of its cases gives anything" },
      handle: ({ params: { type = "" } }) => {
        const found = nodeTypes.get(type);
        const example = found && exampleOf(found);
        if (!example) throw notFound({ en: "example of a node type", zh: "节点类型示例" }, type);
        return example;
      },
    }),
  ];
}

/** The first of its cases in which it gives something. */
function exampleOf(node: NodeType): { name: string; params: object; steps: readonly ExampleStep[] } | undefined {
  for (const one of node.cases) {
    if (one.invalid !== undefined || one.steps === undefined) continue;
    const steps = tellCase(node, one);
    if (steps?.some(({ out }) => out.length > 0)) return { name: one.name, params: one.params, steps };
  }
  return undefined;
}
