/** The jobs of the warehouse as the proof of a whole day runs them: the built-in templates, of which each reads its topics to their end, in step. */

import { type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";
import { templateNamed } from "@millrace/templates";
import { jobAlone } from "@millrace/templates/job-alone";

export interface Day {
  readonly seed: number;
  readonly logs: number;
  readonly orders: number;
}

/** Midnight of the business date in Shanghai, when the generators begin in virtual time. */
export const DAY_BEGINS = Date.parse("2021-02-22T00:00:00+08:00");
export const LOGS_PER_SECOND = 20;
export const ORDERS_PER_SECOND = 5;
const DATE = "2021-02-22";
/** Small beside what the jobs allow of disorder: the templates' own parameters with one subtask. */
const STEP = "500 ms";
/** With several subtasks each step is a checkpoint: longer ones, for which the jobs allow more, by the rule that is their parameters' help. */
const LONG_STEP = "5 s";
const ALLOWED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "user-jump-detail-app": { disorder: "20 s" },
  "order-wide-app": { disorder: "20 s" },
  "payment-wide-app": { disorder: "30 s" },
  "visitor-stats-app": { jumpDisorder: "20 s", watermarkDelay: "60 s" },
  "province-stats-sql-app": { watermarkDelay: "30 s" },
  "product-stats-app": { watermarkDelay: "60 s" },
  "keyword-stats-app": { watermarkDelay: "20 s" },
};
const RULES = "ods_table_process";

/** One after the other, since a topic is read to its end: whoever writes it has finished. What stands side by side runs at the same time. */
export function layersOf(day: Day, parallelism: number): readonly (readonly PipelineDocument[])[] {
  const job = (name: string) => toEnd(withDefaults(jobAlone(documentOf(name)), parallelism > 1 ? ALLOWED[name] : {}), parallelism);
  return [
    [rawLogs(day), rawChanges(day), rules()],
    [job("base-log-app"), job("base-db-app")],
    [job("unique-visit-app"), job("user-jump-detail-app"), job("order-wide-app"), job("keyword-stats-app")],
    [job("payment-wide-app"), job("visitor-stats-app"), job("province-stats-sql-app")],
    [job("product-stats-app")],
    [job("keyword-stats4-product-app")],
  ];
}

/** A device's logs must be in order; without a key they are in a single partition. */
function rawLogs({ seed, logs }: Day): PipelineDocument {
  return withParams(branchOf("logger", "to_topic"), {
    mock_app: { seed, count: logs, rate: LOGS_PER_SECOND, date: DATE, pace: "virtual" },
    to_topic: { partitions: 1 },
  });
}

function rawChanges({ seed, orders }: Day): PipelineDocument {
  return withParams(branchOf("mock-shop", "ods_base_db_m"), {
    mock_shop: { seed, count: orders, rate: ORDERS_PER_SECOND, date: DATE, pace: "virtual" },
  });
}

/**
 * As a bootstrap, at whose end the rules are complete: else changes are held for seconds of the clock, key by key, which are minutes of the day, and come to the facts' topics that much too
 * late. In one partition, so that the end comes last.
 */
function rules(): PipelineDocument {
  const document = branchOf("base-db-app", "table_process");
  const records = String(document.nodes.course_rules?.params?.records);
  const message = (type: string) =>
    JSON.stringify({ database: "gmall0820_realtime", table: "table_process", type, ts: 1_613_959_000, data: {} });
  const inserts = records.trim().replaceAll('"type":"insert"', '"type":"bootstrap-insert"');
  const bootstrap = [message("bootstrap-start"), inserts, message("bootstrap-complete")].join("\n");
  return { ...withParams(document, { course_rules: { records: bootstrap }, table_process: { partitions: 1 } }), name: "rules" };
}

function toEnd(document: PipelineDocument, parallelism: number): PipelineDocument {
  const sources = Object.entries(document.nodes).filter(([, { type }]) => type === "topic-source");
  // Rules have the time at which they were given: they are not part of the day.
  const inStep = (id: string) => (id === RULES ? {} : { inStep: parallelism > 1 ? LONG_STEP : STEP });
  return { ...withParams(document, Object.fromEntries(sources.map(([id]) => [id, { until: "end", ...inStep(id) }]))), parallelism };
}

function documentOf(name: string): PipelineDocument {
  const template = templateNamed(name);
  if (!template) throw new Error(`there is no template ${name}`);
  return template.document;
}

/** What leads to one sink. */
function branchOf(name: string, sink: string): PipelineDocument {
  const { groups: _groups, tests: _tests, ...document } = documentOf(name);
  const kept = new Set([sink]);
  for (let size = 0; size !== kept.size; ) {
    size = kept.size;
    for (const { from, to } of document.edges) if (kept.has(parsePortRef(to).node)) kept.add(parsePortRef(from).node);
  }
  return {
    ...document,
    nodes: Object.fromEntries(Object.entries(document.nodes).filter(([id]) => kept.has(id))),
    edges: document.edges.filter(({ to }) => kept.has(parsePortRef(to).node)),
  };
}

function withDefaults(document: PipelineDocument, values: Readonly<Record<string, string>> = {}): PipelineDocument {
  const parameters = Object.entries(document.parameters ?? {}).map(([name, parameter]) => {
    const value = values[name];
    return [name, value === undefined ? parameter : { ...parameter, default: value }] as const;
  });
  return { ...document, parameters: Object.fromEntries(parameters) };
}

function withParams(document: PipelineDocument, params: Readonly<Record<string, object>>): PipelineDocument {
  const nodes = Object.entries(document.nodes).map(([id, node]) => [id, { ...node, params: { ...node.params, ...params[id] } }] as const);
  return { ...document, nodes: Object.fromEntries(nodes) };
}
