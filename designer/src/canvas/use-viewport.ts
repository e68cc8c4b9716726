import { type ReactFlowInstance, useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";
import type { Point } from "../edits/add.ts";
import { useSelection } from "../store/selection.ts";
import { setViewport } from "./viewport.ts";

const still = () => globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches;
const duration = () => (still() ? 0 : 220);

/**
 * Lets commands reach the canvas while it is on the screen. While nobody has panned or zoomed, the whole drawing stays in view when the canvas changes its size (the drawer
 * opens); afterwards at least what is selected does. The answer is for React Flow's `onMoveStart`.
 */
export function useViewport(wrapper: RefObject<HTMLElement | null>): (event: unknown) => void {
  const flow = useReactFlow();
  const wasMoved = useRef(false);
  useEffect(() => {
    const element = wrapper.current;
    if (!element) return;
    let pointer: Point | undefined;
    const move = ({ clientX: x, clientY: y }: PointerEvent) => {
      pointer = { x, y };
    };
    const leave = () => {
      pointer = undefined;
    };
    let isFirst = true;
    const resized = new ResizeObserver(() => {
      if (isFirst) isFirst = false;
      else if (!wasMoved.current) void flow.fitView({ padding: 0.06, maxZoom: 1 });
      else keepSelectedInView(flow, element);
    });
    resized.observe(element);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerleave", leave);
    setViewport({
      fit(ids) {
        wasMoved.current = ids !== undefined;
        // After React has drawn what a command has just changed.
        requestAnimationFrame(() => {
          void flow.fitView({
            padding: ids?.length === 1 ? 0.9 : 0.06,
            maxZoom: ids ? Math.max(0.8, flow.getZoom()) : 1,
            duration: duration(),
            ...(ids ? { nodes: ids.map((id) => ({ id })) } : {}),
          });
        });
      },
      zoomTo(zoom) {
        wasMoved.current = true;
        void flow.zoomTo(zoom, { duration: duration() });
      },
      zoomIn() {
        wasMoved.current = true;
        void flow.zoomIn({ duration: duration() });
      },
      zoomOut() {
        wasMoved.current = true;
        void flow.zoomOut({ duration: duration() });
      },
      toDrawing: (screen) => flow.screenToFlowPosition(screen),
      toScreen: (drawing) => flow.flowToScreenPosition(drawing),
      pointer: () => pointer,
      middle() {
        const { left, top, width, height } = element.getBoundingClientRect();
        return { x: left + width / 2, y: top + height / 2 };
      },
      focus: () => element.focus({ preventScroll: true }),
    });
    return () => {
      setViewport(undefined);
      resized.disconnect();
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerleave", leave);
    };
  }, [flow, wrapper]);
  // React Flow gives no event for moves that code made.
  return useCallback((event: unknown) => {
    if (event) wasMoved.current = true;
  }, []);
}

function keepSelectedInView(flow: ReactFlowInstance, element: HTMLElement): void {
  const { nodes } = useSelection.getState();
  const [nodeId] = nodes;
  const node = nodes.length === 1 && nodeId !== undefined ? flow.getNode(nodeId) : undefined;
  if (!node) return;
  const middle = { x: node.position.x + (node.width ?? 0) / 2, y: node.position.y + (node.height ?? 0) / 2 };
  const { x, y } = flow.flowToScreenPosition(middle);
  const { left, right, top, bottom } = element.getBoundingClientRect();
  if (x > left && x < right && y > top && y < bottom) return;
  void flow.setCenter(middle.x, middle.y, { zoom: flow.getZoom(), duration: duration() });
}
