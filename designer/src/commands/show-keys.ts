import { show } from "../store/ui.ts";
import { always, type Command } from "./command.ts";

export const showKeys: Command = {
  id: "show-keys",
  label: { en: "List all keys", zh: "查看所有快捷键" },
  group: "go",
  keys: ["?"],
  isEnabled: always,
  run: () => show({ overlay: "keys" }),
};
