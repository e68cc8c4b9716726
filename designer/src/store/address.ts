/**
 * What is open stands in the address, so that it can be linked to and survives a reload: `#/pipelines/ID`, with `/inside/WAY` for what runs inside of a use of a fragment, and `/nodes/NODE` or `/edges/EDGE` for what is selected
 * alone, `#/gallery`, `#/map` and `#/connections`.
 */
import { viewport } from "../canvas/viewport.ts";
import { type DocumentState, useDocument } from "./document.ts";
import { edgeKey } from "./edge-key.ts";
import { select, useSelection } from "./selection.ts";
import { loadPipelines, lookInside, openPipeline } from "./session.ts";
import { openDrawer, show, showsPipeline, type UiState, useUi } from "./ui.ts";

export interface Address {
  readonly pipelineId?: string;
  /** Ids of using nodes, outermost first. */
  readonly inside?: readonly string[];
  readonly nodeId?: string;
  readonly edge?: string;
  readonly page?: Page;
}

/** What needs no pipeline. */
type Page = (typeof PAGES)[number];
const PAGES = ["gallery", "map", "connections"] as const;

export function readAddress(hash: string): Address {
  const [room, id, ...rest] = hash
    .replace(/^#\/?/, "")
    .split("/")
    .map((text) => (/%[^0-9a-f]|%.?$/i.test(text) ? text : decodeURIComponent(text)));
  const page = PAGES.find((one) => one === room);
  if (page) return { page };
  if (room !== "pipelines" || !id) return {};
  const isInside = rest[0] === "inside" && rest[1];
  const [part, what] = isInside ? rest.slice(2) : rest;
  const at = { pipelineId: id, ...(isInside && { inside: isInside.split("/") }) };
  if (part === "nodes" && what) return { ...at, nodeId: what };
  if (part === "edges" && what) return { ...at, edge: what };
  return at;
}

export function addressText({ pipelineId, inside, nodeId, edge, page }: Address): string {
  if (page || pipelineId === undefined) return `#/${page ?? "gallery"}`;
  const place = nodeId !== undefined ? ["nodes", nodeId] : edge !== undefined ? ["edges", edge] : [];
  return `#/${["pipelines", pipelineId, ...(inside ? ["inside", inside.join("/")] : []), ...place].map(encodeURIComponent).join("/")}`;
}

/** Opens what the address says, now and when it changes, and keeps it up to date. The answer stops it. */
export function followAddress(): () => void {
  const go = () => void open(readAddress(globalThis.location.hash));
  globalThis.addEventListener("hashchange", go);
  const stops = [useDocument.subscribe(write), useSelection.subscribe(write), useUi.subscribe(write), useUi.subscribe(leave)];
  go();
  return () => {
    globalThis.removeEventListener("hashchange", go);
    for (const stop of stops) stop();
  };
}

/** Counts what was asked to be open: a pipeline that comes when somebody has gone elsewhere must not bring them back. */
let asked = 0;

function leave(now: UiState, before: UiState): void {
  if (now.view !== before.view && !showsPipeline(now)) asked += 1;
}

async function open({ pipelineId, inside, nodeId, edge, page }: Address): Promise<void> {
  asked += 1;
  const mine = asked;
  const isWanted = () => mine === asked;
  if (page) return show({ view: page });
  if (pipelineId === undefined) return openFirst(isWanted);
  const isOpen = useDocument.getState().pipelineId === pipelineId && samePlaceInside(inside);
  const isThere =
    isOpen || (inside !== undefined && (await lookInside(pipelineId, inside, isWanted))) || (await openPipeline(pipelineId, isWanted));
  if (!isWanted()) return;
  if (!isThere) return show({ view: "gallery" });
  if (!showsPipeline(useUi.getState())) show({ view: "canvas" });
  const { nodes, edges } = useDocument.getState().document;
  if (nodeId !== undefined && Object.hasOwn(nodes, nodeId)) {
    select({ nodes: [nodeId] });
    viewport()?.fit([nodeId]);
  } else if (edge !== undefined && edges.some((one) => edgeKey(one) === edge)) {
    select({ edges: [edge] });
    openDrawer("preview");
  }
}

function samePlaceInside(way: readonly string[] | undefined): boolean {
  return wayOf(useDocument.getState())?.join("/") === way?.join("/");
}

function wayOf({ inside }: DocumentState): readonly string[] | undefined {
  return inside?.path.map(({ node }) => node);
}

/** The bare address: the map of several pipelines, the one that there is, else the gallery. */
async function openFirst(isWanted: () => boolean): Promise<void> {
  const [first, ...others] = await loadPipelines();
  if (others.length > 0) {
    if (isWanted()) show({ view: "map" });
    return;
  }
  const isThere = first !== undefined && isWanted() && (await openPipeline(first.id, isWanted));
  if (!isThere && isWanted()) show({ view: "gallery" });
}

function write(): void {
  const { pipelineId } = useDocument.getState();
  const inside = wayOf(useDocument.getState());
  const { view } = useUi.getState();
  const page = PAGES.find((one) => one === view);
  if (pipelineId === undefined && !page) return;
  const { nodes, edges, notes } = useSelection.getState();
  const single = nodes.length + edges.length + notes.length === 1;
  const text = addressText({
    ...(page ? { page } : {}),
    ...(pipelineId === undefined ? {} : { pipelineId }),
    ...(inside === undefined ? {} : { inside }),
    ...(single && nodes[0] !== undefined ? { nodeId: nodes[0] } : {}),
    ...(single && edges[0] !== undefined ? { edge: edges[0] } : {}),
  });
  // Replaced and not pushed while the selection moves about: "back" leads to another pipeline, not through every click.
  const { location, history } = globalThis;
  if (location.hash === text) return;
  const before = readAddress(location.hash);
  const samePlace = before.pipelineId === pipelineId && before.inside?.join("/") === inside?.join("/") && !page;
  if (samePlace || location.hash === "") history.replaceState(null, "", text);
  else history.pushState(null, "", text);
}
