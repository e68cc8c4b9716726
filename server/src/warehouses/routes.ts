import { z } from "zod";
import { warehouseStart, warehouseSummary } from "../api.ts";
import { notFound, type Words } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import { type StartWarehouseDeps, startWarehouse, type WarehouseJob } from "./start.ts";

/** A built-in warehouse, as the package of templates lists it. */
export interface WarehouseTemplate {
  readonly name: string;
  readonly title: Words;
  readonly description: Words;
  readonly keywords: readonly string[];
  readonly jobs: readonly WarehouseJob[];
}

export function warehouseRoutes(warehouses: readonly WarehouseTemplate[], deps: StartWarehouseDeps): Route[] {
  return [
    route({
      method: "get",
      path: "/warehouses",
      tag: "Templates",
      summary: "The built-in warehouses: templates that belong together",
      answer: z.array(warehouseSummary),
      handle: () =>
        warehouses.map(({ name, title, description, keywords, jobs }) => ({
          name,
          title,
          description,
          keywords: [...keywords],
          jobs: jobs.map((job) => job.name),
        })),
    }),
    route({
      method: "post",
      path: "/warehouses/:name/start",
      tag: "Templates",
      summary: "Makes the jobs of a warehouse that are not there, and starts those that do not run, in its order",
      answer: warehouseStart,
      errors: { 404: "no such warehouse" },
      handle: ({ params }) => {
        const found = warehouses.find(({ name }) => name === params.name);
        if (!found) throw notFound({ en: "warehouse", zh: "数仓" }, params.name ?? "");
        return startWarehouse(found.jobs, deps);
      },
    }),
  ];
}
