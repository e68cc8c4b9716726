/** The page of a node type, made from its spec, its `docs.md` and its cases. */
import { type NodeCase, type NodeType, portsOf, type Step, type Words } from "@millrace/engine/node";
import type { ChangelogMode } from "@millrace/engine/schema";
import { type ParamEntry, paramsOf } from "./params.ts";

export function nodePage(node: NodeType, remarks: string): string {
  const { spec, cases } = node;
  return `${[
    `# ${spec.title.en} · ${spec.title.zh}`,
    `<!-- Made by \`pnpm docs:nodes\` from nodes/src/${spec.type}/. Change it there. -->`,
    `\`${spec.type}\` · ${spec.category}${spec.keywords.length ? ` · ${spec.keywords.join(", ")}` : ""}`,
    `${spec.summary.en}\n\n${spec.summary.zh}`,
    remarks.trim(),
    `## Ports\n\n${ports(node)}`,
    `## Params\n\n${params(paramsOf(spec.params))}`,
    ...(spec.dropReasons ? [`## Dropped rows\n\n${drops(spec.dropReasons)}`] : []),
    `## Examples\n\n${cases.map(example).join("\n\n")}`,
  ].join("\n\n")}\n`;
}

export function indexPage(nodes: readonly NodeType[]): string {
  const rows = nodes.map(
    ({ spec }) => `| [${spec.title.en}](${spec.type}.md) | ${spec.title.zh} | ${spec.category} | ${cell(spec.summary.en)} |`,
  );
  return `# Node types\n\n<!-- Made by \`pnpm docs:nodes\`. -->\n\n| | | kind | |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

function ports({ spec, cases }: NodeType): string {
  // Where ports depend on params, those of the first example stand for all.
  const example = cases.find(({ invalid }) => invalid === undefined)?.params ?? {};
  const { inputs, outputs } = portsOf(spec, example);
  const depends = typeof spec.inputs === "function" || typeof spec.outputs === "function";
  const rows = [...portRows("in", inputs), ...portRows("out", outputs)];
  const note = depends ? "\n\nThe ports depend on the params; these are the first example's." : "";
  return `| | port | rows |\n| --- | --- | --- |\n${rows.join("\n")}${note}`;
}

function portRows(side: string, ports: Readonly<Record<string, Words>>): string[] {
  return Object.entries(ports).map(([name, words]) => `| ${side} | \`${name}\` | ${both(words)} |`);
}

function params(entries: readonly ParamEntry[]): string {
  if (entries.length === 0) return "None.";
  const rows = entries.map(({ path, meta, type, isOptional, fallback, variant }) => {
    const note = fallback !== undefined ? `, default \`${JSON.stringify(fallback)}\`` : isOptional ? ", may be left out" : "";
    const examples = meta?.examples?.length ? ` E.g. ${meta.examples.map((one) => `\`${one}\``).join(", ")}.` : "";
    const where = variant === undefined ? "" : ` (${variant})`;
    return `| \`${path}\`${where} | ${cell(type)}${cell(note)} | **${cell(meta?.title.en ?? "")}** ${meta?.title.zh ?? ""}. ${meta?.description ? both(meta.description) : ""}${cell(examples)} |`;
  });
  return `| param | value | meaning |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

function drops(reasons: Readonly<Record<string, Words>>): string {
  return `| counter | reason |\n| --- | --- |\n${Object.entries(reasons)
    .map(([reason, words]) => `| \`${reason}\` | ${both(words)} |`)
    .join("\n")}`;
}

function example({ name, params, inputs, changelogs, schemas, timeZone, steps = [], emits, invalid }: NodeCase): string {
  const settings = [
    ["params", json(params)],
    ...Object.entries(inputs ?? {}).map(([port, text]) => [`schema of ${port}`, text]),
    ...Object.entries(changelogs ?? {}).map(([port, mode]) => [`changes on ${port}`, changesText(mode)]),
    ...Object.entries(schemas ?? {}).map(([schema, text]) => [`schema ${schema}`, text]),
    ...(timeZone === undefined ? [] : [["time zone", timeZone]]),
    ...(invalid === undefined ? [] : [["refused", invalid]]),
  ].map(([what, text]) => `${what}: ${text}`);
  const timeline = steps.map((step, i) => `${i + 1}. ${line(step)}`);
  const result =
    emits === undefined ? [] : [`gives ${emits.map(([port, value, time]) => rowText(port, value, time)).join("; ") || "nothing"}`];
  return `### ${name}\n\n\`\`\`text\n${[...settings, ...timeline, ...result].join("\n")}\n\`\`\``;
}

function changesText(changelog: ChangelogMode): string {
  return changelog.mode === "upsert" ? `upsert by ${changelog.key.join(", ")}` : changelog.mode;
}

/** One step in words: what happens, and what is expected. */
function line({ rows, watermark, idle, clock, end, restart, rescale, expect }: Step): string {
  const events = [
    ...(restart ? ["restart"] : []),
    ...(rescale === undefined ? [] : [`go on in ${rescale} subtasks`]),
    ...Object.entries(rows ?? {}).flatMap(([port, list]) => list.map((row) => rowText(port, row.value, row.time, row.kind))),
    ...Object.entries(watermark ?? {}).map(([port, time]) => `watermark of ${port}: ${time}`),
    ...Object.entries(idle ?? {}).map(([port, isIdle]) => `${port} is ${isIdle ? "idle" : "active"}`),
    ...(clock === undefined ? [] : [`clock: ${clock}`]),
    ...(end === undefined ? [] : ["end of input"]),
  ];
  const expected = [
    ...Object.entries(expect?.rows ?? {}).flatMap(([port, list]) =>
      list.length === 0 ? [`nothing on ${port}`] : list.map((row) => rowText(port, row.value, row.time, row.kind)),
    ),
    ...Object.entries(expect?.counters ?? {}).map(([counter, count]) => `${counter} = ${count}`),
    ...Object.entries(expect?.watermark ?? {}).map(([, time]) => `watermark ${time}`),
    ...Object.entries(expect?.holds ?? {}).map(([port, text]) => `on ${port}: ${text}`),
  ];
  return [events.join("; ") || "check", ...(expected.length ? [expected.join("; ")] : [])].join("  →  ");
}

function rowText(port: string, value: unknown, time?: number, kind?: string): string {
  const text = typeof value === "string" ? value : json(value);
  const shown = text.length <= 300 ? text : `${text.slice(0, 299)}…`;
  return `${port}${kind === undefined ? "" : ` ${kind}`} ${shown}${time === undefined ? "" : ` @${time}`}`;
}

function json(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => (typeof member === "bigint" ? `${member}` : member));
}

function both({ en, zh }: Words): string {
  return `${cell(en)} ${cell(zh)}`;
}

/** Inside of a table a bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
