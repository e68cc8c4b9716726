/**
 * A document with its fragments written out: each node that uses one is replaced by the nodes inside, under ids that are the way to them ("visits/mark"). State, counters, samples and dead letters are
 * known by these, so they stay what they are as long as the using node and the inner node keep their ids. What runs, is typed and is traced is the expanded document alone.
 *
 * A port of the fragment stays a node that lets rows through ("visits/in"), so that what passes it is counted and sampled. Where something is wired to the using node's error port, the error ports inside
 * that are not wired lead there.
 *
 * The number of nodes is bounded: fragments in fragments multiply.
 */
import { ExpressionFailure, parse } from "../expression/index.ts";
import type { NodeDraft } from "./analyze-params.ts";
import { readNode } from "./analyze-params.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Edge, type PipelineDocument, type PipelineNode, parsePortRef } from "./document.ts";
import {
  connectionAliases,
  declaredName,
  ERRORS,
  fragmentOf,
  fragmentPorts,
  innerId,
  type Specs,
  STEP,
  withFragments,
} from "./fragments.ts";
import { type ParameterValues, parameterValues } from "./parameters.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";

/** Nodes of an expanded document, those of its fragments among them. */
export const MOST_NODES = 10_000;
/** Fragments within fragments. */
const DEEPEST = 32;

/** The document in which a node stands, with what holds there. */
export interface Scope {
  readonly document: PipelineDocument;
  readonly specs: Specs;
  readonly values: ParameterValues;
  /** Id of the using node that is expanded here; "" for the pipeline itself. */
  readonly using: string;
}

/** A node that uses a fragment. */
export interface Use {
  readonly id: string;
  readonly draft: NodeDraft;
  readonly inputs: readonly string[];
  /** Without `error`. */
  readonly outputs: readonly string[];
}

export interface Expansion {
  readonly document: PipelineDocument;
  /** By node id of the expanded document. */
  readonly scopes: ReadonlyMap<string, Scope>;
  /** Where each of the document's edges was written. */
  readonly edges: readonly { readonly edge: Edge; readonly using: string; readonly index: number }[];
  readonly uses: ReadonlyMap<string, Use>;
  /** Using nodes whose fragment cannot be had. They stay as they are, and nothing is known of them. */
  readonly lost: ReadonlySet<string>;
}

export interface ExpandOptions {
  readonly specs: Specs;
  readonly values: ParameterValues;
  readonly mostNodes?: number | undefined;
  /** The fragment that the document is: it cannot be used in itself. */
  readonly fragment?: string | undefined;
  readonly raise: (found: Problem) => void;
}

/** A document without fragments is given back as it is. */
export function expand(document: PipelineDocument, { specs, values, mostNodes = MOST_NODES, fragment, raise }: ExpandOptions): Expansion {
  const top: Scope = { document, specs: withFragments(specs, document), values, using: "" };
  if (!Object.values(document.nodes).some(({ type }) => fragmentOf(type) !== undefined)) {
    return {
      document,
      scopes: new Map(Object.keys(document.nodes).map((id) => [id, top])),
      edges: document.edges.map((edge, index) => ({ edge, using: "", index })),
      uses: new Map(),
      lost: new Set(),
    };
  }
  const expander = new Expander(specs, mostNodes, raise);
  expander.enter(top, fragment === undefined ? [] : [fragment], false);
  return expander.result(document);
}

class Expander {
  private readonly nodes: Record<string, PipelineNode> = {};
  private readonly schemas: NonNullable<PipelineDocument["schemas"]> = {};
  private readonly flatEdges: Edge[] = [];
  private readonly edges: { edge: Edge; using: string; index: number }[] = [];
  private readonly scopes = new Map<string, Scope>();
  private readonly uses = new Map<string, Use>();
  private readonly lost = new Set<string>();
  private count = 0;
  private readonly specs: Specs;
  private readonly mostNodes: number;
  private readonly raise: (found: Problem) => void;
  private readonly portType: string | undefined;

  constructor(specs: Specs, mostNodes: number, raise: (found: Problem) => void) {
    this.specs = specs;
    this.mostNodes = mostNodes;
    this.raise = raise;
    this.portType = [...specs.values()].find(({ fragmentPort }) => fragmentPort)?.fragmentPort?.used;
  }

  result(document: PipelineDocument): Expansion {
    const { fragments: _, ...rest } = document;
    const connections = { ...connectionAliases(document) };
    return {
      document: {
        ...rest,
        nodes: this.nodes,
        edges: this.flatEdges,
        ...(Object.keys(this.schemas).length > 0 && { schemas: this.schemas }),
        ...(Object.keys(connections).length > 0 && { connections }),
      },
      scopes: this.scopes,
      edges: this.edges,
      uses: this.uses,
      lost: this.lost,
    };
  }

  /** Writes out one document. `within`: ids of the fragments that it stands in; `collects`: its error ports lead out of it. */
  enter(scope: Scope, within: readonly string[], collects: boolean): void {
    const { document, using } = scope;
    this.count += Object.keys(document.nodes).length;
    for (const [name, schema] of Object.entries(document.schemas ?? {})) this.schemas[declaredName(this.idIn(scope, ""), name)] = schema;
    const wired = new Set(document.edges.map(({ from }) => from));
    const leadsOut = (id: string) => collects && !wired.has(`${id}.${ERRORS}`);
    for (const [id, node] of Object.entries(document.nodes)) {
      const fragment = fragmentOf(node.type);
      if (fragment !== undefined && this.use(id, node, fragment, scope, within, wired.has(`${id}.${ERRORS}`) || leadsOut(id))) continue;
      const port = using === "" ? undefined : scope.specs.get(node.type)?.fragmentPort;
      const flat = this.idIn(scope, id);
      this.nodes[flat] = port ? { type: port.used, name: node.name, params: {} } : node;
      this.scopes.set(flat, scope);
    }
    this.connect(scope);
    if (!collects || this.portType === undefined) return;
    const collector = this.idIn(scope, ERRORS);
    this.nodes[collector] = { type: this.portType, name: ERRORS, params: {} };
    this.scopes.set(collector, scope);
    for (const [id, node] of Object.entries(document.nodes)) {
      if (!leadsOut(id) || node.disabled || scope.specs.get(node.type)?.fragmentPort) continue;
      this.addEdge(
        { from: this.from(scope, `${id}.${ERRORS}`), to: `${collector}.in` },
        { from: `${id}.${ERRORS}`, to: `${ERRORS}.in` },
        using,
        -1,
      );
    }
  }

