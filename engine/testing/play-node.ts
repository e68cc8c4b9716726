/**
 * Plays a node case: the node becomes a pipeline of itself with a plain source before each input, and the case's ports become places in it.
 */
import { formatType, parseSchema } from "../src/expression/index.ts";
import { type Expectation, type InputRow, type NodeCase, type NodeType, portsOf, type Step } from "../src/node/index.ts";
import { analyze, FORMAT_VERSION, type PipelineDocument, words } from "../src/pipeline/index.ts";
import { inferSchema, type Schema } from "../src/schema/index.ts";
import { differences } from "./compare-rows.ts";
import { toJsonText } from "./json-text.ts";
import { Player, type PlayOptions, type PlayResult } from "./player.ts";
import { testInput } from "./test-input.ts";

/** The English messages of what is wrong with a case's params; a well-formed case has none. */
export function caseProblems(node: NodeType, nodeCase: NodeCase): string[] {
  const { problems } = analyze(documentOf(node, nodeCase), specsWith(node));
  return problems.filter((problem) => problem.severity === "error").map((problem) => words(problem).en);
}

/** Plays a case; `failures` is empty when every expectation held. */
export function playCase(node: NodeType, nodeCase: NodeCase, options: PlayOptions = {}): PlayResult {
  const { problems, graph } = analyze(documentOf(node, nodeCase), specsWith(node));
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0 || graph === undefined)
    return { failures: errors.map((problem) => words(problem).en), rows: {}, counts: {}, deadLetters: [] };
  const types = new Map([
    [node.spec.type, node],
    [testInput.spec.type, testInput],
  ]);
  const steps = (nodeCase.steps ?? []).map((step) => inPlaces(step, node, nodeCase));
  const result = new Player(graph, types).play(steps, options);
  return nodeCase.emits === undefined ? result : withEmits(result, nodeCase.emits);
}

/** One step of a case as it went, to be shown. */
export interface ExampleStep {
  readonly in: readonly { readonly port: string; readonly time: number | null; readonly text: string }[];
  readonly watermarks: readonly { readonly port: string; readonly time: number | "max" }[];
  readonly clock?: number;
  /** Inputs have ended. */
  readonly ends: boolean;
  readonly restarts: boolean;
  readonly out: readonly { readonly port: string; readonly time: number | null; readonly text: string }[];
}

/** Plays a case and tells what came in and what the node gave, its errors included; undefined where it does not go as it should. */
export function tellCase(node: NodeType, nodeCase: NodeCase): readonly ExampleStep[] | undefined {
  const given: ExampleStep["out"][] = [];
  const { failures } = playCase(node, nodeCase, {
    onStep: (emitted) =>
      given.push(
        Object.entries(emitted).flatMap(([place, rows]) => {
          if (place !== NODE && !place.startsWith(`${NODE}.`)) return [];
          const port = place === NODE ? "written" : place.slice(NODE.length + 1);
          return rows.map(({ time, text }) => ({ port, time, text }));
        }),
      ),
  });
  if (failures.length > 0) return undefined;
  return (nodeCase.steps ?? []).map((step, index) => ({
    in: Object.entries(step.rows ?? {}).flatMap(([port, rows]) =>
      rows.map(({ value, time = 0 }) => ({ port, time, text: typeof value === "string" ? value : toJsonText(value) })),
    ),
    watermarks: Object.entries(step.watermark ?? {}).map(([port, time]) => ({ port, time })),
    ...(step.clock !== undefined && { clock: step.clock }),
    ends: step.end !== undefined,
    restarts: step.restart === true || step.rescale !== undefined,
    out: given[index] ?? [],
  }));
}

function withEmits(result: PlayResult, emits: NonNullable<NodeCase["emits"]>): PlayResult {
  const ports = new Map<string, { value: unknown; time?: number }[]>();
  for (const place of Object.keys(result.rows)) if (place.startsWith(`${NODE}.`) && !place.endsWith(".error")) ports.set(place, []);
  for (const [port, value, time] of emits) {
    const place = port === "written" ? NODE : `${NODE}.${port}`;
    const expected = ports.get(place) ?? [];
    expected.push(time === undefined ? { value } : { value, time });
    ports.set(place, expected);
  }
  const failures = [...result.failures];
  for (const [place, expected] of ports)
    failures.push(...differences(expected, result.rows[place] ?? [], false).map((difference) => `${place}: ${difference}`));
  return { ...result, failures };
}

const NODE = "node";

