import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect } from "react";
import type { Point } from "../edits/add.ts";
import { setViewport } from "./viewport.ts";

const still = () => globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches;
const duration = () => (still() ? 0 : 220);

/** Lets commands reach the canvas while it is on the screen. */
export function useViewport(wrapper: RefObject<HTMLElement | null>): void {
  const flow = useReactFlow();
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
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerleave", leave);
    setViewport({
      fit: (ids) =>
        // After React has drawn what a command has just changed.
        requestAnimationFrame(() => {
          void flow.fitView({
            padding: ids?.length === 1 ? 0.9 : 0.06,
            maxZoom: ids ? Math.max(0.8, flow.getZoom()) : 1,
            duration: duration(),
            ...(ids ? { nodes: ids.map((id) => ({ id })) } : {}),
          });
        }),
      zoomTo: (zoom) => void flow.zoomTo(zoom, { duration: duration() }),
      zoomIn: () => void flow.zoomIn({ duration: duration() }),
      zoomOut: () => void flow.zoomOut({ duration: duration() }),
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
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerleave", leave);
    };
  }, [flow, wrapper]);
}
