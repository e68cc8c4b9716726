/** Third step of `analyze`, along the flow: what arrives at a node, whether its expressions fit, what leaves it. */

import { ERROR_PORT, ERROR_SCHEMA } from "../node/error-row.ts";
import { acceptedModes } from "../node/spec.ts";
import type { ChangelogMode, DataType, Schema } from "../schema/index.ts";
import type { Wiring } from "./analyze-edges.ts";
import { type ExpressionChecker, expressionChecker, guard } from "./analyze-expressions.ts";
import { failed, type NodeDraft } from "./analyze-params.ts";
import { declaredName } from "./fragments.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";
import type { TypedNode, TypedPort } from "./typed-graph.ts";
import { own } from "./value-at.ts";

export interface FlowContext {
  readonly wiring: Wiring;
  /** Outputs typed so far, by "node.port". */
  readonly outputs: ReadonlyMap<string, TypedPort>;
  readonly declared: ReadonlyMap<string, Schema>;
  readonly timeZone: string;
  readonly raise: (found: Problem) => void;
}

export type NodeReport = Omit<TypedNode, "ok"> & { readonly draft: NodeDraft };

const APPEND: ChangelogMode = { mode: "append" };
const NOTHING: Schema = { type: "ROW", fields: [], open: true };

export function typeNode(draft: NodeDraft, flow: FlowContext): NodeReport {
  const { id, node, spec, params } = draft;
  const inputLists = new Map((draft.inputs ?? []).map((port) => [port, arriving(id, port, flow)]));
  const passesBy = node.disabled === true && inputLists.size > 0;
  const raise = passesBy ? () => undefined : (found: Omit<Problem, "nodeId">) => flow.raise({ ...found, nodeId: id });
  const inputs: Record<string, TypedPort> = {};
  for (const [port, list] of inputLists) inputs[port] = inputPort(id, port, list, flow);
  if (!passesBy) checkInputs(draft, inputs, inputLists, raise);

  const checker = expressionChecker(draft, inputs, flow.timeZone, raise);
  if (draft.paramsOk) checker.checkAll();
  const inferred = inferOutputs(draft, inputs, inputLists, flow.declared, checker, raise);
  const modes = changelogs(draft, inputs, raise);
  const outputs: Record<string, TypedPort> = {};
  for (const port of draft.outputs ?? [ERROR_PORT]) {
    const edges = flow.wiring.outOf.get(`${id}.${port}`) ?? [];
    if (port === ERROR_PORT) outputs[port] = { schema: ERROR_SCHEMA, known: true, changelog: APPEND, edges };
    else {
      const schema = own(inferred.schemas, port);
      outputs[port] = {
        schema: schema ?? NOTHING,
        known: inferred.known && schema !== undefined,
        changelog: own(modes, port) ?? APPEND,
        edges,
      };
      if (edges.length === 0 && !spec.sideOutputs?.includes(port)) raise(problem("graph.output-unused", { port }, { severity: "warning" }));
    }
  }
  if (passesBy) passBy(draft, inputs, outputs);
  return {
    id,
    name: node.name,
    disabled: node.disabled === true,
    parallelism: node.parallelism,
    spec,
    params,
    inputs,
    outputs,
    expressions: checker.checked,
    aggregates: checker.aggregates,
    groups: checker.groups,
    draft,
  };
}

type Arriving = readonly (TypedPort | undefined)[];

/** What each edge brings; undefined where it comes from a node that could not be typed. */
function arriving(id: string, port: string, { wiring, outputs }: FlowContext): Arriving {
  return (wiring.into.get(`${id}.${port}`) ?? []).map((edge) => outputs.get(edge.from));
}

function inputPort(id: string, port: string, list: Arriving, { wiring }: FlowContext): TypedPort {
  const edges = wiring.into.get(`${id}.${port}`) ?? [];
  const [first] = list;
  const known = list.length > 0 && list.every((one) => one?.known);
  return { schema: first?.schema ?? NOTHING, known, changelog: mergedMode(list), edges };
}

/** Several streams in one port: append if all are; otherwise the most general. */
function mergedMode(list: Arriving): ChangelogMode {
  const changing = list.map((one) => one?.changelog ?? APPEND).filter(({ mode }) => mode !== "append");
  return changing.find(({ mode }) => mode === "retract") ?? changing[0] ?? APPEND;
}

