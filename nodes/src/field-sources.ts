/** Parts of a spec's `lineage`. */
import type { FieldPart, FieldSource } from "@millrace/engine/node";

const FIELD = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/** What is made from the value of an expression by more than writing it down: a field alone is not copied either. */
export function computedFrom(port: string, text: string): FieldPart {
  const field = text.trim();
  return FIELD.test(field) ? { port, field, how: "computed" } : { port, text };
}

/** Fields that are found by an expression: looked up, asked for. */
export function foundBy(port: string, text: string, fields: readonly string[]): FieldSource[] {
  return fields.map((field) => ({ port: "out", field, from: [computedFrom(port, text)] }));
}
