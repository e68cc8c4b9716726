/**
 * Pipelines as they are kept: the draft with its revision, the versions that were deployed, and whether the pipeline should run. Drafts are held in memory, too: they are looked at several
 * times a second while somebody watches, and nobody else writes to the file. What is returned is shared and not to be changed.
 */
import type { DatabaseSync } from "node:sqlite";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { inTransaction } from "../metadata/database.ts";
import type { RunFailure } from "../runs/run-host.ts";

/** What should be: after a restart of the server, "running" runs again. "finished": all sources ended. */
export type Desired = "running" | "stopped" | "finished";

export interface StoredPipeline {
  readonly id: string;
  readonly template: string | undefined;
  readonly draft: PipelineDocument;
  /** Rises with every save of the draft. */
  readonly revision: number;
  readonly updatedAt: number;
  /** Deployed last. */
  readonly liveVersion: number | undefined;
  /** With which that version was deployed. */
  readonly environment: string | undefined;
  readonly desired: Desired;
  /** Of the current or last run; the same over restarts of that run. */
  readonly runId: string | undefined;
  /** Why the last run failed, until the next deploy or start. */
  readonly failure: StoredFailure | undefined;
}

export interface StoredFailure extends RunFailure {
  readonly at: number;
}

/** What a deploy says beside the document. */
export interface Deployment {
  readonly set: Readonly<Record<string, unknown>>;
  readonly environment: string | undefined;
  /** Alias → connection, before what the environment says. */
  readonly connect?: Readonly<Record<string, string>> | undefined;
}

export interface StoredVersion {
  readonly version: number;
  readonly document: PipelineDocument;
  readonly deployment: Deployment;
  readonly deployedAt: number;
}

export type PipelineStore = ReturnType<typeof createPipelineStore>;

