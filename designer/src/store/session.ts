/** Opening, creating, deploying and stopping: what takes the server and several stores. Failures become notices; what a caller must know is in the answer. */
import { type PipelineDocument, readDocument } from "@millrace/engine/pipeline";
import type { CreatePipeline, Deploy, Pipeline, PipelineSummary, RunStatus } from "@millrace/server/api";
import { create } from "zustand";
import { i18next, say } from "../i18n/i18n.ts";
import { ServerError, type StartOptions, server } from "../server.ts";
import { edit, openDocument, setLive, useDocument } from "./document.ts";
import { loadFragments } from "./fragments.ts";
import { inside } from "./inside.ts";
import { kept } from "./kept.ts";
import { followRun, onRun, runStatus, setRunStatus } from "./live.ts";
import { notify } from "./notices.ts";
import { saveNow, startSaving } from "./saving.ts";
import { show } from "./ui.ts";
import { words } from "./words.ts";

export interface SessionState {
  /** What the server keeps, newest first; undefined before it is known. */
  readonly pipelines: readonly PipelineSummary[] | undefined;
  readonly opening: boolean;
  /** A call that changes the run is on its way. */
  readonly busy: "deploy" | "stop" | "start" | "savepoint" | undefined;
}

export const useSession = create<SessionState>()(() => ({ pipelines: undefined, opening: false, busy: undefined }));

export async function loadPipelines(): Promise<readonly PipelineSummary[]> {
  const pipelines = await attempt(() => server.pipelines());
  const sorted = [...(pipelines ?? [])].sort((one, other) => other.updatedAt - one.updatedAt);
  if (pipelines) useSession.setState({ pipelines: sorted });
  return sorted;
}

/** Opens a stored pipeline on the canvas, unless it is not wanted any more once it is here. False: it could not be (a notice says why). */
export async function openPipeline(id: string, isWanted: () => boolean = () => true): Promise<boolean> {
  useSession.setState({ opening: true });
  const [pipeline, run] = await Promise.all([attempt(() => server.pipeline(id)), attempt(() => server.run(id), 404)]);
  useSession.setState({ opening: false });
  if (!pipeline) return false;
  if (!isWanted()) return true;
  openLoaded({ ...pipeline, ...(run ? { run } : {}) });
  return true;
}

/**
 * Shows what runs inside of a use of a fragment, with its counts and records. `way`: ids of the using nodes, from the pipeline's document inwards. False: nothing runs there, or it could not be had (a notice
 * says why).
 */
export async function lookInside(root: string, way: readonly string[], isWanted: () => boolean = () => true): Promise<boolean> {
  useSession.setState({ opening: true });
  const [pipeline, run] = await Promise.all([attempt(() => server.pipeline(root)), attempt(() => server.run(root), 404)]);
  useSession.setState({ opening: false });
  if (!pipeline) return false;
  const { live, draft } = pipeline;
  const found = live && inside(live.document as PipelineDocument, way);
  if (!found || !live) {
    notify("info", i18next.t("notInside", { ns: "fragments" }));
    return false;
  }
  if (!isWanted()) return true;
  const { document, ...place } = found;
  await loadFragments();
  openDocument({ id: root, draft: document, live: { ...live, document } }, { ...place, root, rootName: draft.name });
  followRun(root, run, way);
  show({ view: "canvas", overlay: undefined, renaming: undefined });
  return true;
}

/** Makes a pipeline from a template, a document or nothing, and opens it. */
export async function createPipeline(body: CreatePipeline): Promise<boolean> {
  const pipeline = await attempt(() => server.createPipeline(body));
  if (!pipeline) return false;
  openLoaded(pipeline);
  void loadPipelines();
  return true;
}

export async function deletePipeline(id: string): Promise<void> {
  await attempt(() => server.deletePipeline(id));
  if (useDocument.getState().pipelineId === id) closePipeline();
  await loadPipelines();
}

export function closePipeline(): void {
  openDocument(undefined);
  followRun(undefined);
  show({ view: "gallery" });
}

