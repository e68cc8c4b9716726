import { useDocument } from "../store/document.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen } from "./state.ts";

export const exportFile: Command = {
  id: "export-file",
  label: { en: "Save as a file", zh: "导出为文件" },
  group: "go",
  isEnabled: isPipelineOpen,
  run() {
    const { document: pipeline } = useDocument.getState();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(pipeline, null, 2)}\n`], { type: "application/json" }));
    link.download = `${pipeline.name.replace(/[\\/:*?"<>|]+/g, "-")}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  },
};
