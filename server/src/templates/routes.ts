import type { PipelineDocument } from "@millrace/engine/pipeline";
import { z } from "zod";
import { template, templateSummary } from "../api.ts";
import { notFound, type Words } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";

/** A built-in pipeline, as the package of templates lists it. */
export interface Template {
  readonly name: string;
  readonly title: Words;
  readonly description: Words;
  readonly keywords: readonly string[];
  readonly document: PipelineDocument;
  /** Markdown. */
  readonly readme: Words;
}

export function templateRoutes(templates: readonly Template[]): Route[] {
  return [
    route({
      method: "get",
      path: "/templates",
      tag: "Templates",
      summary: "The built-in pipelines",
      answer: z.array(templateSummary),
      handle: () => templates.map(summaryOf),
    }),
    route({
      method: "get",
      path: "/templates/:name",
      tag: "Templates",
      summary: "A template with its document and explanation",
      answer: template,
      errors: { 404: "no such template" },
      handle: ({ params }) => {
        const found = templates.find(({ name }) => name === params.name);
        if (!found) throw notFound({ en: "template", zh: "模板" }, params.name ?? "");
        return { ...summaryOf(found), document: found.document, readme: found.readme };
      },
    }),
  ];
}

export function summaryOf({ name, title, description, keywords, document }: Template): z.output<typeof templateSummary> {
  const nodes = Object.keys(document.nodes).length;
  return { name, title, description, keywords: [...keywords], nodes, edges: document.edges.length };
}
