/** The built-in warehouses: templates that belong together, read when this module is first imported. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Words } from "@millrace/engine/node";

export interface WarehouseTemplate {
  /** Name of its folder. */
  readonly name: string;
  readonly title: Words;
  readonly description: Words;
  readonly keywords: readonly string[];
  /** Names of templates in the order in which they are started: whoever writes a topic or table before who reads it. */
  readonly jobs: readonly string[];
}

/** By name. */
export const warehouses: readonly WarehouseTemplate[] = readdirSync(import.meta.dirname)
  .filter((name) => existsSync(fileOf(name)))
  .sort()
  .map((name) => ({ name, ...(JSON.parse(readFileSync(fileOf(name), "utf8")) as Omit<WarehouseTemplate, "name">) }));

function fileOf(name: string): string {
  return join(import.meta.dirname, name, "warehouse.json");
}
