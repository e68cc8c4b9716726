/**
 * What a node can be, as pure data plus the pure functions that planner and editor share. Everything people see of a node type (palette,
 * form, card, docs) is derived from its spec, so the designer never knows a node type by name.
 */
import { z } from "zod";
import type { Problem } from "../pipeline/problem.ts";
import type { ChangelogMode, Schema } from "../schema/index.ts";
import type { LookupSettings } from "./lookup.ts";
import type { RoleName } from "./roles.ts";

/** A text in the product's two languages. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

export type Category = "source" | "transform" | "route" | "aggregate" | "join" | "sink" | "fragment";

/** Params of any node: plain JSON, as the user typed them. */
export type Params = Readonly<Record<string, unknown>>;

export interface NodeSpec<P extends Params = Params> {
  readonly type: string;
  readonly title: Words;
  readonly summary: Words;
  readonly category: Category;
  /** Further words people search by: "Kafka", "侧输出流", "分流". */
  readonly keywords: readonly string[];
  readonly params: z.ZodType<P>;
  /** Input ports by name; {} for a source. A function where they depend on params. */
  readonly inputs: Ports<P>;
  /** Output ports by name, the main one first; `error` is added to every node and must not be listed. */
  readonly outputs: Ports<P>;
  /** Outputs whose rows may well be let go, counted (late ones, unmatched ones): nobody is warned that they are not wired. */
  readonly sideOutputs?: readonly string[];
  /** True when any number of edges may end in an input port (union). Otherwise at most one edge ends there. */
  readonly manyEdgesPerInput?: boolean;
  /** Output schemas by port. Runs only on params that passed `params`. `problems` gets what is wrong, with a path into params. */
  readonly inferSchema: (context: InferContext<P>) => Readonly<Record<string, Schema>>;
  /** Expressions whose values are the key of an input port's rows; the planner exchanges by it. Absent: not keyed. */
  readonly keyBy?: (params: P) => Readonly<Record<string, readonly string[]>>;
  /** Inputs whose rows go to every subtask (the rules of a dynamic split). */
  readonly broadcast?: readonly string[];
  /** All its rows pass one subtask, whatever the parallelism: what it writes has one end (a file). */
  readonly single?: true;
  /** Every expression in the params, with its port; the planner checks them, finds the fields they read, and the editor offers completion. */
  readonly expressions?: (params: P) => readonly ExpressionUse[];
  /** What a group of rows has beside its aggregates (key fields, a window's start), for expressions `over: "groups"`; undefined when that is not known. */
  readonly groups?: (context: Pick<InferContext<P>, "params" | "inputs" | "typeOf">) => Schema | undefined;
  /** Names of the steps by which rows are matched, for expressions `over: "matched"` and `"match"`. */
  readonly steps?: (params: P) => readonly string[];
  /** Fields that the node itself reads beside its expressions (flatten's array), per input port; names with dots, `"*"` for all. `changelogs`: what the rows of each input port may do. */
  readonly reads?: (params: P, changelogs: Readonly<Record<string, ChangelogMode>>) => Readonly<Record<string, readonly string[]>>;
  /** Where the output rows come from; the planner decodes accordingly. A function where it depends on params. Default "pass". */
  readonly rows?: RowsFrom | ((params: P) => RowsFrom);
  /** Outputs that let rows of an input out as they came, where `rows` says that others are "new" (late rows of a window, unmatched ones of a join): output port → input port. */
  readonly passes?: (params: P) => Readonly<Record<string, string>>;
  /**
   * How output fields are made where they are not simply the input's (`rows`, `passes`); where two make the same, the later one counts. Left out for rows that are "new", any output field
   * may come from any field that is read.
   */
  readonly lineage?: (context: Pick<InferContext<P>, "params" | "inputs" | "declared">) => readonly FieldSource[];
  /** Sources: milliseconds without a record after which a split no longer holds the watermark back. */
  readonly idleAfterMs?: (params: P) => number;
  /** Sources: while records wait to be read, none is read that is more milliseconds later than the earliest of them; over all sources of the run that say so. Undefined: as they come. */
  readonly inStepMs?: (params: P) => number | undefined;
  /** "own": the operator emits its own watermarks (event time). Default: forwarded. */
  readonly watermark?: "own";
  /** Milliseconds by which the forwarded watermark stays behind the inputs': what the operator emits when a timer fires may be as old. */
  readonly watermarkDelayMs?: (params: P) => number;
  /** Reasons `out.drop` may give, with words for the counter. */
  readonly dropReasons?: Readonly<Record<string, Words>>;
  /** Words for what `holdings` counts, by the name it has there. */
  readonly holdings?: Readonly<Record<string, Words>>;
  /** What happens when its first timer of event time is due, if that gives rows: the beginning of "… in 9 s", for who waits for them. */
  readonly gives?: Words;
  /** Shares that people want to see, of what `holdings` counts: how much `part` is of itself and `rest`. */
  readonly shares?: readonly { readonly title: Words; readonly part: string; readonly rest: string }[];
  /** What the outputs carry; default: append if all inputs are. */
  readonly changelog?: (params: P, inputs: Readonly<Record<string, ChangelogMode>>) => Readonly<Record<string, ChangelogMode>>;
  /** Row kinds the inputs take, all or by input port; default: append only. A function where they depend on params. */
  readonly accepts?: Accepted | ((params: P) => Accepted);
  /** Connection roles the node needs, by the param that names the alias (`connection`). */
  readonly connection?: RoleName;
  /** How records become rows (sources) or rows records (sinks). */
  readonly format?: (params: P) => Format;
  /** The line under the node's name on its card: "amount > 100". */
  readonly cardLine?: (params: P) => string;
  /** Sinks: expression (one of `expressions`) whose text is the record's key. */
  readonly sinkKey?: (params: P) => string | undefined;
  /** Sinks: expression (one of `expressions`) that computes the target per row (a topic's name). */
  readonly sinkTarget?: (params: P) => string | undefined;
  /** Sinks: expression (one of `expressions`) whose whole number is the record's partition; NULL: as without one. */
  readonly sinkPartition?: (params: P) => string | undefined;
  /** Sinks: the field whose row is written instead of the whole row, as JSON; a row in which it is NULL writes nothing and only has its target made. */
  readonly sinkPart?: (params: P) => string | undefined;
  /** Sinks with `sinkPart`: the field that says how a target is to be made (`Sink.make`). */
  readonly sinkDefinition?: (params: P) => string | undefined;
  /**
   * Sinks of values: the fields that are written, each an expression (one of `expressions`); undefined: the row as it is. The sink is given them as a row, and checks and writes each value by its type
   * (`SinkContext.schema`), where others are given an encoded record.
   */
  readonly sinkValues?: (params: P) => readonly { readonly name: string; readonly value: string }[] | undefined;
  /** Sinks that take changes: condition (one of `expressions`) for which a row deletes what is there under its key, as one of the kind delete does. */
  readonly sinkDelete?: (params: P) => string | undefined;
  /** How the runtime asks, for nodes with `createLookup`. */
  readonly lookup?: (params: P) => LookupSettings;
  /** The node is a port of the fragment that its document is, under its id; where the fragment is used, a node of the type `used` stands in its place and lets the rows through, from its input "in" to its output "out". */
  readonly fragmentPort?: { readonly side: "input" | "output"; readonly used: string };
  /** Stands in no drawing, so that no palette offers it. */
  readonly internal?: true;
  /** What a sink promises after a crash. */
  readonly delivery?: "exactly-once" | "idempotent" | "at-least-once";
  /** What of the outside a node reads, or a sink writes, for the map and for checks of a second writer. Left out, or empty, where it is computed per row. */
  readonly targets?: (params: P, node: { pipelineId: string; nodeId: string }) => readonly Target[];
}

