/** What people do with fragments, over the stores and the server. Failures become notices; dialogs get the refusal. */
import { fragmentOf, type PinnedFragment, type PipelineDocument } from "@millrace/engine/pipeline";
import type { FragmentUser } from "@millrace/server/api";
import { expandFragment, fragmentUsed, whyNotExpanded } from "../edits/expand-fragment.ts";
import { makeFragment } from "../edits/make-fragment.ts";
import { i18next, say } from "../i18n/i18n.ts";
import { ServerError, server } from "../server.ts";
import { analyzeNow, schemaOf } from "../store/analysis.ts";
import { edit, setLive, useDocument } from "../store/document.ts";
import { loadFragments, newest, useFragments } from "../store/fragments.ts";
import { inside } from "../store/inside.ts";
import { runStatus } from "../store/live.ts";
import { notify } from "../store/notices.ts";
import { saveNow, useSaving } from "../store/saving.ts";
import { select } from "../store/selection.ts";
import { lookInside, openPipeline } from "../store/session.ts";
import { type Stop, show, useUi } from "../store/ui.ts";

/** Makes a fragment of the nodes on the server, and one node of them here. Undefined, or why the server refused it. */
export async function makeFragmentOf(nodes: readonly string[], name: string): Promise<ServerError | undefined> {
  const { document, pipelineId } = useDocument.getState();
  const { nodesById } = analyzeNow();
  const { fragment, use } = makeFragment(document, nodes, name, (ref) => schemaOf(nodesById, ref));
  return refusalOf(async () => {
    const { id, version, document: made } = await server.createFragment({ document: fragment });
    await loadFragments();
    if (useDocument.getState().pipelineId !== pipelineId || version === undefined || !made) return;
    let using: string | undefined;
    edit("step.makeFragment", (draft) => {
      using = use(draft, id, { version, document: made as PipelineDocument });
    });
    if (using !== undefined) select({ nodes: [using] });
  });
}

/** Shows what runs inside of the node, where it runs; else the fragment that it uses, to be changed. */
export async function openFragmentOf(nodeId: string): Promise<void> {
  const way = wayInto(nodeId);
  const { pipelineId } = useDocument.getState();
  if (way === undefined || pipelineId === undefined) return editFragmentOf(nodeId);
  await refusalOf(saveNow);
  await lookInside(pipelineId, way);
}

/** The way to what runs inside of a using node of what is open; undefined where nothing does. */
export function wayInto(nodeId: string): readonly string[] | undefined {
  const { document, live, inside: at } = useDocument.getState();
  const state = runStatus()?.state;
  const runs = state === "running" || state === "starting" || state === "restarting" || state === "stopping";
  const isSame = live?.document.nodes[nodeId]?.type === document.nodes[nodeId]?.type;
  if (!runs || !live || !isSame || !inside(live.document as PipelineDocument, [nodeId])) return undefined;
  return [...(at?.path.map(({ node }) => node) ?? []), nodeId];
}

/** Opens the fragment that the node uses, to be changed; one that this server does not have is added to it as the document carries it. */
export async function editFragmentOf(nodeId: string): Promise<void> {
  const { document, pipelineId, inside: at } = useDocument.getState();
  const id = fragmentOf(document.nodes[nodeId]?.type ?? "");
  if (id === undefined || pipelineId === undefined) return;
  if (at) return openDraft(id, document.fragments?.[id], { id: at.root, name: at.rootName, node: at.path[0]?.node ?? "", into: id });
  await openDraft(id, document.fragments?.[id], { id: pipelineId, name: document.name, node: nodeId, into: id });
}

/** From what runs inside of a use to the draft of the fragment. */
export async function editWhatRuns(): Promise<void> {
  const { document, inside: at } = useDocument.getState();
  if (!at) return;
  const { fragment, version, root, rootName, path } = at;
  await openDraft(fragment, { version, document }, { id: root, name: rootName, node: path[0]?.node ?? "", into: fragment });
}

