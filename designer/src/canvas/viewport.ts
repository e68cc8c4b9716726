/** What commands may ask of the canvas that is on the screen; undefined while there is none (outline, gallery, tests). */
import type { Point } from "../edits/add.ts";

export interface Viewport {
  /** Brings nodes (default: all) into view. */
  fit(nodeIds?: readonly string[]): void;
  zoomTo(zoom: number): void;
  zoomIn(): void;
  zoomOut(): void;
  /** From the screen to the drawing. */
  toDrawing(screen: Point): Point;
  toScreen(drawing: Point): Point;
  /** Where the pointer is on the screen, if it is over the canvas. */
  pointer(): Point | undefined;
  /** Middle of what is visible, on the screen. */
  middle(): Point;
  /** Gives the keyboard back to the canvas. */
  focus(): void;
}

let current: Viewport | undefined;

export function viewport(): Viewport | undefined {
  return current;
}

export function setViewport(next: Viewport | undefined): void {
  current = next;
}

/** Pointer, or the middle where there is none, on the drawing. */
export function placeOfWork(): Point | undefined {
  return current?.toDrawing(current.pointer() ?? current.middle());
}
