/** Puts the template's job, without its mock, on a server. */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { jobAlone } from "@millrace/templates/job-alone";
import type { Millrace } from "./millrace.ts";

export interface JobOptions {
  readonly parallelism?: number;
  /** Connection of all its topics; left out: the built-in ones. */
  readonly connection?: string | undefined;
}

/** Returns the pipeline's id once it runs. */
export async function deployJob(server: Millrace, { parallelism = 1, connection }: JobOptions = {}): Promise<string> {
  const { document } = await server.api<{ document: PipelineDocument }>("GET", "/api/templates/base-log-app");
  const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", {
    document: { ...jobAlone(document), parallelism },
    name: "BaseLogApp",
  });
  await server.api("POST", `/api/pipelines/${id}/deploy`, connection === undefined ? {} : { connect: { topics: connection } });
  return id;
}

export async function deadLetterCount(server: Millrace, id: string): Promise<number> {
  const { total } = await server.api<{ total: number }>("GET", `/api/pipelines/${id}/dead-letters?limit=1`);
  return total;
}