function openLoaded(pipeline: Pipeline): void {
  void loadFragments();
  openDocument(pipeline);
  startSaving(pipeline);
  followRun(pipeline.id, pipeline.run);
  show({ view: "canvas", overlay: undefined, renaming: undefined });
  const unsaved = kept(pipeline.id, pipeline.revision);
  const read = unsaved === undefined ? undefined : readDocument(unsaved);
  if (!read?.document) return;
  const { document } = read;
  if (edit("step.restore", (draft) => replaceDocument(draft, document))) notify("info", say(words.restored));
}

/** Whether a change of the run came about, and else why the server refused it. */
export interface RunChange {
  readonly done: boolean;
  readonly refusal?: ServerError;
}

/** Saves the draft and runs it in place of what runs. */
export async function deploy(options: Deploy = {}): Promise<RunChange> {
  return changeRun("deploy", async (id) => {
    await saveNow();
    const status = await server.deploy(id, options);
    const { live } = await server.pipeline(id);
    if (useDocument.getState().pipelineId === id) setLive(live);
    return status;
  });
}

export async function stopRun(savepoint: boolean): Promise<RunChange> {
  return changeRun("stop", (id) => server.stop(id, savepoint));
}

/** Runs the deployed version again. */
export async function startRun(options: StartOptions): Promise<RunChange> {
  return changeRun("start", (id) => server.start(id, options));
}

/** While the run goes on. False: it could not be made (a notice says why). */
export async function makeSavepoint(): Promise<boolean> {
  const { pipelineId } = useDocument.getState();
  if (pipelineId === undefined || useSession.getState().busy) return false;
  useSession.setState({ busy: "savepoint" });
  const saved = await attempt(() => server.makeSavepoint(pipelineId));
  useSession.setState({ busy: undefined });
  if (saved) notify("info", i18next.t("madeSavepoint", { ns: "store", id: saved.id }));
  return saved !== undefined;
}

/** One change at a time; another one meanwhile does nothing. */
async function changeRun(busy: NonNullable<SessionState["busy"]>, ask: (id: string) => Promise<RunStatus>): Promise<RunChange> {
  const { pipelineId } = useDocument.getState();
  if (pipelineId === undefined || useSession.getState().busy) return { done: false };
  useSession.setState({ busy });
  try {
    const status = await ask(pipelineId);
    if (useDocument.getState().pipelineId === pipelineId) setRunStatus(status);
    return { done: true };
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return { done: false, refusal: error };
  } finally {
    useSession.setState({ busy: undefined });
  }
}

let asking = false;

/** A version that was deployed elsewhere (another window, the command line) is what the draft differs from, from now on. */
onRun(() => {
  const { pipelineId, live } = useDocument.getState();
  const version = runStatus()?.version;
  if (pipelineId === undefined || version === undefined || version <= (live?.version ?? 0) || asking || useSession.getState().busy) return;
  asking = true;
  const at = useDocument.getState().inside;
  if (at) {
    const isStill = () => useDocument.getState().inside === at;
    const way = at.path.map(({ node }) => node);
    void lookInside(at.root, way, isStill).then(async (isThere) => {
      if (!isThere && isStill()) await openPipeline(at.root, isStill);
      asking = false;
    });
    return;
  }
  void attempt(() => server.pipeline(pipelineId)).then((pipeline) => {
    asking = false;
    if (pipeline && useDocument.getState().pipelineId === pipelineId) setLive(pipeline.live);
  });
});

/** The draft becomes what was deployed last; one step, so it can be undone. */
export function discardDraft(): void {
  const { live } = useDocument.getState();
  if (live) edit("step.discard", (draft) => replaceDocument(draft, live.document));
}

export function replaceDocument(draft: object, next: object): void {
  for (const member of Object.keys(draft)) if (!(member in next)) Reflect.deleteProperty(draft, member);
  Object.assign(draft, structuredClone(next));
}

/** The call's answer, or undefined after a notice; a `quiet` status is no failure. */
async function attempt<T>(ask: () => Promise<T>, quiet?: number): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (error.status !== quiet) notify("error", say(error.words));
    return undefined;
  }
}
