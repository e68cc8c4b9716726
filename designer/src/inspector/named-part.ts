/** Adding, renaming and removing the document's named things: parameters, schemas, connections. */
import { ID, type PipelineDocument } from "@millrace/engine/pipeline";
import { type DocumentDraft, edit, useDocument } from "../store/document.ts";
import { freeName, renamed } from "./form-value.ts";

type Part = "parameters" | "schemas" | "connections";
type Item<P extends Part> = NonNullable<PipelineDocument[P]>[string];

/** What names may look like; the format says the same. */
const NAMES: Record<Part, RegExp> = { parameters: /^[a-z][A-Za-z0-9_]{0,63}$/, schemas: ID, connections: ID };

export function useNamedPart<P extends Part>(part: P, base: string) {
  const items = useDocument(({ document }) => document[part]) as Readonly<Record<string, Item<P>>> | undefined;
  const write = (next: Readonly<Record<string, unknown>>, gesture?: string) =>
    edit(
      "step.settings",
      (draft) => {
        // An empty part is left out of the document.
        if (Object.keys(next).length === 0) delete draft[part];
        else draft[part] = next as DocumentDraft[P];
      },
      gesture === undefined ? {} : { gesture },
    );
  const now: Readonly<Record<string, Item<P>>> = items ?? {};
  return {
    items: now,
    add: (item: Item<P>) => void write({ ...now, [freeName(now, base)]: item }),
    remove: (name: string) => void write(Object.fromEntries(Object.entries(now).filter(([other]) => other !== name))),
    rename: (from: string, to: string): boolean => {
      const next = NAMES[part].test(to) ? renamed(now, from, to) : undefined;
      if (next) write(next);
      return next !== undefined;
    },
    change: (name: string, item: Item<P>) => void write({ ...now, [name]: item }, `settings ${part} ${name}`),
  };
}
