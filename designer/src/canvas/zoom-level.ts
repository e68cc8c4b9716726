/** How much of a card can be read at the present zoom. Changes seldom, so cards may follow it. */
import { create } from "zustand";

export type ZoomLevel = "near" | "middle" | "far";

export const useZoomLevel = create<{ readonly level: ZoomLevel }>()(() => ({ level: "near" }));

export function noteZoom(zoom: number): void {
  const level = zoom < 0.28 ? "far" : zoom < 0.55 ? "middle" : "near";
  if (level !== useZoomLevel.getState().level) useZoomLevel.setState({ level });
}
