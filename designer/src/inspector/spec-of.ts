import type { NodeSpec } from "@millrace/engine/node";
import { specs } from "@millrace/nodes/specs";

const BY_TYPE = new Map<string, NodeSpec>([...specs.values()].map((spec) => [spec.type, spec]));

/** Undefined for a type that this Millrace does not know. */
export function specOf(type: string): NodeSpec | undefined {
  return BY_TYPE.get(type);
}
