import { type DataType, inferType, type Schema } from "@millrace/engine/schema";
import type { FieldRule } from "./params.ts";
import { type FieldNode, fieldTree } from "./tree.ts";

/** The schema of the records that the rules make. */
export function schemaOf(fields: readonly FieldRule[]): Schema {
  return rowOf(fieldTree(fields));
}

function rowOf(nodes: readonly FieldNode[]): Schema {
  return {
    type: "ROW",
    fields: nodes.map((node) => ({ name: node.name, dataType: "rule" in node ? typeOf(node.rule) : rowOf(node.members) })),
  };
}

function typeOf(rule: FieldRule): DataType {
  switch (rule.rule) {
    case "constant":
      return known(inferType(rule.value));
    case "choice": {
      const list = inferType(rule.values.map(({ value }) => value));
      return list.type === "ARRAY" ? list.element : list;
    }
    case "sequence":
      return rule.prefix === undefined ? { type: "BIGINT" } : { type: "STRING" };
    case "range": {
      if (rule.prefix !== undefined) return { type: "STRING" };
      return rule.decimals === 0 ? { type: "BIGINT" } : { type: "DECIMAL", precision: digitsOf(rule), scale: rule.decimals };
    }
    case "now":
      return { type: rule.as === "text" ? "STRING" : "BIGINT" };
  }
}

/** A field that is always null may as well be text. */
function known(dataType: DataType): DataType {
  return dataType.type === "NULL" ? { type: "STRING" } : dataType;
}

function digitsOf({ min, max, decimals }: Extract<FieldRule, { rule: "range" }>): number {
  const largest = Math.round(Math.max(Math.abs(min), Math.abs(max)) * 10 ** decimals);
  return Math.max(String(largest).length, decimals + 1);
}
