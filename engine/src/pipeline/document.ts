/**
 * The saved pipeline, one canonical JSON document: what it means (everything but `layout`) apart from how it is drawn, so that a diff of two
 * documents is a diff of what they do. Everything here is plain JSON. The way in is `read.ts`, old formats are in
 * `migrate.ts`, the order of keys in `canonical.ts`, what a document means in `analyze.ts`.
 */
import { z } from "zod";
import { ROLE_NAMES } from "../node/roles.ts";
import { durationText, timelineTest } from "./document-parts.ts";

export const FORMAT_VERSION = 1;

/** Ids of nodes, notes and groups: made from a first name, never changed; state is found by them. */
export const ID = /^[a-z][a-z0-9_-]{0,63}$/;
/** The way to a node, or nothing. */
const FORMER = /^([a-z][a-z0-9_-]{0,63}(\/[a-z][a-z0-9_-]{0,63})*)?$/;
/** "node.port"; the ports of a fragment are named as the nodes that make them. */
export const PORT_REF = /^[a-z][a-z0-9_-]{0,63}\.[a-z][A-Za-z0-9_-]{0,63}$/;
/** Subtasks of a node. */
export const MAX_PARALLELISM = 128;
export const PARAMETER_NAME = /^[a-z][A-Za-z0-9_]{0,63}$/;

/** The last three are made for fragments: what is typed for them stands in expressions of the nodes inside. */
export const PARAMETER_TYPES = ["string", "number", "integer", "boolean", "duration", "expression", "condition", "field"] as const;

const id = z.string().regex(ID);
const words = z.strictObject({ en: z.string(), zh: z.string() });
const portRef = z.string().regex(PORT_REF);
const json = z.record(z.string(), z.json());

const node = z.strictObject({
  type: z.string().min(1),
  name: z.string().min(1).max(200),
  params: json.default({}),
  /** Rows pass by: in at its first input, out at its first output. */
  disabled: z.literal(true).optional(),
  /** Subtasks of this node, where it is not the pipeline's number. */
  parallelism: z.int().min(1).max(MAX_PARALLELISM).optional(),
  note: z.string().optional(),
  /**
   * The id that it had before it came out of a fragment ("visits/mark"); of a node that uses a fragment, what stood before the ids of the nodes inside: "" where they stood in this drawing themselves. State that was saved under it is
   * taken over.
   */
  formerly: z.string().regex(FORMER).optional(),
});

const edge = z.strictObject({ from: portRef, to: portRef });

const schema = z.strictObject({
  /** Field name to type in SQL's words: "BIGINT NOT NULL", "ROW<mid STRING, uid STRING>". */
  fields: z.record(z.string().min(1), z.string().min(1)),
  /** Records may carry more members; they are kept. Default true. */
  open: z.boolean().optional(),
  /** Paths of fields that hold personal data; masked in previews. */
  personal: z.array(z.string()).optional(),
});

const parameter = z.strictObject({
  type: z.enum(PARAMETER_TYPES),
  default: z.union([z.string(), z.number(), z.boolean()]),
  title: words.optional(),
  description: words.optional(),
});

/** Text on the canvas, in Markdown. */
const note = z.strictObject({ text: z.union([z.string(), words]), color: z.enum(["yellow", "blue", "green", "red", "gray"]).optional() });
const group = z.strictObject({ title: z.union([z.string(), words]), nodes: z.array(id), collapsed: z.literal(true).optional() });
const box = z.strictObject({
  x: z.number(),
  y: z.number(),
  width: z.number().positive().optional(),
  height: z.number().positive().optional(),
});

export const pipelineDocument = z.strictObject({
  formatVersion: z.literal(FORMAT_VERSION),
  /** Name people call it by; the id under which it is stored is the server's. */
  name: z.string().min(1).max(200),
  title: words.optional(),
  description: words.optional(),
  /** Values that deploy, command line and tests can set; `${name}` in a param's text stands for them. */
  parameters: z.record(z.string().regex(PARAMETER_NAME), parameter).optional(),
  /** IANA name. */
  timeZone: z.string().optional(),
  parallelism: z.int().min(1).max(MAX_PARALLELISM).optional(),
  checkpointInterval: durationText.optional(),
  /** Connection aliases that nodes name, with the role each plays. An environment says which connection an alias means. */
  connections: z.record(id, z.strictObject({ role: z.enum(ROLE_NAMES) })).optional(),
  schemas: z.record(id, schema).optional(),
  /**
   * Fragments used, pinned by version: a node of type "fragment:ID" stands for the document that is carried here (`fragments.ts`). Without it the fragment is missing; what is carried counts, the version
   * says where it came from.
   */
  get fragments(): z.ZodOptional<z.ZodRecord<z.ZodString, typeof pinnedFragment>> {
    return z.record(id, pinnedFragment).optional();
  },
  nodes: z.record(id, node),
  edges: z.array(edge),
  notes: z.record(id, note).optional(),
  groups: z.record(id, group).optional(),
  tests: z.array(timelineTest).optional(),
  layout: z.strictObject({ nodes: z.record(id, box).optional(), notes: z.record(id, box).optional() }).optional(),
});

const pinnedFragment = z.strictObject({
  version: z.int().min(1),
  get document(): z.ZodOptional<typeof pipelineDocument> {
    return pipelineDocument.optional();
  },
});

/** A pipeline that has passed the format's check (not yet `analyze`). */
export type PipelineDocument = z.infer<typeof pipelineDocument>;
export type PipelineNode = PipelineDocument["nodes"][string];
export type Edge = PipelineDocument["edges"][number];
export type DeclaredSchema = z.infer<typeof schema>;
export type PipelineParameter = z.infer<typeof parameter>;
export type PinnedFragment = z.infer<typeof pinnedFragment>;

/** "node.port" taken apart. */
export function parsePortRef(ref: string): { node: string; port: string } {
  const dot = ref.indexOf(".");
  return { node: ref.slice(0, dot), port: ref.slice(dot + 1) };
}

export const DEFAULTS = { timeZone: "Asia/Shanghai", parallelism: 1, checkpointInterval: "200 ms" } as const;
