import { type Member, objectMembers } from "@millrace/engine/codec";
import { objectText, textAt } from "./message.ts";

/** Of two whole rows in JSON the columns whose text differs, with their former values: what Maxwell's `old` holds. */
export function changedColumns(before: string, after: string): string {
  const [former, now] = [columnsOf(before), columnsOf(after)];
  return objectText([...former].filter(([name, json]) => now.get(name) !== json));
}

function columnsOf(json: string): ReadonlyMap<string, string> {
  const bytes = new TextEncoder().encode(json);
  const start = json.indexOf("{");
  return new Map(objectMembers(bytes, start).map((member: Member) => [member.name, textAt(bytes, member)]));
}
