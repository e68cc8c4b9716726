/** Where cards go that are brought into line or spread evenly. */
import type { Point } from "./add.ts";

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

type Boxes = Readonly<Record<string, Box>>;
type Places = Readonly<Record<string, Point>>;

export type Alignment = "left" | "center" | "right" | "top" | "middle" | "bottom";

/** Their sides, or middles, on one line: that of the outermost, or the middle of all. */
export function aligned(boxes: Boxes, how: Alignment): Places {
  const all = Object.values(boxes);
  const left = Math.min(...all.map(({ x }) => x));
  const right = Math.max(...all.map(({ x, width }) => x + width));
  const top = Math.min(...all.map(({ y }) => y));
  const bottom = Math.max(...all.map(({ y, height }) => y + height));
  const place = ({ x, y, width, height }: Box): Point => {
    switch (how) {
      case "left":
        return { x: left, y };
      case "center":
        return { x: (left + right - width) / 2, y };
      case "right":
        return { x: right - width, y };
      case "top":
        return { x, y: top };
      case "middle":
        return { x, y: (top + bottom - height) / 2 };
      case "bottom":
        return { x, y: bottom - height };
    }
  };
  return Object.fromEntries(Object.entries(boxes).map(([id, box]) => [id, place(box)]));
}

/** The same room between each and the next; the outermost stay. */
export function distributed(boxes: Boxes, along: "x" | "y"): Places {
  const size = along === "x" ? "width" : "height";
  const order = Object.entries(boxes).sort(([, one], [, other]) => one[along] + one[size] / 2 - (other[along] + other[size] / 2));
  const [first] = order;
  const last = order.at(-1);
  if (!first || !last || order.length < 3) return boxes;
  const room = last[1][along] + last[1][size] - first[1][along] - order.reduce((sum, [, box]) => sum + box[size], 0);
  let next = first[1][along];
  return Object.fromEntries(
    order.map(([id, box]) => {
      const at = { x: box.x, y: box.y, [along]: next };
      next += box[size] + room / (order.length - 1);
      return [id, at];
    }),
  );
}
