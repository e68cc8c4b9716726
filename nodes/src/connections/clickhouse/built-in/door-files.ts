/** What stands in the folder of the built-in ClickHouse: its data, and who serves it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface DoorAddress {
  readonly pid: number;
  readonly port: number;
  /** Whoever may read the folder knows it. */
  readonly token: string;
}

export const DOOR_USER = "millrace";

export function doorFiles(folder: string) {
  return {
    data: join(folder, "data"),
    /** Held by the process that serves, as long as it lives. */
    lock: join(folder, "door.lock"),
    /** Held while one is being started. */
    starting: join(folder, "start.lock"),
    address: join(folder, "door.json"),
    log: join(folder, "door.log"),
  };
}

/** Undefined when none says where it is, or is saying it at this moment. */
export function readAddress(folder: string): DoorAddress | undefined {
  try {
    return JSON.parse(readFileSync(doorFiles(folder).address, "utf8")) as DoorAddress;
  } catch {
    return undefined;
  }
}
