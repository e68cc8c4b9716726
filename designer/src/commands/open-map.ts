import { show } from "../store/ui.ts";
import { always, type Command } from "./command.ts";

export const openMap: Command = {
  id: "open-map",
  label: { en: "Map of all pipelines", zh: "全部流水线的地图" },
  group: "go",
  keys: ["W"],
  isEnabled: always,
  run: () => show({ view: "map", overlay: undefined }),
};