function documentOf(node: NodeType, nodeCase: NodeCase): PipelineDocument {
  const { inputs } = portsOf(node.spec, nodeCase.params);
  const declared: [string, Schema][] = Object.keys(inputs).map((port) => [port, schemaOf(nodeCase, port)]);
  return {
    formatVersion: FORMAT_VERSION,
    name: nodeCase.name,
    ...(node.spec.connection !== undefined &&
      typeof nodeCase.params["connection"] === "string" && {
        connections: { [nodeCase.params["connection"]]: { role: node.spec.connection } },
      }),
    ...(nodeCase.timeZone === undefined ? {} : { timeZone: nodeCase.timeZone }),
    schemas: Object.fromEntries([
      ...declared.map(([port, schema]) => [idOf(port), fieldsOf(schema)]),
      ...Object.entries(nodeCase.schemas ?? {}).map(([name, text]) => [name, fieldsOf(schemaFrom(text, nodeCase))]),
    ]),
    nodes: {
      [NODE]: { type: node.spec.type, name: node.spec.title.en, params: nodeCase.params as PipelineDocument["nodes"][string]["params"] },
      ...Object.fromEntries(
        declared.map(([port]) => {
          const changelog = nodeCase.changelogs?.[port];
          const params = { schema: idOf(port), ...(changelog && { changelog }) };
          return [idOf(port), { type: testInput.spec.type, name: port, params: params as never }];
        }),
      ),
    },
    edges: declared.map(([port]) => ({ from: `${idOf(port)}.out`, to: `${NODE}.${port}` })),
  };
}

function fieldsOf(schema: Schema): { fields: Record<string, string>; open: boolean } {
  return { fields: Object.fromEntries(schema.fields.map((field) => [field.name, formatType(field.dataType)])), open: schema.open === true };
}

/** The schema that the case gives, or the one its rows suggest. */
function schemaOf(nodeCase: NodeCase, port: string): Schema {
  const text = nodeCase.inputs?.[port];
  if (text !== undefined) return schemaFrom(text, nodeCase);
  const values = (nodeCase.steps ?? []).flatMap((step) => step.rows?.[port] ?? []).map((row: InputRow) => row.value);
  return inferSchema(values.filter((value) => typeof value !== "string"));
}

function schemaFrom(text: string, nodeCase: NodeCase): Schema {
  const parsed = parseSchema(text);
  if ("problem" in parsed) throw new Error(`case ${JSON.stringify(nodeCase.name)}: ${words(parsed.problem).en} in ${JSON.stringify(text)}`);
  return { ...parsed.schema, open: true };
}

function specsWith(node: NodeType): ReadonlyMap<string, NodeType["spec"]> {
  return new Map([
    [node.spec.type, node.spec],
    [testInput.spec.type, testInput.spec],
  ]);
}

/** Ports of the case as places of the little pipeline: inputs are its sources (a source node is its own), outputs the node's ports. */
function inPlaces(step: Step, node: NodeType, nodeCase: NodeCase): Step {
  const isSource = Object.keys(portsOf(node.spec, nodeCase.params).inputs).length === 0;
  const inputs = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).map(([port, value]) => [isSource ? NODE : idOf(port), value]));
  const outputs = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).map(([port, value]) => [port === "written" ? NODE : `${NODE}.${port}`, value]));
  const expect = (expected: Expectation): Expectation => ({
    ...expected,
    ...(expected.rows ? { rows: outputs(expected.rows) } : {}),
    ...(expected.counters ? { counters: outputs(expected.counters) } : {}),
    ...(expected.holdings ? { holdings: outputs(expected.holdings) } : {}),
    ...(expected.holds ? { holds: outputs(expected.holds) } : {}),
    ...(expected.watermark ? { watermark: Object.fromEntries(Object.values(expected.watermark).map((time) => [NODE, time])) } : {}),
  });
  return {
    ...step,
    ...(step.rows ? { rows: inputs(step.rows) } : {}),
    ...(step.watermark ? { watermark: inputs(step.watermark) } : {}),
    ...(step.answers ? { answers: Object.fromEntries(Object.values(step.answers).map((answers) => [NODE, answers])) } : {}),
    ...(step.idle ? { idle: inputs(step.idle) } : {}),
    ...(Array.isArray(step.end) ? { end: step.end.map((port) => (isSource ? NODE : idOf(port))) } : {}),
    ...(step.expect ? { expect: expect(step.expect) } : {}),
  };
}

/** An id for the source before a port. */
function idOf(port: string): string {
  return `in_${port.toLowerCase()}`;
}