/**
 * "pass": rows leave as they came, perhaps with changed fields (filter), so what is read downstream is read upstream too. "new": they are made from
 * the expressions and `reads` alone (select). `elementsOf`: they are the elements of that array (nested names with dots), perhaps with further fields
 * (flatten), so what is read downstream is read of each element.
 */
export type RowsFrom = "pass" | "new" | { readonly elementsOf: string };

export interface FieldSource {
  /** Output port; left out: each that `passes` does not name. */
  readonly port?: string;
  /** The output field, nested ones with dots; "": the whole row. */
  readonly field: string;
  /** Empty: it is made of nothing that came in. */
  readonly from: readonly FieldPart[];
}

/** An expression of the node (copied where it is nothing but a field), or a field of an input, nested ones with dots, "[]" for an array's elements, "" for the whole row. */
export type FieldPart =
  | { readonly port: string; readonly text: string; readonly over?: "groups" | "match" }
  | { readonly port: string; readonly field: string; readonly how: "copied" | "computed"; readonly over?: undefined };

export type Accepted = readonly ChangelogMode["mode"][] | Readonly<Record<string, readonly ChangelogMode["mode"][]>>;

export interface Target {
  readonly kind: "topic" | "dimension" | "table" | "file";
  readonly name: string;
}

export type Ports<P> = Readonly<Record<string, Words>> | ((params: P) => Readonly<Record<string, Words>>);

export interface ExpressionUse {
  /** Where it stands in the params: ["cases", 0, "when"]. */
  readonly path: readonly (string | number)[];
  readonly text: string;
  readonly port: string;
  /** A condition must be BOOLEAN. */
  readonly expects?: "condition" | "time";
  /**
   * "groups": it is over groups of the port's rows: aggregates of them, and beside those the fields that `spec.groups` gives. "matched": it is over a row of the port, and may look at rows that were
   * matched before, by the names that `spec.steps` gives. "match": it is over matched rows alone.
   */
  readonly over?: "groups" | "matched" | "match";
}

