import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { proposeFromJson } from "@millrace/engine/schema";
import type { Pipeline, ProposedField, SchemaProposal } from "../api.ts";
import { UsageError } from "../data-folder.ts";
import { proposeFromCsv, viewOf } from "../run-host/propose-schema.ts";
import { connect, type ServerOptions, serverCommand } from "./server-client.ts";
import { table } from "./table.ts";

interface Options extends ServerOptions {
  readonly pipeline?: string;
  readonly node?: string;
  readonly separator: string;
  readonly header: boolean;
  readonly limit?: string;
  readonly json?: true;
}

export const schemaCommand = serverCommand("schema")
  .description(
    "Proposes the schema of records, with how sure each field is: those of a file (JSON lines, or .csv), or of a source of a pipeline on a server.",
  )
  .argument("[file]", "records; left out: --pipeline and --node name a source")
  .option("--pipeline <id>", "a pipeline of a running server")
  .option("--node <id>", "the source in its draft")
  .option("--separator <text>", "between the cells of CSV", ",")
  .option("--no-header", "the first line of CSV is a record")
  .option("--limit <count>", "records that are looked at (default: the setting schemas.records)")
  .option("--json", "as JSON")
  .action(async (file: string | undefined, options: Options) => {
    const proposal = file === undefined ? await ofSource(options) : ofFile(file, options);
    if (options.json) return console.log(JSON.stringify(proposal, null, 2));
    console.log(proposal.text);
    console.error(summaryOf(proposal));
    if (proposal.fields.length > 0)
      console.error(table(["FIELD", "TYPE", "PRESENT", "SURE", "EXAMPLES", "NOTES"], proposal.fields.map(rowOf)));
  });

/** Records of a file that are looked at by default: as a server by default. */
const RECORDS = 1_000;

function ofFile(file: string, { separator, header, limit }: Options): SchemaProposal {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`The records cannot be read: ${(error as Error).message}.`);
  }
  const isCsv = extname(file).toLowerCase() === ".csv";
  const count = readCount(limit) ?? RECORDS;
  const lines = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .slice(0, count + (isCsv && header ? 1 : 0));
  return viewOf(isCsv ? proposeFromCsv(lines, separator, header) : proposeFromJson(lines));
}

async function ofSource(options: Options): Promise<SchemaProposal> {
  const { pipeline, node } = options;
  if (pipeline === undefined || node === undefined)
    throw new UsageError("Name a file of records, or a source with --pipeline ID --node ID.");
  const server = connect(options);
  const { draft } = await server.call<Pipeline>("GET", `/pipelines/${encodeURIComponent(pipeline)}`);
  const limit = readCount(options.limit);
  return server.call<SchemaProposal>("POST", "/propose-schema", {
    document: draft,
    pipelineId: pipeline,
    node,
    ...(limit !== undefined && { limit }),
  });
}

function readCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`--limit is a number of records from 1, got ${JSON.stringify(text)}.`);
}

function summaryOf({ records, unread, unreadExample, silent }: SchemaProposal): string {
  const parts = [`${records} record${records === 1 ? "" : "s"}`];
  if (unread > 0) parts.push(`${unread} of them unreadable, such as ${JSON.stringify(unreadExample?.slice(0, 80))}`);
  if (silent) parts.push(silent.en);
  return parts.join("; ");
}

function rowOf({ path, type, of, present, certainty, examples, notes }: ProposedField): string[] {
  const share = of === 0 ? "" : `${Math.round((present / of) * 100)}% of ${of}`;
  return [path.join("."), shortened(type), share, certainty, shortened(examples.join(" ")), notes.map(({ words }) => words.en).join(" ")];
}

const MOST = 40;

function shortened(text: string): string {
  return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
}