export function createPipelineStore(database: DatabaseSync) {
  const known = new Map<string, StoredPipeline>();
  const withEnvironment =
    "SELECT pipelines.*, json_extract(versions.deployment, '$.environment') AS environment FROM pipelines LEFT JOIN versions ON versions.pipeline_id = id AND versions.version = live_version";
  const all = database.prepare(`${withEnvironment} ORDER BY id`);
  const one = database.prepare(`${withEnvironment} WHERE id = ?`);
  const insert = database.prepare("INSERT INTO pipelines (id, template, document, revision, updated_at) VALUES (?, ?, ?, 1, ?)");
  const saveDraft = database.prepare(
    "UPDATE pipelines SET document = ?, revision = revision + 1, updated_at = ? WHERE id = ? AND revision = ?",
  );
  const remove = database.prepare("DELETE FROM pipelines WHERE id = ?");
  const insertVersion = database.prepare(
    "INSERT INTO versions (pipeline_id, version, document, deployment, deployed_at) SELECT :id, max(coalesce(max(version), 0) + 1, :least), :document, :deployment, :at FROM versions WHERE pipeline_id = :id RETURNING version",
  );
  const removeVersion = database.prepare("DELETE FROM versions WHERE pipeline_id = ? AND version = ?");
  const allVersions = database.prepare("SELECT * FROM versions WHERE pipeline_id = ? ORDER BY version DESC");
  const oneVersion = database.prepare("SELECT * FROM versions WHERE pipeline_id = ? AND version = ?");
  const newestVersion = database.prepare("SELECT * FROM versions WHERE pipeline_id = ? ORDER BY version DESC LIMIT 1");
  const setLive = database.prepare("UPDATE pipelines SET live_version = ?, run_id = ?, desired = 'running', failure = NULL WHERE id = ?");
  const setDesired = database.prepare("UPDATE pipelines SET desired = ? WHERE id = ?");
  const setFailure = database.prepare("UPDATE pipelines SET failure = ? WHERE id = ?");

  /** After every change, so that memory says what the file says. */
  function reload(id: string): void {
    const row = one.get(id) as unknown as PipelineRow | undefined;
    if (row) known.set(id, readPipeline(row));
    else known.delete(id);
  }
  for (const row of all.all() as unknown as PipelineRow[]) known.set(row.id, readPipeline(row));

  return {
    /** By id. */
    list: (): readonly StoredPipeline[] => [...known.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),

    get: (id: string): StoredPipeline | undefined => known.get(id),

    /** The id is made from the document's name, unless it is given (then it must be free), and never changes: state, dead letters and addresses hang on it. */
    create(document: PipelineDocument, template: string | undefined, now: number, given?: string): StoredPipeline {
      const id = given ?? freeId(idFrom(document.name), (taken) => known.has(taken));
      insert.run(id, template ?? null, JSON.stringify(document), now);
      reload(id);
      return known.get(id) as StoredPipeline;
    },

    /** The new revision; undefined when `revision` is not the latest any more. */
    saveDraft(id: string, document: PipelineDocument, revision: number, now: number): number | undefined {
      const { changes } = saveDraft.run(JSON.stringify(document), now, id, revision);
      reload(id);
      return changes === 1 ? revision + 1 : undefined;
    },

    remove(id: string): void {
      remove.run(id);
      reload(id);
    },

    /** The number is the next one, or `least` where that is greater. */
    addVersion(id: string, document: PipelineDocument, deployment: Deployment, now: number, least = 1): number {
      const values = { id, least, document: JSON.stringify(document), deployment: JSON.stringify(deployment), at: now };
      // A commit of its own: that of a statement which is read by `get` fails without a word when the disk is full.
      return inTransaction(database, () => (insertVersion.get(values) as { version: number }).version);
    },

    /** For a version that never ran. */
    removeVersion: (id: string, version: number): void => void removeVersion.run(id, version),

    versions: (id: string): readonly StoredVersion[] => allVersions.all(id).map((row) => readVersion(row as unknown as VersionRow)),

    version(id: string, version: number): StoredVersion | undefined {
      const row = oneVersion.get(id, version) as unknown as VersionRow | undefined;
      return row && readVersion(row);
    },

    /** Undefined when there is none. */
    newestVersion(id: string): StoredVersion | undefined {
      const row = newestVersion.get(id) as unknown as VersionRow | undefined;
      return row && readVersion(row);
    },
    /** This version is what runs from now on, as run `runId`. */
    setLive(id: string, version: number, runId: string): void {
      setLive.run(version, runId, id);
      reload(id);
    },

    setDesired(id: string, desired: Desired): void {
      setDesired.run(desired, id);
      reload(id);
    },

    setFailure(id: string, failure: StoredFailure): void {
      setFailure.run(JSON.stringify(failure), id);
      reload(id);
    },
  };
}

interface PipelineRow {
  readonly id: string;
  readonly template: string | null;
  readonly document: string;
  readonly revision: number;
  readonly updated_at: number;
  readonly live_version: number | null;
  readonly environment: string | null;
  readonly desired: Desired;
  readonly run_id: string | null;
  readonly failure: string | null;
}

interface VersionRow {
  readonly version: number;
  readonly document: string;
  readonly deployment: string;
  readonly deployed_at: number;
}

function readPipeline(row: PipelineRow): StoredPipeline {
  return {
    id: row.id,
    template: row.template ?? undefined,
    draft: JSON.parse(row.document) as PipelineDocument,
    revision: row.revision,
    updatedAt: row.updated_at,
    liveVersion: row.live_version ?? undefined,
    environment: row.environment ?? undefined,
    desired: row.desired,
    runId: row.run_id ?? undefined,
    failure: row.failure === null ? undefined : (JSON.parse(row.failure) as StoredFailure),
  };
}

function readVersion(row: VersionRow): StoredVersion {
  return {
    version: row.version,
    document: JSON.parse(row.document) as PipelineDocument,
    deployment: JSON.parse(row.deployment) as Deployment,
    deployedAt: row.deployed_at,
  };
}

/** "BaseDBApp" → "base-db-app"; a name without a Latin letter → "pipeline". */
export function idFrom(name: string): string {
  const id = name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1-$2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 48)
    .replace(/-+$/, "");
  return id || "pipeline";
}

function freeId(wanted: string, isTaken: (id: string) => boolean): string {
  if (!isTaken(wanted)) return wanted;
  let n = 2;
  while (isTaken(`${wanted}-${n}`)) n += 1;
  return `${wanted}-${n}`;
}
