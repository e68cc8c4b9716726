/** The API for people: one page made on the server, without script and with nothing from outside. */
import { z } from "zod";
import type { Route } from "./route.ts";

export function docsPage(routes: readonly Route[]): string {
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  const sections = tags.map(
    (tag) =>
      `<h2>${escapeHtml(tag)}</h2>${routes
        .filter((declared) => declared.tag === tag)
        .map(section)
        .join("")}`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Millrace API</title><meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>
<body><h1>Millrace API</h1>
<p>Machine-readable: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1). Scripts send <code>Authorization: Bearer TOKEN</code>; the token is in the file <code>token</code> in the data folder.
Errors are <code>{ error: { code, message: { en, zh }, problems? } }</code>.</p>
${sections.join("\n")}
<h2>Live stream</h2>
<details><summary><b class="get">GET</b> <code>/api/live?pipeline=ID&amp;edges=a.out-&gt;b.in,…</code> Server-sent events: <code>live</code> with a frame every 250 ms</summary></details>
<h2>Records in, figures out</h2>
<p>Open on this machine; from elsewhere with a key (files <code>ingest-key</code> and <code>read-key</code> in the data folder).</p>
<details><summary><b class="post">GET POST</b> <code>/applog</code> <code>/applog/KEY</code> App logs into the topic <code>ods_base_log</code>: as <code>param</code> (query or form) or as the body, one object or an array, plain or compressed; answers <code>success</code> after the durable append. <code>X-Record-Id</code>: a repeated post counts once</summary></details>
<details><summary><b class="post">POST</b> <code>/in/PIPELINE/NODE</code> <code>/in/PIPELINE/NODE/KEY</code> Records into an HTTP push source</summary></details>
<details><summary><b class="get">GET</b> <code>/metrics</code> Prometheus</summary></details>
<details><summary><b class="get">GET</b> <code>/health</code> Whether the server is up</summary></details>
</body></html>
`;
}

function section({ method, path, summary, query, body, answer, status, errors }: Route): string {
  const failures = Object.entries(errors).map(([code, words]) => `<li><code>${code}</code> ${escapeHtml(words)}</li>`);
  return `<details><summary><b class="${method}">${method.toUpperCase()}</b> <code>/api${escapeHtml(path)}</code> ${escapeHtml(summary)}</summary>
${query ? shape("Query", query, "input") : ""}${body ? shape("Body", body, "input") : ""}${answer ? shape(`Answer ${status}`, answer, "output") : `<p>Answer ${status}</p>`}
${failures.length > 0 ? `<ul>${failures.join("")}</ul>` : ""}</details>`;
}

function shape(title: string, schema: z.ZodType, io: "input" | "output"): string {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return `<h3>${title}</h3><pre>${escapeHtml(JSON.stringify(json, null, 2))}</pre>`;
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
summary{padding:.35rem 0;cursor:pointer}b{display:inline-block;min-width:4.2em;font:600 12px/1.6 ui-monospace,monospace}
.get{color:#1c7ed6}.post{color:#2f9e44}.put{color:#e8590c}.delete{color:#e03131}
h3{font-size:1em;margin:.5rem 0 0}pre{max-height:24rem;overflow:auto;padding:.75rem;border:1px solid #8884;border-radius:6px;font-size:12px}details{border-bottom:1px solid #8883}`;
