/** Looks at what a source holds, or what its run keeps of it, and proposes a schema. */
import { csvCells } from "@millrace/engine/codec";
import { formatSchema, formatType } from "@millrace/engine/expression";
import { RowError } from "@millrace/engine/node";
import { analyze, type TypedNode } from "@millrace/engine/pipeline";
import {
  type FieldProposal,
  type SchemaProposal as Proposal,
  proposalNoteWords,
  proposeFromCells,
  proposeFromJson,
} from "@millrace/engine/schema";
import { nodeTypes } from "@millrace/nodes/registry";
import type { ProposedField, SchemaProposal } from "../api.ts";
import type { ProposeSchema, RunLimits } from "../runs/run-host.ts";
import { failureOf } from "./failure-of.ts";
import { type SourceReader, SourceSilent } from "./source-reader.ts";

export async function proposeSchema(
  request: ProposeSchema,
  limits: Pick<RunLimits, "nodes">,
  reader: SourceReader,
): Promise<SchemaProposal | undefined> {
  const specs = new Map([...nodeTypes].map(([type, { spec }]) => [type, spec]));
  const { graph } = analyze(request.document, specs, { mostNodes: limits.nodes });
  const node = graph.nodes.find(({ id }) => id === request.node);
  if (!node || Object.keys(node.inputs).length > 0 || formatOf(node).name === "text") return undefined;
  const { texts, silent } = await textsOf(node, graph.settings.timeZone, request, reader);
  if (texts.length > 0 || request.retained.length === 0) return { ...viewOf(proposalOf(node, texts)), ...(silent && { silent }) };
  return { ...viewOf(proposeFromJson(request.retained)), ...(silent && { silent }) };
}

function formatOf({ spec, params }: TypedNode) {
  return spec.format?.(params) ?? ({ name: "json" } as const);
}

/** The source's newest records; none, with the reason, where it cannot be read. */
async function textsOf(node: TypedNode, timeZone: string, request: ProposeSchema, reader: SourceReader) {
  const { pipelineId, connections, limit } = request;
  // The line of names is wanted too; without this it is passed by.
  const whole = { ...node, params: { ...node.params, header: false } };
  try {
    const records = await reader.read(whole, { pipelineId, connections, limit, timeZone });
    return { texts: records.map(({ text }) => text) };
  } catch (error) {
    return { texts: [], silent: error instanceof SourceSilent ? error.words : failureOf(error, () => {}).message };
  }
}

function proposalOf(node: TypedNode, texts: readonly string[]): Proposal {
  const { name, separator = ",", header } = formatOf(node);
  return name === "csv" ? proposeFromCsv(texts, separator, header === true) : proposeFromJson(texts);
}

/** Of CSV records, with the names of the columns as the first of them where there is a `header`. */
export function proposeFromCsv(texts: readonly string[], separator: string, header: boolean): Proposal {
  const names = header ? (cellsOf(texts[0] ?? "", separator) ?? []).map(({ text }) => text.trim()) : undefined;
  return proposeFromCells(
    // A record that is no CSV has no cells, and so another number of them.
    texts.slice(header ? 1 : 0).map((text) => cellsOf(text, separator) ?? [{ text, isQuoted: true }]),
    names,
  );
}

function cellsOf(text: string, separator: string) {
  const bytes = Buffer.from(text);
  try {
    return csvCells({ bytes, start: 0, end: bytes.length }, separator);
  } catch (error) {
    if (error instanceof RowError) return undefined;
    throw error;
  }
}

/** As the API tells it: one list of all fields, each before those within it. */
export function viewOf({ records, unread, unreadExample, schema, fields }: Proposal): SchemaProposal {
  return {
    records,
    unread,
    ...(unreadExample !== undefined && { unreadExample }),
    text: formatSchema(schema),
    fields: fields.flatMap((field) => listed(field, [])),
  };
}

function listed(field: FieldProposal, above: readonly string[]): ProposedField[] {
  const { name, dataType, fields = [], notes, of, present, nulls, missing, certainty, examples } = field;
  const path = [...above, name];
  const own = {
    path,
    type: formatType(dataType),
    of,
    present,
    nulls,
    missing,
    certainty,
    examples: [...examples],
    notes: notes.map((note) => ({ code: note.code, words: proposalNoteWords(note) })),
  };
  return [own, ...fields.flatMap((inner) => listed(inner, path))];
}
