/**
 * Size of a node's card and where its handles are, from spec and params alone: the canvas never measures a card, and layout, splicing
 * and the outline agree with what is drawn. `node-card.module.css` keeps to these numbers.
 */
import { type NodeSpec, type Params, portsOf } from "@millrace/engine/node";

export const CARD_WIDTH = 228;
/** Icon, name and the line under it. */
const HEAD = 50;
/** Status and rates. */
const FOOT = 24;
/** One named port; a node with one port on either side names none. */
const PORT_ROW = 20;
export const HANDLE = 12;
/** Distance between the dots of the background; positions snap to it. */
export const GRID = 20;

export interface PortPlace {
  readonly id: string;
  readonly type: "source" | "target";
  /** Centre of the handle, from the card's corner. */
  readonly x: number;
  readonly y: number;
  /** Its name is written beside it. */
  readonly named: boolean;
}

export interface CardGeometry {
  readonly width: number;
  readonly height: number;
  readonly ports: readonly PortPlace[];
}

export function cardGeometry(inputs: readonly string[], outputs: readonly string[]): CardGeometry {
  const mains = outputs.filter((port) => port !== "error");
  const inputRows = inputs.length > 1 ? inputs.length : 0;
  const outputRows = mains.length > 1 ? mains.length : 0;
  const height = HEAD + Math.max(inputRows, outputRows) * PORT_ROW + FOOT;
  const side = (ports: readonly string[], type: PortPlace["type"], x: number): PortPlace[] =>
    ports.map((id, index) => ({
      id,
      type,
      x,
      y: ports.length > 1 ? HEAD + index * PORT_ROW + PORT_ROW / 2 : HEAD / 2,
      named: ports.length > 1,
    }));
  return {
    width: CARD_WIDTH,
    height,
    ports: [
      ...side(inputs, "target", 0),
      ...side(mains, "source", CARD_WIDTH),
      // Below, out of the way: most error ports stay unwired.
      ...(outputs.includes("error") ? [{ id: "error", type: "source" as const, x: CARD_WIDTH - 22, y: height, named: false }] : []),
    ],
  };
}

/** Ports by name; where they cannot be worked out (params a spec does not expect) those that edges name must do. */
export function portNames(spec: NodeSpec | undefined, params: Params): { inputs: readonly string[]; outputs: readonly string[] } {
  if (!spec) return { inputs: [], outputs: [] };
  try {
    const { inputs, outputs } = portsOf(spec, params);
    return { inputs: Object.keys(inputs), outputs: Object.keys(outputs) };
  } catch {
    // Params are as the user typed them and may be half a sentence; the analysis says what is wrong.
    return {
      inputs: typeof spec.inputs === "function" ? [] : Object.keys(spec.inputs),
      outputs: typeof spec.outputs === "function" ? ["error"] : [...Object.keys(spec.outputs), "error"],
    };
  }
}

export function snap(value: number): number {
  return Math.round(value / GRID) * GRID;
}
