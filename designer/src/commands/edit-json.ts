import { show } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen } from "./state.ts";

export const editJson: Command = {
  id: "edit-json",
  label: { en: "Edit the document as JSON …", zh: "以 JSON 编辑文档…" },
  group: "edit",
  keys: ["J"],
  isEnabled: isPipelineOpen,
  run: () => show({ overlay: "json" }),
};
