import { Background, BackgroundVariant, ConnectionMode, MiniMap, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Point } from "../edits/add.ts";
import { useDifference } from "../store/difference.ts";
import { useDocument } from "../store/document.ts";
import { NOTHING, select, useSelection } from "../store/selection.ts";
import { specs } from "../store/specs.ts";
import { show } from "../store/ui.ts";
import { arrange } from "./arrange.ts";
import { CanvasControls } from "./CanvasControls.tsx";
import { ContextMenu, openContextMenu } from "./ContextMenu.tsx";
import classes from "./canvas.module.css";
import { GRID } from "./card-geometry.ts";
import { connectionHandlers } from "./connection-handlers.ts";
import { dropHandlers } from "./drop-handlers.ts";
import { EmptyCanvas } from "./EmptyCanvas.tsx";
import { FarEdges } from "./FarEdges.tsx";
import { FlowEdge } from "./FlowEdge.tsx";
import { GhostCard } from "./GhostCard.tsx";
import { GroupFrame } from "./GroupFrame.tsx";
import { gestureHandlers } from "./gesture-handlers.ts";
import { keyboardFocus } from "./keyboard-focus.ts";
import { NodeCard } from "./NodeCard.tsx";
import { NoteCard } from "./NoteCard.tsx";
import { openQuickAdd } from "./quick-add.ts";
import { createScene, NOTE_PREFIX, type FlowEdge as SceneEdge, type SceneNode } from "./scene.ts";
import { useViewport } from "./use-viewport.ts";
import { noteZoom, useZoomLevel } from "./zoom-level.ts";

const nodeTypes = { card: NodeCard, note: NoteCard, ghost: GhostCard, "group-frame": GroupFrame };
const edgeTypes = { flow: FlowEdge };
const NO_EDGES: SceneEdge[] = [];
const SNAP: [number, number] = [GRID, GRID];
const MULTI_KEYS = ["Control", "Meta", "Shift"];
const FIT = { padding: 0.06, maxZoom: 1 };

export function Canvas() {
  const pipelineId = useDocument((state) => state.pipelineId);
  const inside = useDocument((state) => state.inside);
  return (
    // Another pipeline is another drawing: viewport and what is being dragged begin anew.
    <ReactFlowProvider key={[pipelineId ?? "", ...(inside?.path.map(({ node }) => node) ?? [])].join("/")}>
      <Drawing />
    </ReactFlowProvider>
  );
}

