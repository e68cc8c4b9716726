/** What a row of the rules' input does to the rules: as a change of the table of rules (decode changes), or as a row of that table, by its kind. */
import { kindOf, type Row } from "@millrace/engine/node";
import type { Schema, Values } from "@millrace/engine/schema";
import { fieldType } from "../field-types.ts";
import { idOf, type RuleTexts, textsOf } from "./rule.ts";

export interface RuleChange {
  readonly put?: RuleTexts;
  /** Ids of rules that are there no more. */
  readonly removed: readonly string[];
  /** All rules that there were have come. */
  readonly isComplete?: true;
}

/** Whether the rules come as changes: their columns then stand in `data`. */
export function areChanges(schema: Schema): boolean {
  return fieldType(schema, "data")?.type === "ROW" && fieldType(schema, "type") !== undefined;
}

export function ruleChangeOf(row: Row, asChanges: boolean): RuleChange {
  if (!asChanges) {
    const texts = textsOf(row);
    const kind = kindOf(row);
    return kind === "-D" || kind === "-U" ? { removed: [idOf(texts)] } : { put: texts, removed: [] };
  }
  const { type, data, old } = row as { readonly type?: string | null; readonly data?: Values | null; readonly old?: Values | null };
  if (type === "bootstrap-complete") return { removed: [], isComplete: true };
  const texts = textsOf(data ?? {});
  switch (type) {
    case "insert":
    case "bootstrap-insert":
      return { put: texts, removed: [] };
    case "update": {
      // What did not change is not among the former values.
      const former = idOf(textsOf({ ...data, ...definedIn(old) }));
      return { put: texts, removed: former === idOf(texts) ? [] : [former] };
    }
    case "delete":
      return { removed: [idOf(texts)] };
    default:
      return { removed: [] };
  }
}

/** Of a row's fields those that it has: a column of the key is never NULL. */
function definedIn(values: Values | null | undefined): Values {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== null));
}