async function openDraft(id: string, carried: PinnedFragment | undefined, from: Stop): Promise<void> {
  const { pipelineId } = useDocument.getState();
  const refusal = await refusalOf(async () => {
    await loadFragments();
    if (useFragments.getState().fragments.some((one) => one.id === id) || !carried?.document) return;
    await server.createFragment({ id, version: carried.version, document: carried.document });
    await loadFragments();
    notify("info", i18next.t("addedHere", { ns: "fragments" }));
  });
  if (refusal) return notify("error", say(refusal.words));
  const { trail } = useUi.getState();
  const above = trail.at(-1)?.into === pipelineId ? trail : [];
  await refusalOf(saveNow);
  if (await openPipeline(id)) show({ trail: [...above, from] });
}

/** Back from what runs inside: to the pipeline, its node selected (0), or to a use on the way in. */
export async function leaveInside(depth: number): Promise<void> {
  const { inside: at } = useDocument.getState();
  if (!at) return;
  const way = at.path.map(({ node }) => node);
  const isThere = depth === 0 ? await openPipeline(at.root) : await lookInside(at.root, way.slice(0, depth));
  const node = way[depth];
  if (isThere && node !== undefined && Object.hasOwn(useDocument.getState().document.nodes, node)) select({ nodes: [node] });
}

/** Back to where a fragment was opened from, the node selected. */
export async function goBackTo(index: number): Promise<void> {
  const { trail } = useUi.getState();
  const stop = trail[index];
  if (!stop) return;
  await refusalOf(saveNow);
  if (!(await openPipeline(stop.id))) return;
  show({ trail: trail.slice(0, index) });
  if (Object.hasOwn(useDocument.getState().document.nodes, stop.node)) select({ nodes: [stop.node] });
}

export function expandFragmentOf(nodeId: string): void {
  const { document } = useDocument.getState();
  const reason = whyNotExpanded(document, nodeId);
  if (reason) return notify("error", say(reason));
  let nodes: string[] = [];
  edit("step.expandFragment", (draft) => {
    nodes = expandFragment(draft, nodeId);
  });
  if (nodes.length > 0) select({ nodes });
}

/** The newest version, where the document carries an older one, or none. */
export function updateFor(document: PipelineDocument, nodeId: string) {
  const id = fragmentOf(document.nodes[nodeId]?.type ?? "");
  const next = id === undefined ? undefined : newest(id);
  if (id === undefined || !next) return undefined;
  const carried = document.fragments?.[id];
  return carried?.document && carried.version >= next.version ? undefined : { id, next };
}

export function updateFragmentOf(nodeId: string): void {
  const update = updateFor(useDocument.getState().document, nodeId);
  if (!update) return;
  edit("step.updateFragment", (draft) => {
    draft.fragments = { ...draft.fragments, [update.id]: update.next };
  });
}

/** Who uses the open fragment, and what its draft would change there. */
export async function usersOfOpen(): Promise<readonly FragmentUser[]> {
  const { pipelineId } = useDocument.getState();
  if (pipelineId === undefined) return [];
  await saveNow();
  return server.fragmentUsers(pipelineId);
}

/** A version of the open fragment's draft. Undefined, or why the server refused it. */
export async function saveVersion(): Promise<ServerError | undefined> {
  const { pipelineId } = useDocument.getState();
  if (pipelineId === undefined) return undefined;
  return refusalOf(async () => {
    await saveNow();
    const { version } = await server.saveFragment(pipelineId, useSaving.getState().revision);
    const { live } = await server.pipeline(pipelineId);
    if (useDocument.getState().pipelineId === pipelineId) setLive(live);
    await loadFragments();
    notify("info", i18next.t("saved", { ns: "fragments", version }));
  });
}

export function usesFragment(nodeId: string | undefined): boolean {
  return nodeId !== undefined && fragmentUsed(useDocument.getState().document, nodeId) !== undefined;
}

async function refusalOf(work: () => Promise<void>): Promise<ServerError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ServerError) return error;
    throw error;
  }
}
