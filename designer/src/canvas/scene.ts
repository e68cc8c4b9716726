/**
 * The document as React Flow's nodes and edges. Objects of what did not change are the same as before, so that React redraws only what did; no live number is in
 * here.
 */
import type { NodeSpec } from "@millrace/engine/node";
import { type PipelineDocument, type PipelineNode, parsePortRef } from "@millrace/engine/pipeline";
import { type Edge, type Node, Position } from "@xyflow/react";
import type { Point } from "../edits/add.ts";
import type { Difference } from "../edits/difference.ts";
import { endsOf } from "../edits/graph.ts";
import { edgeKey } from "../store/edge-key.ts";
import type { Selection } from "../store/selection.ts";
import { CARD_WIDTH, type CardGeometry, cardGeometry, HANDLE, portNames } from "./card-geometry.ts";

export type CardData = { readonly node: PipelineNode; readonly spec: NodeSpec | undefined; readonly geometry: CardGeometry };
export type CardNode = Node<CardData, "card">;
export type NoteData = { readonly noteId: string; readonly note: NonNullable<PipelineDocument["notes"]>[string] };
export type NoteNode = Node<NoteData, "note">;
/** What still runs but is gone from the draft. */
export type GhostNode = Node<{ readonly name: string }, "ghost">;
export type GroupData = { readonly groupId: string; readonly group: NonNullable<PipelineDocument["groups"]>[string] };
export type GroupNode = Node<GroupData, "group-frame">;
export type SceneNode = CardNode | NoteNode | GhostNode | GroupNode;
export type FlowEdge = Edge<{ readonly state: "same" | "added" | "removed" }, "flow">;

export interface SceneInput {
  readonly document: PipelineDocument;
  readonly live: PipelineDocument | undefined;
  readonly specs: ReadonlyMap<string, NodeSpec>;
  readonly difference: Difference;
  readonly selection: Selection;
  /** Where nodes are while they are being dragged, by React Flow's id. */
  readonly dragged: ReadonlyMap<string, Point>;
}

export const NOTE_PREFIX = "note:";
const GHOST_PREFIX = "gone:";
const GROUP_PREFIX = "group:";
const NOTE_SIZE = { width: 240, height: 120 };

/** A scene maker remembers what it made last. */
export function createScene() {
  const cards = new Map<string, CardNode>();
  const notes = new Map<string, NoteNode>();
  const frameCache = new Map<string, GroupNode>();
  let edges = new Map<string, FlowEdge>();

  return {
    nodes({ document, live, specs, difference, selection, dragged }: SceneInput): SceneNode[] {
      const used = portsInUse(document);
      const selected = new Set(selection.nodes);
      const made: SceneNode[] = [];
      for (const [id, note] of Object.entries(document.notes ?? {})) {
        const box = document.layout?.notes?.[id];
        const width = box?.width ?? NOTE_SIZE.width;
        const height = box?.height ?? NOTE_SIZE.height;
        const position = dragged.get(NOTE_PREFIX + id) ?? { x: box?.x ?? 0, y: box?.y ?? 0 };
        const last = notes.get(id);
        const isSelected = selection.notes.includes(id);
        const keep =
          last?.data.note === note && last.selected === isSelected && last.width === width && last.height === height && at(last, position);
        const next: NoteNode = keep
          ? last
          : { id: NOTE_PREFIX + id, type: "note", data: { noteId: id, note }, position, width, height, selected: isSelected, zIndex: -1 };
        notes.set(id, next);
        made.push(next);
      }
      if (live) for (const id of difference.removed) made.push(ghost(live, id));
      let unplaced = 0;
      for (const [id, node] of Object.entries(document.nodes)) {
        const position = dragged.get(id) ?? document.layout?.nodes?.[id] ?? { x: (CARD_WIDTH + 100) * unplaced++, y: 0 };
        const last = cards.get(id);
        const geometry = geometryOf(node, specs.get(node.type), used.get(id));
        const isSelected = selected.has(id);
        const keep =
          last?.data.node === node &&
          last.data.spec === specs.get(node.type) &&
          last.selected === isSelected &&
          at(last, position) &&
          sameGeometry(last.data.geometry, geometry);
        const next = keep ? last : card(id, { node, spec: specs.get(node.type), geometry }, position, isSelected);
        cards.set(id, next);
        made.push(next);
      }
      return [...frames(document, cards, frameCache), ...made];
    },

    edges({ document, difference, selection }: Pick<SceneInput, "document" | "difference" | "selection">): FlowEdge[] {
      const selected = new Set(selection.edges);
      const next = new Map<string, FlowEdge>();
      const add = (key: string, state: NonNullable<FlowEdge["data"]>["state"], make: () => Omit<FlowEdge, "data">) => {
        const last = edges.get(key);
        const isSelected = selected.has(key);
        const made = make();
        const keep =
          last?.data?.state === state && last.selected === isSelected && last.ariaLabel === made.ariaLabel && last.source === made.source;
        next.set(key, keep && last.target === made.target ? last : { ...made, selected: isSelected, data: { state } });
      };
      for (const edge of document.edges) {
        const key = edgeKey(edge);
        add(key, difference.addedEdges.has(key) ? "added" : "same", () => ({
          ...flowEdge(key, endsOf(edge)),
          ariaLabel: `${nameOf(document, edge.from)} → ${nameOf(document, edge.to)}`,
        }));
      }
      for (const edge of difference.removedEdges) {
        const { source, target, ...ports } = endsOf(edge);
        const there = (id: string) => (Object.hasOwn(document.nodes, id) ? id : GHOST_PREFIX + id);
        const key = GHOST_PREFIX + edgeKey(edge);
        add(key, "removed", () => ({
          ...flowEdge(key, { ...ports, source: there(source), target: there(target) }),
          selectable: false,
          focusable: false,
        }));
      }
      edges = next;
      return [...next.values()];
    },
  };
}

