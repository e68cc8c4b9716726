/** What becomes of each node's saved state when a document goes on from it: said before a deploy, and held to when the run starts. */
import { isDeepStrictEqual } from "node:util";
import { formatType } from "@millrace/engine/expression";
import { analyze, type PipelineDocument, type TypedGraph } from "@millrace/engine/pipeline";
import { type StateSchema, stateSchemas } from "@millrace/engine/run";
import type { DataType } from "@millrace/engine/schema";
import { nodeTypes } from "@millrace/nodes/registry";
import type { NodeRestore, RunLimits, Words } from "../runs/run-host.ts";
import type { CheckpointRecord } from "./checkpoint-record.ts";
import { movedRecord } from "./moved-nodes.ts";

type Schemas = Readonly<Record<string, StateSchema>>;

/** What would become of what a record holds, if the document went on from it. Of a document with errors nothing is known. */
export function planFor(
  saved: CheckpointRecord,
  document: PipelineDocument,
  set: Readonly<Record<string, unknown>>,
  limits: Pick<RunLimits, "nodes">,
): readonly NodeRestore[] {
  const specs = new Map([...nodeTypes].map(([type, node]) => [type, node.spec]));
  const { problems, graph } = analyze(document, specs, { set, mostNodes: limits.nodes });
  const isSound = graph && !problems.some(({ severity }) => severity === "error");
  return restorePlan(saved, graph, isSound ? stateSchemas(graph, nodeTypes) : {});
}

/** Nodes by id; those that keep nothing and kept nothing are left out. `now`: what the nodes of the graph keep. */
export function restorePlan(from: CheckpointRecord, graph: Pick<TypedGraph, "nodes">, now: Schemas): readonly NodeRestore[] {
  const { record, moved } = movedRecord(from, graph);
  const former = new Map([...moved].map(([old, id]) => [id, old]));
  return plannedFor(record.schemas, now).map((one): NodeRestore => {
    const old = former.get(one.nodeId);
    if (old === undefined || one.state === "refused") return one;
    const was = { en: `it was ${JSON.stringify(old)}`, zh: `原为 ${JSON.stringify(old)}` };
    return {
      ...one,
      state: "mapped",
      how: { en: `${was.en}${one.how ? `; ${one.how.en}` : "."}`, zh: `${was.zh}${one.how ? `；${one.how.zh}` : "。"}` },
    };
  });
}

function plannedFor(saved: Schemas, now: Schemas): readonly NodeRestore[] {
  const ids = [...new Set([...Object.keys(saved), ...Object.keys(now)])].sort();
  return ids.flatMap((nodeId): NodeRestore[] => {
    const was = keeps(saved[nodeId]);
    const is = keeps(now[nodeId]);
    if (!was && !is) return [];
    if (!is) return [{ nodeId, state: "dropped" }];
    if (!was) return [{ nodeId, state: "new" }];
    if (isDeepStrictEqual(plain(was), plain(is))) return [{ nodeId, state: "kept" }];
    const how = mapping(was, is);
    return [how ? { nodeId, state: "mapped", how } : { nodeId, state: "refused", how: whyRefused(nodeId, was, is) }];
  });
}

/**
 * How saved state is brought to what the node keeps now, where nothing has to be guessed: a type that holds all values of the old one in the same form, a state that is new, a
 * state that is not kept any more. Undefined where it cannot be.
 */
function mapping(was: StateSchema, is: StateSchema): Words | undefined {
  if (!fits(was.keys, is.keys)) return undefined;
  const rules: Words[] = [];
  for (const [name, now] of Object.entries(is.states)) {
    const old = was.states[name];
    if (!old) rules.push({ en: `${name} begins empty`, zh: `${name} 从空开始` });
    else if (old.kind !== now.kind || !fits(old.types, now.types)) return undefined;
    else if (!isDeepStrictEqual(plainTypes(old.types), plainTypes(now.types)))
      rules.push({
        en: `${name} is widened from ${old.types.map(formatType).join(", ")} to ${now.types.map(formatType).join(", ")}`,
        zh: `${name} 从 ${old.types.map(formatType).join("、")} 扩展为 ${now.types.map(formatType).join("、")}`,
      });
  }
  for (const name of Object.keys(was.states)) if (!is.states[name]) rules.push({ en: `${name} is dropped`, zh: `丢弃 ${name}` });
  if (rules.length === 0) rules.push({ en: "keys are widened", zh: "键的类型被扩展" });
  return { en: `${rules.map(({ en }) => en).join("; ")}.`, zh: `${rules.map(({ zh }) => zh).join("；")}。` };
}

/** Each holds all values of the ones before it, in the same form. */
const WIDENING = [
  ["TINYINT", "SMALLINT", "INT", "BIGINT"],
  ["CHAR", "VARCHAR", "STRING"],
];

function fits(was: readonly DataType[], is: readonly DataType[]): boolean {
  return was.length === is.length && was.every((old, index) => isWidened(old, is[index] as DataType));
}

function isWidened(was: DataType, is: DataType): boolean {
  if (isDeepStrictEqual(plainTypes([was]), plainTypes([is]))) return true;
  if (was.nullable !== false && is.nullable === false) return false;
  const line = WIDENING.find((types) => types.includes(was.type));
  return line !== undefined && line.indexOf(is.type) > line.indexOf(was.type);
}

function plainTypes(types: readonly DataType[]): unknown {
  return JSON.parse(JSON.stringify(types));
}

function keeps(schema: StateSchema | undefined): StateSchema | undefined {
  return schema && Object.keys(schema.states).length > 0 ? schema : undefined;
}

/** As a record holds it. */
function plain(schema: StateSchema): unknown {
  return JSON.parse(JSON.stringify(schema));
}

function whyRefused(nodeId: string, was: StateSchema, is: StateSchema): Words {
  const id = JSON.stringify(nodeId);
  return {
    en: `The saved state of node ${id} does not fit: it was ${described(was)}, the node now keeps ${described(is)}. Start without state, or give the node a new id.`,
    zh: `节点 ${id} 的已存状态不匹配：原为 ${described(was)}，现为 ${described(is)}。请不带状态启动，或更换节点 id。`,
  };
}

function described({ keys, states }: StateSchema): string {
  const by = keys.length === 0 ? "" : ` by ${keys.map(formatType).join(", ")}`;
  return `${Object.entries(states)
    .map(([name, { kind, types }]) => `${name} (${kind} of ${types.map(formatType).join(", ")})`)
    .join(", ")}${by}`;
}
