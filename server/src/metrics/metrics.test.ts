import { afterEach, beforeEach, expect, it } from "vitest";
import { documentOf, type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve({ now: () => 100_000 });
});
afterEach(() => served.close());

it("tells Prometheus what runs and how", async () => {
  await served.call("POST", "/api/pipelines", { document: documentOf("a") });
  await served.call("POST", "/api/pipelines/a/deploy", {});
  const run = served.host.runs[0];
  if (run) {
    run.counts = {
      'keep "it"': {
        in: { in: { total: 5, rate: 1 } },
        out: { out: { total: 3, rate: 1 } },
        dropped: { filtered: 2 },
        errors: 1,
        watermark: 90_000,
        lag: 7,
      },
    };
  }
  const { text, headers } = await served.raw("GET", "/metrics");
  expect(headers["content-type"]).toContain("text/plain; version=0.0.4");
  const labels = 'pipeline="a",node="keep \\"it\\""';
  for (const line of [
    'millrace_run_up{pipeline="a"} 1',
    `millrace_rows_in_total{${labels},port="in"} 5`,
    `millrace_rows_out_total{${labels},port="out"} 3`,
    `millrace_rows_dropped_total{${labels},reason="filtered"} 2`,
    `millrace_rows_failed_total{${labels}} 1`,
    `millrace_lag_records{${labels}} 7`,
    `millrace_watermark_delay_seconds{${labels}} 10`,
  ]) {
    expect(text.split("\n")).toContain(line);
  }
  // Each metric is described once, above all of its samples.
  const described = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(new Set(described).size).toBe(described.length);
  for (const line of text.trim().split("\n")) expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|[a-z_]+(\{.*\})? -?[\d.e+-]+)$/);
});
