import { viewport } from "../canvas/viewport.ts";
import type { Command } from "./command.ts";
import { hasSelectedNodes, selection } from "./state.ts";

const isCanvasShown = () => viewport() !== undefined;

export const zoomFit: Command = {
  id: "zoom-fit",
  label: { en: "Show all", zh: "显示全部" },
  group: "view",
  keys: ["0"],
  isEnabled: isCanvasShown,
  run: () => viewport()?.fit(),
};

export const zoomSelection: Command = {
  id: "zoom-selection",
  label: { en: "Show the selection", zh: "显示所选" },
  group: "view",
  keys: ["2"],
  isEnabled: () => isCanvasShown() && hasSelectedNodes(),
  run: () => viewport()?.fit(selection().nodes),
};

export const zoomActual: Command = {
  id: "zoom-actual",
  label: { en: "Zoom to 100 %", zh: "缩放至 100%" },
  group: "view",
  keys: ["1"],
  isEnabled: isCanvasShown,
  run: () => viewport()?.zoomTo(1),
};

export const zoomIn: Command = {
  id: "zoom-in",
  label: { en: "Zoom in", zh: "放大" },
  group: "view",
  keys: ["+", "="],
  isEnabled: isCanvasShown,
  run: () => viewport()?.zoomIn(),
};

export const zoomOut: Command = {
  id: "zoom-out",
  label: { en: "Zoom out", zh: "缩小" },
  group: "view",
  keys: ["-"],
  isEnabled: isCanvasShown,
  run: () => viewport()?.zoomOut(),
};
