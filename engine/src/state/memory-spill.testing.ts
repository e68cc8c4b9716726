/** A spill store in memory, for tests: as strict as a real one about what holds how long. */
import type { Spilled, SpillStore } from "./spill-store.ts";

export interface MemorySpill extends SpillStore {
  /** Keys that it holds. */
  readonly size: number;
}

export function createMemorySpill(): MemorySpill {
  const content = new Map<string, Uint8Array>();
  let lent: Uint8Array | undefined;
  const nameOf = (key: Uint8Array) => Buffer.from(key).toString("latin1");
  /** Whoever still looks at what `get` gave sees nonsense. */
  const takeBack = () => lent?.fill(0xee);
  return {
    get size() {
      return content.size;
    },
    get(key) {
      takeBack();
      const found = content.get(nameOf(key));
      lent = found && Buffer.from(found);
      return lent;
    },
    put(key, value) {
      const [name, copy] = [nameOf(key), new Uint8Array(value)];
      takeBack();
      content.set(name, copy);
    },
    delete(key) {
      const name = nameOf(key);
      takeBack();
      content.delete(name);
    },
    page(space, after, limit) {
      takeBack();
      const begin = String.fromCharCode(space);
      const last = after === undefined ? "" : nameOf(after);
      const names = [...content.keys()].filter((name) => name.startsWith(begin) && name > last).sort((a, b) => (a < b ? -1 : 1));
      return names
        .slice(0, limit)
        .map((name): Spilled => ({ key: Buffer.from(name, "latin1"), value: Buffer.from(content.get(name) as Uint8Array) }));
    },
    batch: (work) => work(),
  };
}
