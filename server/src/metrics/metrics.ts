/** /metrics: Prometheus' text format, from what is in memory. */
import type { NodeLive } from "../api.ts";
import type { Collector } from "../applog/collector.ts";
import type { PipelineStore } from "../pipelines/store.ts";
import type { Supervisor } from "../runs/supervisor.ts";

type Labels = Readonly<Record<string, string>>;

interface Metric {
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly samples: [Labels, number][];
}

export function metricsText(store: PipelineStore, supervisor: Supervisor, collector: Collector, now: number): string {
  const metrics = new Map<string, Metric>();
  function add(name: string, type: Metric["type"], help: string, labels: Labels, value: number | undefined): void {
    if (value === undefined || !Number.isFinite(value)) return;
    const metric = metrics.get(name) ?? { help, type, samples: [] };
    metric.samples.push([labels, value]);
    metrics.set(name, metric);
  }

  const memory = process.memoryUsage();
  const cpu = process.cpuUsage();
  add("process_cpu_seconds_total", "counter", "CPU time of the server, user and system.", {}, (cpu.user + cpu.system) / 1e6);
  add("process_resident_memory_bytes", "gauge", "Resident memory of the server.", {}, memory.rss);
  add("process_start_time_seconds", "gauge", "When the server started.", {}, Math.round(now / 1000 - process.uptime()));
  add("millrace_applog_records_total", "counter", "Records that /applog appended.", {}, collector.counts().records);
  add("millrace_applog_duplicates_total", "counter", "Posts to /applog whose X-Record-Id was known.", {}, collector.counts().duplicates);

  for (const pipeline of store.list()) {
    const run = supervisor.status(pipeline);
    if (!run) continue;
    const labels = { pipeline: pipeline.id };
    add("millrace_run_up", "gauge", "1 while the pipeline runs.", labels, run.state === "running" ? 1 : 0);
    add("millrace_dead_letters", "gauge", "Dead letters that are kept.", labels, run.deadLetters);
    add(
      "millrace_checkpoint_age_seconds",
      "gauge",
      "Since the last checkpoint.",
      labels,
      run.lastCheckpoint && (now - run.lastCheckpoint.at) / 1000,
    );
    add(
      "millrace_checkpoint_seconds",
      "gauge",
      "How long the last checkpoint took.",
      labels,
      run.lastCheckpoint && run.lastCheckpoint.tookMs / 1000,
    );
    add("millrace_checkpoint_bytes", "gauge", "Size of the last checkpoint.", labels, run.lastCheckpoint?.bytes);
    const nodes = supervisor.handle(pipeline.id)?.nodes() ?? {};
    for (const [node, live] of Object.entries(nodes)) addNode(add, { ...labels, node }, live, now);
  }
  return [...metrics].map(([name, metric]) => render(name, metric)).join("");
}

type Add = (name: string, type: Metric["type"], help: string, labels: Labels, value: number | undefined) => void;

function addNode(add: Add, labels: Labels, live: NodeLive, now: number): void {
  for (const [port, { total }] of Object.entries(live.in))
    add("millrace_rows_in_total", "counter", "Rows that came in.", { ...labels, port }, total);
  for (const [port, { total }] of Object.entries(live.out))
    add("millrace_rows_out_total", "counter", "Rows that went out.", { ...labels, port }, total);
  for (const [reason, count] of Object.entries(live.dropped)) {
    add("millrace_rows_dropped_total", "counter", "Rows that ended at a node on purpose, by reason.", { ...labels, reason }, count);
  }
  add("millrace_rows_failed_total", "counter", "Rows that could not be processed.", labels, live.errors);
  add("millrace_lag_records", "gauge", "Records that a source has still to read, rows that a sink has staged.", labels, live.lag);
  if (typeof live.watermark === "number") {
    add("millrace_watermark_delay_seconds", "gauge", "How far the watermark is behind the clock.", labels, (now - live.watermark) / 1000);
  }
}

function render(name: string, { help, type, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(
      ([label, text]) => `${label}="${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`,
    );
    return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}
