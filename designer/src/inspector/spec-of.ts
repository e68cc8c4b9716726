import type { NodeSpec } from "@millrace/engine/node";
import { specs } from "../store/specs.ts";

/** Undefined for a type that this Millrace does not know. */
export function specOf(type: string): NodeSpec | undefined {
  return specs.get(type);
}