function checkInputs(
  { spec, params, inputs: names }: NodeDraft,
  inputs: Readonly<Record<string, TypedPort>>,
  lists: ReadonlyMap<string, Arriving>,
  raise: (found: Omit<Problem, "nodeId">) => void,
): void {
  for (const port of names ?? []) {
    const accepts = acceptedModes(spec, port, params);
    const { edges, changelog } = inputs[port] as TypedPort;
    if (edges.length === 0) raise(problem("graph.input-missing", { port }));
    if (edges.length > 1 && !spec.manyEdgesPerInput) raise(problem("graph.input-taken", { port, from: edges.map(({ from }) => from) }));
    if (!accepts.includes(changelog.mode) && lists.get(port)?.every((one) => one?.known))
      raise(problem("graph.changelog", { port, mode: changelog.mode, accepts }));
  }
}

interface Inferred {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly known: boolean;
}

/** The spec's answer; a guess when something was wrong on the way to it. */
function inferOutputs(
  draft: NodeDraft,
  inputs: Readonly<Record<string, TypedPort>>,
  lists: ReadonlyMap<string, Arriving>,
  declared: ReadonlyMap<string, Schema>,
  checker: ExpressionChecker,
  raise: (found: Omit<Problem, "nodeId">) => void,
): Inferred {
  const { spec, params } = draft;
  let sound = true;
  const known = (dataType: DataType | undefined) => {
    if (!dataType) sound = false;
    return dataType;
  };
  const wired = Object.entries(inputs).filter(([, { edges }]) => edges.length > 0);
  if (!draft.paramsOk || Object.values(inputs).some(({ known }) => !known)) return { schemas: {}, known: false };
  const schemas = guard(draft, raise, () =>
    spec.inferSchema({
      params,
      inputs: Object.fromEntries(wired.map(([port, { schema }]) => [port, schema])),
      changelogs: Object.fromEntries(wired.map(([port, { changelog }]) => [port, changelog])),
      inputLists: Object.fromEntries([...lists].map(([port, list]) => [port, list.flatMap((one) => (one ? [one.schema] : []))])),
      declared: (name) => declared.get(declaredName(draft.id, name)),
      typeOf: (text, port) => known(checker.typeOf(text, port)),
      typeOverGroups: (text, port) => known(checker.typeOverGroups(text, port)),
      typeOverMatch: (text, port) => known(checker.typeOverMatch(text, port)),
      problem(found) {
        if (found.severity === "error") sound = false;
        raise(found);
      },
    }),
  );
  if (!schemas) return { schemas: {}, known: false };
  const forgotten = (draft.outputs ?? []).find((port) => port !== ERROR_PORT && !own(schemas, port));
  if (forgotten !== undefined && sound) raise(failed(spec, new Error(`it gave no schema for output "${forgotten}"`)));
  return { schemas, known: sound };
}

function changelogs(
  draft: NodeDraft,
  inputs: Readonly<Record<string, TypedPort>>,
  raise: (found: Omit<Problem, "nodeId">) => void,
): Readonly<Record<string, ChangelogMode>> {
  const { spec, params, outputs = [] } = draft;
  const modes = Object.fromEntries(Object.entries(inputs).map(([port, { changelog }]) => [port, changelog]));
  if (spec.changelog && draft.paramsOk) return guard(draft, raise, () => spec.changelog?.(params, modes)) ?? {};
  const passed = Object.values(modes).find(({ mode }) => mode !== "append") ?? APPEND;
  return Object.fromEntries((outputs ?? []).map((port) => [port, passed]));
}

/** Rows pass a disabled node by: in at its first input, out at its first output; nothing leaves by the others. */
function passBy({ outputs: names = [] }: NodeDraft, inputs: Readonly<Record<string, TypedPort>>, outputs: Record<string, TypedPort>): void {
  const input = Object.values(inputs)[0];
  if (!input) return;
  const { schema, known, changelog } = input;
  for (const [i, port] of (names ?? []).entries()) {
    const output = outputs[port] as TypedPort;
    if (port === ERROR_PORT) continue;
    if (i === 0 || !output.known) outputs[port] = { schema, known, changelog, edges: output.edges };
  }
}