function flowEdge(id: string, { source, sourcePort, target, targetPort }: ReturnType<typeof endsOf>): Omit<FlowEdge, "data"> {
  // A ghost has one handle on either side, whatever its ports were.
  const handle = (node: string, port: string) => (node.startsWith(GHOST_PREFIX) ? null : port);
  return { id, type: "flow", source, target, sourceHandle: handle(source, sourcePort), targetHandle: handle(target, targetPort) };
}

function card(id: string, data: CardData, position: Point, selected: boolean): CardNode {
  const { width, height, ports } = data.geometry;
  return {
    id,
    type: "card",
    data,
    position: { x: position.x, y: position.y },
    selected,
    width,
    height,
    measured: { width, height },
    handles: ports.map(({ id: port, type, x, y }) => ({
      id: port,
      type,
      x: x - HANDLE / 2,
      y: y - HANDLE / 2,
      width: HANDLE,
      height: HANDLE,
      position: port === "error" && type === "source" ? Position.Bottom : type === "source" ? Position.Right : Position.Left,
    })),
    ariaLabel: data.node.name,
  };
}

const FRAME_PADDING = 20;
const FRAME_TITLE = 34;

/** Frames follow their members, wherever these are drawn at the moment. */
function frames(document: PipelineDocument, cards: ReadonlyMap<string, CardNode>, cache: Map<string, GroupNode>): GroupNode[] {
  return Object.entries(document.groups ?? {}).flatMap(([id, group]) => {
    const members = group.nodes.flatMap((node) => (Object.hasOwn(document.nodes, node) ? (cards.get(node) ?? []) : []));
    if (members.length === 0) return [];
    const left = Math.min(...members.map(({ position }) => position.x)) - FRAME_PADDING;
    const top = Math.min(...members.map(({ position }) => position.y)) - FRAME_TITLE;
    const width = Math.max(...members.map((node) => node.position.x + (node.width ?? 0))) + FRAME_PADDING - left;
    const height = Math.max(...members.map((node) => node.position.y + (node.height ?? 0))) + FRAME_PADDING - top;
    const last = cache.get(id);
    if (last?.data.group === group && at(last, { x: left, y: top }) && last.width === width && last.height === height) return [last];
    const made: GroupNode = {
      id: GROUP_PREFIX + id,
      type: "group-frame",
      data: { groupId: id, group },
      position: { x: left, y: top },
      width,
      height,
      measured: { width, height },
      selectable: false,
      draggable: false,
      focusable: false,
      zIndex: -2,
      style: { pointerEvents: "none" },
    };
    cache.set(id, made);
    return [made];
  });
}

function ghost(live: PipelineDocument, id: string): GhostNode {
  const box = live.layout?.nodes?.[id] ?? { x: 0, y: 0 };
  const height = 74;
  const handle = (type: "source" | "target", x: number, position: Position) => ({
    id: null,
    type,
    x,
    y: 25,
    width: 1,
    height: 1,
    position,
  });
  return {
    id: GHOST_PREFIX + id,
    type: "ghost",
    data: { name: live.nodes[id]?.name ?? id },
    position: { x: box.x, y: box.y },
    width: CARD_WIDTH,
    height,
    measured: { width: CARD_WIDTH, height },
    handles: [handle("target", 0, Position.Left), handle("source", CARD_WIDTH, Position.Right)],
    selectable: false,
    draggable: false,
    focusable: false,
    zIndex: -1,
  };
}

interface UsedPorts {
  readonly inputs: Set<string>;
  readonly outputs: Set<string>;
}

/** Ports that edges name: an edge of a port that is gone must still be seen. */
function portsInUse(document: PipelineDocument): Map<string, UsedPorts> {
  const used = new Map<string, UsedPorts>();
  const of = (id: string) => {
    const ports = used.get(id) ?? { inputs: new Set(), outputs: new Set() };
    used.set(id, ports);
    return ports;
  };
  for (const edge of document.edges) {
    const { source, sourcePort, target, targetPort } = endsOf(edge);
    of(source).outputs.add(sourcePort);
    of(target).inputs.add(targetPort);
  }
  return used;
}

export function geometryOf(node: PipelineNode, spec: NodeSpec | undefined, used: UsedPorts | undefined): CardGeometry {
  const { inputs, outputs } = portNames(spec, node.params);
  return cardGeometry([...new Set([...inputs, ...(used?.inputs ?? [])])], [...new Set([...outputs, ...(used?.outputs ?? [])])]);
}

function at(node: Node, { x, y }: Point): boolean {
  return node.position.x === x && node.position.y === y;
}

function sameGeometry(one: CardGeometry, other: CardGeometry): boolean {
  return (
    one.height === other.height &&
    one.ports.length === other.ports.length &&
    one.ports.every((port, index) => port.id === other.ports[index]?.id && port.type === other.ports[index]?.type)
  );
}

function nameOf(document: PipelineDocument, ref: string): string {
  const { node, port } = parsePortRef(ref);
  return `${document.nodes[node]?.name ?? node} (${port})`;
}
