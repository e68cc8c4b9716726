/** The built-in warehouses: templates that belong together, read when this module is first imported. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Words } from "@millrace/engine/node";
import { type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";
import { type Template, templates } from "./index.ts";

export interface WarehouseTemplate {
  /** Name of its folder. */
  readonly name: string;
  readonly title: Words;
  readonly description: Words;
  readonly keywords: readonly string[];
  /** In the order in which they are started: whoever writes a topic or table before who reads it. */
  readonly jobs: readonly WarehouseJob[];
}

export interface WarehouseJob {
  /** Of its template. */
  readonly name: string;
  /** The template's; what mocks a topic that a job before it fills is disabled. */
  readonly document: PipelineDocument;
}

interface WarehouseFile extends Omit<WarehouseTemplate, "name" | "jobs"> {
  /** Names of templates. */
  readonly jobs: readonly string[];
}

/** By name. */
export const warehouses: readonly WarehouseTemplate[] = readdirSync(import.meta.dirname)
  .filter((name) => existsSync(fileOf(name)))
  .sort()
  .map((name) => {
    const file = JSON.parse(readFileSync(fileOf(name), "utf8")) as WarehouseFile;
    return { ...file, name, jobs: jobsOf(file.jobs) };
  });

function fileOf(name: string): string {
  return join(import.meta.dirname, name, "warehouse.json");
}

function jobsOf(names: readonly string[]): WarehouseJob[] {
  const filled = new Set<unknown>();
  return names.map((name) => {
    const template = templates.find((one) => one.name === name);
    if (!template) throw new Error(`there is no template ${name}`);
    const document = withoutMocksOf(template, filled);
    for (const { topic } of topicSinks(document)) filled.add(topic);
    return { name, document };
  });
}

function withoutMocksOf({ document }: Template, filled: ReadonlySet<unknown>): PipelineDocument {
  const mocks = new Set(topicSinks(document).flatMap(({ id, topic }) => (filled.has(topic) ? [id] : [])));
  for (let size = -1; size !== mocks.size; ) {
    size = mocks.size;
    // Who feeds nothing else goes with what it feeds.
    for (const id of Object.keys(document.nodes)) {
      const fed = document.edges.filter(({ from }) => parsePortRef(from).node === id);
      if (fed.length > 0 && fed.every(({ to }) => mocks.has(parsePortRef(to).node))) mocks.add(id);
    }
  }
  const nodes = Object.entries(document.nodes).map(
    ([id, node]) => [id, mocks.has(id) ? { ...node, disabled: true as const } : node] as const,
  );
  return { ...document, nodes: Object.fromEntries(nodes) };
}

function topicSinks({ nodes }: PipelineDocument): { readonly id: string; readonly topic: unknown }[] {
  return Object.entries(nodes).flatMap(([id, { type, params = {}, disabled }]) =>
    type === "topic-sink" && disabled !== true && params["topic"] !== undefined ? [{ id, topic: params["topic"] }] : [],
  );
}
