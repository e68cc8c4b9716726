import type { NodeSpec } from "@millrace/engine/node";
import { specs as all } from "@millrace/nodes/specs";

/** Every node type by name, in the palette's order. */
export const specs: ReadonlyMap<string, NodeSpec> = new Map(all.map((spec) => [spec.type, spec]));
