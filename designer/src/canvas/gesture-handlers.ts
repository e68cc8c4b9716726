/**
 * Selecting and moving. While nodes are dragged their places are the canvas' own; when they are let go they are written to the document, as one step, with the edge
 * that the node was dropped on.
 */
import type { EdgeChange, NodeChange, OnNodeDrag } from "@xyflow/react";
import { type Point, place, splice } from "../edits/add.ts";
import { type EditOptions, edit, useDocument } from "../store/document.ts";
import { parseEdgeKey } from "../store/edge-key.ts";
import { select, useSelection } from "../store/selection.ts";
import { specs } from "../store/specs.ts";
import { openDrawer } from "../store/ui.ts";
import { type FlowEdge, NOTE_PREFIX, type SceneNode } from "./scene.ts";
import { edgeUnder, offerSplice, useSplicing } from "./splicing.ts";

type Dragged = ReadonlyMap<string, Point>;

export function gestureHandlers(setDragged: (next: Dragged | ((now: Dragged) => Dragged)) => void) {
  const onNodeDrag: OnNodeDrag<SceneNode> = (_event, node, all) => offerSplice(all.length === 1 ? spliceTarget(node) : undefined);

  let isDragging = false;

  return {
    onNodeDrag,

    onNodesChange(changes: NodeChange<SceneNode>[]) {
      const moving = changes.flatMap((change) => (change.type === "position" && change.dragging && change.position ? [change] : []));
      const moved = changes.flatMap((change) => (change.type === "position" && !change.dragging && change.position ? [change] : []));
      if (moving.length > 0) isDragging = true;
      if (moving.length > 0) setDragged((now) => new Map([...now, ...moving.map(({ id, position }) => [id, position as Point] as const)]));
      if (moved.length > 0) {
        // Arrow keys that follow each other are one step.
        const nudge = isDragging ? {} : { gesture: `nudge ${moved.map(({ id }) => id).join(" ")}` };
        isDragging = false;
        moveTo(
          moved.map(({ id, position }) => [id, position as Point]),
          nudge,
        );
        setDragged(new Map());
      }
      const selects = changes.filter((change) => change.type === "select");
      if (selects.length > 0) selectNodes(selects);
    },

    onEdgesChange(changes: EdgeChange<FlowEdge>[]) {
      const edges = new Set(useSelection.getState().edges);
      for (const change of changes) {
        if (change.type !== "select") continue;
        if (change.selected) edges.add(change.id);
        else edges.delete(change.id);
      }
      select({ ...useSelection.getState(), edges: [...edges] });
    },

    /** A click on an edge shows its records. */
    onEdgeClick: () => openDrawer("preview"),
  };
}

function selectNodes(changes: readonly { readonly id: string; readonly selected: boolean }[]): void {
  const now = useSelection.getState();
  const nodes = new Set(now.nodes);
  const notes = new Set(now.notes);
  for (const { id, selected } of changes) {
    const isNote = id.startsWith(NOTE_PREFIX);
    const ids = isNote ? notes : nodes;
    const own = isNote ? id.slice(NOTE_PREFIX.length) : id;
    if (selected) ids.add(own);
    else ids.delete(own);
  }
  select({ ...now, nodes: [...nodes], notes: [...notes] });
}

function moveTo(moves: readonly (readonly [string, Point])[], options: EditOptions): void {
  const edge = useSplicing.getState().edge;
  offerSplice(undefined);
  const [only] = moves;
  const nodeId = only?.[0];
  const { document } = useDocument.getState();
  const spec = nodeId === undefined ? undefined : specs.get(document.nodes[nodeId]?.type ?? "");
  const into = moves.length === 1 && edge !== undefined ? parseEdgeKey(edge) : undefined;
  edit(
    into ? "step.splice" : "step.move",
    (draft) => {
      for (const [id, at] of moves) {
        if (!id.startsWith(NOTE_PREFIX)) place(draft, id, at);
        else {
          const noteId = id.slice(NOTE_PREFIX.length);
          draft.layout ??= {};
          draft.layout.notes = { ...draft.layout.notes, [noteId]: { ...draft.layout.notes?.[noteId], x: at.x, y: at.y } };
        }
      }
      if (into && spec && nodeId !== undefined) splice(draft, into, nodeId, spec);
    },
    options,
  );
}

/** Only a node with free ends goes into an edge. */
function spliceTarget(node: SceneNode): string | undefined {
  const { document } = useDocument.getState();
  if (node.type !== "card" || node.data.spec?.category === "source" || node.data.spec?.category === "sink") return undefined;
  if (document.edges.some(({ from, to }) => from.startsWith(`${node.id}.`) || to.startsWith(`${node.id}.`))) return undefined;
  const { width, height } = node.data.geometry;
  return edgeUnder(document, { x: node.position.x + width / 2, y: node.position.y + height / 2 }, node.id);
}
