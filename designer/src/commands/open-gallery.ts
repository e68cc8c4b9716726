import { show } from "../store/ui.ts";
import { always, type Command } from "./command.ts";

export const openGallery: Command = {
  id: "open-gallery",
  label: { en: "Pipelines and templates", zh: "流水线与模板" },
  group: "go",
  keys: ["G"],
  isEnabled: always,
  run: () => show({ view: "gallery", overlay: undefined }),
};