function Drawing() {
  const { t } = useTranslation("canvas");
  const wrapper = useRef<HTMLDivElement>(null);
  const flow = useReactFlow<SceneNode, SceneEdge>();
  const { document, live, inside } = useDocument();
  const selection = useSelection();
  const difference = useDifference();
  const [dragged, setDragged] = useState<ReadonlyMap<string, Point>>(new Map());
  const isFar = useZoomLevel(({ level }) => level === "far");
  // Blocks have no ports to measure, and React Flow forgets those of blocks that come into view: nodes begin anew when they become cards.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const scene = useMemo(createScene, [isFar]);
  const nodes = useMemo(
    () => scene.nodes({ document, live: live?.document, specs, difference, selection, dragged }),
    [scene, document, live, difference, selection, dragged],
  );
  const edges = useMemo(() => scene.edges({ document, difference, selection }), [scene, document, difference, selection]);
  const onMoveStart = useViewport(wrapper);
  useFirstArrangement();
  const gestures = useMemo(() => gestureHandlers(setDragged), []);
  const connections = useMemo(() => connectionHandlers(flow), [flow]);
  const drops = useMemo(() => dropHandlers(flow), [flow]);
  const focus = useMemo(keyboardFocus, []);
  const labels = useMemo(
    () => ({
      "node.a11yDescription.default": t("nodeKeys"),
      "node.a11yDescription.keyboardDisabled": t("nodeKeys"),
      "edge.a11yDescription.default": t("edgeKeys"),
      "minimap.ariaLabel": t("minimap"),
      "handle.ariaLabel": t("handle"),
      "node.a11yDescription.ariaLiveMessage": (moved: { direction: string; x: number; y: number }) => t("movedTo", moved),
    }),
    // `t` is another one when the language changes.
    [t],
  );
  return (
    <section ref={wrapper} className={classes.canvas} aria-label={t("canvas")} data-canvas tabIndex={-1} {...focus} {...drops}>
      <ReactFlow<SceneNode, SceneEdge>
        nodes={nodes}
        edges={isFar ? NO_EDGES : edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        ariaLabelConfig={labels}
        {...gestures}
        {...connections}
        onMoveStart={onMoveStart}
        onNodeContextMenu={(event, { id, type }) => {
          event.preventDefault();
          if (type !== "card") return;
          if (!selection.nodes.includes(id)) select({ nodes: [id] });
          openContextMenu("node", { x: event.clientX, y: event.clientY });
        }}
        onEdgeContextMenu={(event, { id, data }) => {
          event.preventDefault();
          if (data?.state === "removed") return;
          select({ edges: [id] });
          openContextMenu("edge", { x: event.clientX, y: event.clientY });
        }}
        onPaneContextMenu={(event) => {
          event.preventDefault();
          select(NOTHING);
          openContextMenu("ground", { x: event.clientX, y: event.clientY });
        }}
        onSelectionContextMenu={(event) => {
          event.preventDefault();
          openContextMenu("node", { x: event.clientX, y: event.clientY });
        }}
        onMove={(_event, { zoom }) => noteZoom(zoom)}
        onInit={({ getZoom }) => noteZoom(getZoom())}
        nodesDraggable={!inside}
        nodesConnectable={!inside}
        onNodeDoubleClick={(_event, { id, type }) =>
          inside || (type !== "card" && type !== "note")
            ? undefined
            : show({ renaming: id.startsWith(NOTE_PREFIX) ? id.slice(NOTE_PREFIX.length) : id })
        }
        onDoubleClick={(event) => {
          if (inside || !(event.target instanceof Element) || !event.target.classList.contains("react-flow__pane")) return;
          const screen = { x: event.clientX, y: event.clientY };
          openQuickAdd({ screen, at: flow.screenToFlowPosition(screen) });
        }}
        connectionMode={ConnectionMode.Strict}
        connectionRadius={28}
        onlyRenderVisibleElements
        snapToGrid
        snapGrid={SNAP}
        fitView
        fitViewOptions={FIT}
        minZoom={0.05}
        maxZoom={2}
        zoomOnDoubleClick={false}
        panOnScroll
        zoomActivationKeyCode={["Control", "Meta"]}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={MULTI_KEYS}
        deleteKeyCode={null}
        elevateEdgesOnSelect
        proOptions={{ hideAttribution: true }}
      >
        {isFar && <FarEdges edges={document.edges} nodes={nodes} />}
        <Background variant={BackgroundVariant.Dots} gap={GRID} size={1.2} color="var(--mr-line-strong)" />
        {nodes.length > 0 && !isFar && (
          <MiniMap
            pannable
            zoomable
            className={classes.minimap ?? ""}
            nodeClassName={minimapClass}
            nodeBorderRadius={20}
            ariaLabel={t("minimap")}
          />
        )}
      </ReactFlow>
      {Object.keys(document.nodes).length === 0 && <EmptyCanvas />}
      <CanvasControls />
      <ContextMenu />
    </section>
  );
}

function minimapClass(node: SceneNode): string {
  return node.type === "card" ? `mr-mini-${node.data.spec?.category ?? "unknown"}` : `mr-mini-${node.type}`;
}

/** A pipeline that was written by hand has no layout: it gets one when it is opened. */
function useFirstArrangement(): void {
  useEffect(() => {
    const { document } = useDocument.getState();
    const ids = Object.keys(document.nodes);
    if (ids.length > 0 && !ids.some((id) => document.layout?.nodes?.[id])) void arrange();
  }, []);
}
