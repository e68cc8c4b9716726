import { type WarehouseMap, warehouseMap } from "../api.ts";
import { type Route, route } from "../http/route.ts";

export function mapRoutes(draw: () => Promise<WarehouseMap>): Route[] {
  return [
    route({
      method: "get",
      path: "/map",
      tag: "Pipelines",
      summary: "All pipelines, joined by the topics, tables and files that they read and write, with rates, lag, and what the stores hold",
      answer: warehouseMap,
      handle: draw,
    }),
  ];
}
