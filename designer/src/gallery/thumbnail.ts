/** The drawing of a pipeline in the size of a stamp: its own layout where it has one, else columns by distance from the sources. */
import { type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";
import { inGraphOrder } from "../preview/way.ts";

export interface ThumbnailBox {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly x: number;
  readonly y: number;
}

export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly ThumbnailBox[];
  /** As SVG paths. */
  readonly lines: readonly string[];
}

export const BOX = { width: 180, height: 64 } as const;
const GAP = { x: 80, y: 36 } as const;
const MARGIN = 24;

export function thumbnailOf(document: PipelineDocument): Thumbnail {
  const places = placesOf(document);
  const xs = [...places.values()].map(({ x }) => x);
  const ys = [...places.values()].map(({ y }) => y);
  const left = xs.length > 0 ? Math.min(...xs) : 0;
  const top = ys.length > 0 ? Math.min(...ys) : 0;
  const at = (id: string) => {
    const place = places.get(id) ?? { x: left, y: top };
    return { x: place.x - left + MARGIN, y: place.y - top + MARGIN };
  };
  const boxes = Object.entries(document.nodes).map(([id, { name, type }]) => ({ id, name, type, ...at(id) }));
  const lines = document.edges.map(({ from, to }) => {
    const a = at(parsePortRef(from).node);
    const b = at(parsePortRef(to).node);
    const [x1, y1, x2, y2] = [a.x + BOX.width, a.y + BOX.height / 2, b.x, b.y + BOX.height / 2];
    const bend = Math.max(30, Math.abs(x2 - x1) / 2);
    return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
  });
  return {
    width: Math.max(BOX.width, ...boxes.map(({ x }) => x + BOX.width)) + MARGIN,
    height: Math.max(BOX.height, ...boxes.map(({ y }) => y + BOX.height)) + MARGIN,
    boxes,
    lines,
  };
}

function placesOf(document: PipelineDocument): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const drawn = document.layout?.nodes ?? {};
  const ids = Object.keys(document.nodes);
  if (ids.length > 0 && ids.every((id) => Object.hasOwn(drawn, id)))
    return new Map(ids.map((id) => [id, drawn[id] as { x: number; y: number }]));
  const columns = new Map<string, number>();
  const rows: number[] = [];
  const places = new Map<string, { x: number; y: number }>();
  for (const id of inGraphOrder(document)) {
    const before = document.edges
      .filter(({ to }) => parsePortRef(to).node === id)
      .map(({ from }) => columns.get(parsePortRef(from).node) ?? -1);
    const column = Math.max(-1, ...before) + 1;
    const row = rows[column] ?? 0;
    columns.set(id, column);
    rows[column] = row + 1;
    places.set(id, { x: column * (BOX.width + GAP.x), y: row * (BOX.height + GAP.y) });
  }
  return places;
}