export interface InferContext<P> {
  readonly params: P;
  /** By input port; a port that is not wired is missing. For a union the list order is that of the edges. */
  readonly inputs: Readonly<Record<string, Schema>>;
  /** What the rows of each input port may do, by the same names as `inputs`. */
  readonly changelogs: Readonly<Record<string, ChangelogMode>>;
  /** All schemas per port where many edges end in one port. */
  readonly inputLists: Readonly<Record<string, readonly Schema[]>>;
  /** A declared schema of the document, by name. */
  readonly declared: (name: string) => Schema | undefined;
  /** Type of an expression over rows of `port`; undefined (and a problem was recorded) when it is wrong. */
  readonly typeOf: (text: string, port: string) => import("../schema/index.ts").DataType | undefined;
  /** The same for one of the spec's expressions over matched rows. */
  readonly typeOverMatch: (text: string, port: string) => import("../schema/index.ts").DataType | undefined;
  /** The same for one of the spec's expressions over groups. */
  readonly typeOverGroups: (text: string, port: string) => import("../schema/index.ts").DataType | undefined;
  readonly problem: (problem: Omit<Problem, "nodeId">) => void;
}

/** A codec by name with its options. */
export interface Format {
  readonly name: "json" | "csv" | "text";
  /** Sinks: leave out members that are null (default true). */
  readonly omitNulls?: boolean;
  /** CSV: separator, header line. */
  readonly separator?: string;
  readonly header?: boolean;
}

/* Kinds of param beyond zod's own. The form renderer and the JSON Schema read `meta.kind`; `title` and `description` are `Words`. */

export interface ParamMeta {
  readonly title: Words;
  readonly description?: Words;
  readonly kind?:
    | "expression"
    | "condition"
    | "field"
    | "duration"
    | "topic"
    | "schema"
    | "connection"
    | "time"
    | "text"
    | "file"
    | "table";
  readonly examples?: readonly string[];
  /** A list of names and values: the form offers those of the table that the param `table` names, or else of the row's fields, that are not in it. */
  readonly offers?: "columns";
  /** Behind "more" in the form. */
  readonly advanced?: boolean;
  readonly placeholder?: string;
  /** Words for each option of an enum. */
  readonly options?: Readonly<Record<string, Words>>;
}

/** Registers a param's words; `z.registry` keeps them beside the schema, typed. */
export const paramMeta = z.registry<ParamMeta>();

/** A scalar expression of any type over the input row. */
export function expression(): z.ZodString {
  return z.string().min(1);
}
/** A BOOLEAN expression. */
export function condition(): z.ZodString {
  return z.string().min(1);
}
/** A field of the input, nested ones with dots. */
export function field(): z.ZodString {
  return z.string().min(1);
}

const DURATION = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|sec|second|seconds|min|minute|minutes|h|hour|hours|d|day|days)\s*$/;
const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  seconds: 1_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** A length of time as people write it: "10 s", "200 ms", "1 min". What is none is not asked any further, so `toMillis` may stand in what refines it. */
export function duration(): z.ZodString {
  return z.string().regex(DURATION, { abort: true });
}

/** Milliseconds of a length of time that passed `duration()`. */
export function toMillis(text: string): number {
  const match = DURATION.exec(text);
  if (!match) throw new Error(`not a length of time: ${JSON.stringify(text)}`);
  return Math.round(Number(match[1]) * (UNIT_MS[match[2] as string] as number));
}

/** Fills what may be left out of a spec; keeps the params' type. */
export function defineSpec<P extends Params>(spec: Omit<NodeSpec<P>, "keywords"> & { keywords?: readonly string[] }): NodeSpec<P> {
  return { keywords: [], ...spec };
}

/** Ports with the ones that depend on params worked out; outputs with `error` last. */
export function portsOf(
  spec: NodeSpec,
  params: Params,
): { inputs: Readonly<Record<string, Words>>; outputs: Readonly<Record<string, Words>> } {
  const inputs = typeof spec.inputs === "function" ? spec.inputs(params) : spec.inputs;
  const outputs = typeof spec.outputs === "function" ? spec.outputs(params) : spec.outputs;
  return { inputs, outputs: { ...outputs, error: ERROR_PORT } };
}

/** Row kinds that an input port takes. */
export function acceptedModes({ accepts = ["append"] }: NodeSpec, port: string, params: Params): readonly ChangelogMode["mode"][] {
  const accepted = typeof accepts === "function" ? accepts(params) : accepts;
  return isByPort(accepted) ? (accepted[port] ?? ["append"]) : accepted;
}

function isByPort(accepted: Accepted): accepted is Readonly<Record<string, readonly ChangelogMode["mode"][]>> {
  return !Array.isArray(accepted);
}

const ERROR_PORT: Words = {
  en: "Rows that could not be processed, with the reason. Unwired, they go to the dead letters.",
  zh: "无法处理的行及其原因。未连线时进入死信。",
};
