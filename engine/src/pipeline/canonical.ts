/**
 * The one way in which a document is written: members in the order of the format, what is kept by id sorted by id, edges by where they end, and
 * nothing that says what would hold anyway. So two documents that mean the same have the same text, and a difference between two texts is one of meaning
 * (or of layout, which comes last).
 *
 * Where order means something it stays: of edges into one port (a union), of the fields of a schema, and of everything inside a
 * param (a select's columns), a test or a group.
 */
import { DEFAULTS, type Edge, type PipelineDocument, parsePortRef } from "./document.ts";

/** Two spaces, a line break at the end: what is stored, exported and compared. */
export function canonicalText(document: PipelineDocument): string {
  return `${JSON.stringify(canonical(document), null, 2)}\n`;
}

/** The document in canonical form; `readDocument` gives the same meaning back. The argument is not changed; parts may be shared. */
export function canonical(document: PipelineDocument): PipelineDocument {
  const { formatVersion, name, title, description, timeZone, parallelism, checkpointInterval, tests, layout } = document;
  return compact({
    formatVersion,
    name,
    title: title && words(title),
    description: description && words(description),
    parameters: byId(document.parameters, ({ type, default: value, title, description }) =>
      compact({ type, default: value, title: title && words(title), description: description && words(description) }),
    ),
    timeZone: unless(DEFAULTS.timeZone, timeZone),
    parallelism: unless(DEFAULTS.parallelism, parallelism),
    checkpointInterval: unless(DEFAULTS.checkpointInterval, checkpointInterval),
    connections: byId(document.connections, ({ role }) => ({ role })),
    schemas: byId(document.schemas, ({ fields, open, personal }) =>
      compact({ fields, open: unless(true, open), personal: personal?.length ? personal : undefined }),
    ),
    fragments: byId(document.fragments, ({ version, document }) => compact({ version, document: document && canonical(document) })),
    nodes:
      byId(document.nodes, ({ type, name, params, disabled, parallelism, note, formerly }) =>
        compact({
          type,
          name,
          params: params && Object.keys(params).length > 0 ? sorted(params) : undefined,
          disabled,
          parallelism,
          note,
          formerly,
        }),
      ) ?? {},
    edges: sortedEdges(document.edges),
    notes: byId(document.notes, ({ text, color }) => compact({ text: typeof text === "string" ? text : words(text), color })),
    groups: byId(document.groups, ({ title, nodes, collapsed }) =>
      compact({ title: typeof title === "string" ? title : words(title), nodes, collapsed }),
    ),
    tests: tests?.length ? tests.map(canonicalTest) : undefined,
    layout: layout && unlessEmpty(compact({ nodes: byId(layout.nodes, box), notes: byId(layout.notes, box) })),
  }) as PipelineDocument;
}

type Members<T> = Readonly<Record<string, T>>;

function words({ en, zh }: { en: string; zh: string }): { en: string; zh: string } {
  return { en, zh };
}

function box({ x, y, width, height }: { x: number; y: number; width?: number | undefined; height?: number | undefined }) {
  return compact({ x, y, width, height });
}

type Test = NonNullable<PipelineDocument["tests"]>[number];

function canonicalTest({ name, description, set, steps }: Test): Test {
  return compact({
    name,
    description: description && words(description),
    set: set && unlessEmpty(sorted(set)),
    steps: steps.map(canonicalStep),
  }) as Test;
}

function canonicalStep({
  rows,
  watermark,
  idle,
  clock,
  end,
  restart,
  rescale,
  answers,
  check,
  expect,
}: Test["steps"][number]): Test["steps"][number] {
  return compact({ rows, watermark, idle, clock, end, restart, rescale, answers, check, expect }) as Test["steps"][number];
}

/** Without the members that say nothing. */
function compact<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

function unless<T>(fallback: T, value: T | undefined): T | undefined {
  return value === fallback ? undefined : value;
}

function unlessEmpty<T extends object>(members: T): T | undefined {
  return Object.keys(members).length > 0 ? members : undefined;
}

/** Undefined when there is nothing in it. */
function byId<T, U>(members: Members<T> | undefined, form: (value: T) => U): Members<U> | undefined {
  const entries = Object.entries(members ?? {}).map(([id, value]): [string, U] => [id, form(value)]);
  return entries.length > 0 ? sorted(Object.fromEntries(entries)) : undefined;
}

function sorted<T>(members: Members<T>): Members<T> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => compare(a, b)));
}

/** By where they end; edges into one port keep their order. */
function sortedEdges(edges: readonly Edge[]): Edge[] {
  const keyed = edges.map(({ from, to }) => ({ edge: { from, to }, ...parsePortRef(to) }));
  keyed.sort((a, b) => compare(a.node, b.node) || compare(a.port, b.port));
  return keyed.map(({ edge }) => edge);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
