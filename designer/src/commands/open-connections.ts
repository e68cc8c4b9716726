import { show } from "../store/ui.ts";
import { always, type Command } from "./command.ts";

export const openConnections: Command = {
  id: "open-connections",
  label: { en: "Connections and environments", zh: "连接与环境" },
  group: "go",
  isEnabled: always,
  run: () => show({ view: "connections", overlay: undefined }),
};
