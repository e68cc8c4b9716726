/** Drawing edges, by dragging or from click to click; dropped in the void, the list of what could follow opens. */
import type {
  Connection,
  FinalConnectionState,
  IsValidConnection,
  OnConnect,
  OnConnectEnd,
  OnConnectStart,
  OnReconnect,
  ReactFlowInstance,
} from "@xyflow/react";
import { connect, type Point } from "../edits/add.ts";
import { whyNot } from "../edits/fits.ts";
import { say } from "../i18n/i18n.ts";
import { edit, useDocument } from "../store/document.ts";
import { edgeKey } from "../store/edge-key.ts";
import { notify } from "../store/notices.ts";
import { select } from "../store/selection.ts";
import { specs } from "../store/specs.ts";
import { beginConnecting, changelogOf, endConnecting, findInput, useConnecting } from "./connecting.ts";
import { openQuickAdd } from "./quick-add.ts";
import type { FlowEdge, SceneNode } from "./scene.ts";

export function connectionHandlers(flow: Pick<ReactFlowInstance<SceneNode, FlowEdge>, "screenToFlowPosition">) {
  const start: OnConnectStart = (_event, { nodeId, handleId, handleType }) => {
    if (handleType === "source" && nodeId !== null && handleId !== null) beginConnecting(`${nodeId}.${handleId}`);
  };
  const onConnect: OnConnect = (connection) => {
    const edge = edgeOf(connection);
    if (edge && !refuse(edge)) addEdge(edge);
  };
  const end: OnConnectEnd = (event, state) => {
    const { from } = useConnecting.getState();
    endConnecting();
    // On a handle: `onConnect` has been called where it fits.
    if (from === undefined || state.isValid) return;
    const screen = pointOf(event);
    const nodeId = nodeAt(screen, state);
    if (nodeId === undefined) return openQuickAdd({ screen, at: flow.screenToFlowPosition({ x: screen.x, y: screen.y - 25 }), from });
    if (`${nodeId}.` === from.slice(0, nodeId.length + 1)) return;
    const found = findInput(from, nodeId);
    if ("to" in found) addEdge({ from, to: found.to });
    else if (found.reason) notify("info", say(found.reason));
  };
  const isValidConnection: IsValidConnection<FlowEdge> = (connection) => {
    const edge = edgeOf(connection);
    return edge !== undefined && reasonAgainst(edge) === undefined;
  };
  const onReconnect: OnReconnect<FlowEdge> = (old, connection) => {
    const edge = edgeOf(connection);
    if (!edge || edgeKey(edge) === old.id) return;
    const without = useDocument.getState().document;
    const reason = whyNot(
      { ...without, edges: without.edges.filter((one) => edgeKey(one) !== old.id) },
      specs,
      edge,
      changelogOf(edge.from),
    );
    if (reason) return notify("info", say(reason));
    edit(
      "step.connect",
      (draft) => {
        const index = draft.edges.findIndex((one) => edgeKey(one) === old.id);
        if (index >= 0) draft.edges[index] = edge;
      },
      { select: { edges: [edgeKey(edge)] } },
    );
  };
  return {
    onConnect,
    isValidConnection,
    onReconnect,
    onConnectStart: start,
    onConnectEnd: end,
    onClickConnectStart: start,
    onClickConnectEnd: () => endConnecting(),
  };
}

function edgeOf({ source, sourceHandle, target, targetHandle }: Connection | FlowEdge): { from: string; to: string } | undefined {
  return sourceHandle && targetHandle ? { from: `${source}.${sourceHandle}`, to: `${target}.${targetHandle}` } : undefined;
}

function reasonAgainst(edge: { from: string; to: string }) {
  return whyNot(useDocument.getState().document, specs, edge, changelogOf(edge.from));
}

function refuse(edge: { from: string; to: string }): boolean {
  const reason = reasonAgainst(edge);
  if (reason) notify("info", say(reason));
  return reason !== undefined;
}

export function addEdge(edge: { from: string; to: string }): void {
  edit("step.connect", (draft) => connect(draft, edge));
  select({ edges: [edgeKey(edge)] });
}

function pointOf(event: MouseEvent | TouchEvent): Point {
  const touch = "changedTouches" in event ? event.changedTouches[0] : undefined;
  const { clientX, clientY } = touch ?? (event as MouseEvent);
  return { x: clientX, y: clientY };
}

/** The node under the pointer, also where no port is near. */
function nodeAt({ x, y }: Point, { toNode }: FinalConnectionState): string | undefined {
  const card = document.elementFromPoint(x, y)?.closest<HTMLElement>(".react-flow__node-card");
  return card?.dataset.id ?? toNode?.id;
}