  private connect(scope: Scope): void {
    for (const [index, edge] of scope.document.edges.entries())
      this.addEdge({ from: this.from(scope, edge.from), to: this.to(scope, edge.to) }, edge, scope.using, index);
  }

  private addEdge(flat: Edge, edge: Edge, using: string, index: number): void {
    this.flatEdges.push(flat);
    this.edges.push({ edge, using, index });
  }

  /** Whether the node is written out, or disabled, or lost: false leaves it to the caller. */
  private use(id: string, node: PipelineNode, fragment: string, scope: Scope, within: readonly string[], collects: boolean): boolean {
    const flat = this.idIn(scope, id);
    const inside = this.fragmentFor(flat, fragment, scope, within);
    if (!inside) {
      this.lost.add(flat);
      this.nodes[flat] = node;
      this.scopes.set(flat, scope);
      return true;
    }
    if (node.disabled) return false;
    const draft = readNode(flat, node, { document: scope.document, specs: scope.specs, values: scope.values, raise: this.raise });
    if (!draft) throw new Error(`no spec was made of fragment ${fragment}`);
    const values = this.valuesFor(draft, inside);
    const { inputs, outputs } = fragmentPorts(inside, this.specs);
    this.uses.set(flat, { id: flat, draft, inputs: Object.keys(inputs), outputs: Object.keys(outputs) });
    this.enter({ document: inside, specs: withFragments(this.specs, inside), values, using: flat }, [...within, fragment], collects);
    return true;
  }

  private fragmentFor(flat: string, fragment: string, { document }: Scope, within: readonly string[]): PipelineDocument | undefined {
    const at = { nodeId: flat };
    const carried = document.fragments ?? {};
    const pinned = Object.hasOwn(carried, fragment) ? carried[fragment] : undefined;
    if (!pinned) {
      const suggestion = didYouMean(fragment, Object.keys(carried));
      this.raise(problem("fragment.unknown", { fragment, ...(suggestion && { suggestion }) }, at));
    } else if (!pinned.document) this.raise(problem("fragment.missing", { fragment, version: pinned.version }, at));
    else if (within.includes(fragment))
      this.raise(problem("fragment.cycle", { fragments: [...within.slice(within.indexOf(fragment)), fragment] }, at));
    else if (within.length >= DEEPEST) this.raise(problem("fragment.too-deep", { limit: DEEPEST }, at));
    else if (this.count + Object.keys(pinned.document.nodes).length > this.mostNodes)
      this.raise(problem("fragment.too-many", { limit: this.mostNodes, fragment }, at));
    else return pinned.document;
    return undefined;
  }

  /** What the parameters of the fragment stand for: what the using node says, or, where that cannot be, their defaults. */
  private valuesFor({ id, params, paramsOk }: NodeDraft, inside: PipelineDocument): ParameterValues {
    const given: Record<string, unknown> = paramsOk ? { ...params } : {};
    for (const [name, { type }] of Object.entries(inside.parameters ?? {})) {
      const text = given[name];
      if ((type !== "expression" && type !== "condition") || typeof text !== "string") continue;
      for (const found of expressionProblems(text)) {
        delete given[name];
        this.raise({ ...found, nodeId: id, path: [name] });
      }
    }
    const { values, problems } = parameterValues(inside.parameters, given);
    for (const found of problems) this.raise({ ...found, nodeId: id, path: found.path?.slice(1) ?? [] });
    return values;
  }

  private idIn({ using }: Scope, id: string): string {
    return using === "" ? id : innerId(using, id);
  }

  private from(scope: Scope, ref: string): string {
    const { node, port } = parsePortRef(ref);
    const flat = this.idIn(scope, node);
    const use = this.uses.get(flat);
    return use && (port === ERRORS || use.outputs.includes(port)) ? `${innerId(flat, port)}.out` : `${flat}.${port}`;
  }

  private to(scope: Scope, ref: string): string {
    const { node, port } = parsePortRef(ref);
    const flat = this.idIn(scope, node);
    return this.uses.get(flat)?.inputs.includes(port) ? `${innerId(flat, port)}.in` : `${flat}.${port}`;
  }
}

function expressionProblems(text: string): readonly Omit<Problem, "nodeId">[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (error instanceof ExpressionFailure) return error.problems;
    throw error;
  }
}

/** Of the node itself, or of the nearest using node around it that was not always there. */
export function formerOf(nodeId: string, { document, uses }: Expansion): { readonly formerly?: string } {
  for (let at = nodeId, inside = ""; at !== ""; ) {
    const former = (uses.get(at)?.draft.node ?? document.nodes[at])?.formerly;
    if (former !== undefined) {
      const formerly = [former, inside].filter((part) => part !== "").join(STEP);
      return formerly === "" ? {} : { formerly };
    }
    const step = at.lastIndexOf(STEP);
    inside = [at.slice(step + 1), inside].filter((part) => part !== "").join(STEP);
    at = at.slice(0, Math.max(step, 0));
  }
  return {};
}
