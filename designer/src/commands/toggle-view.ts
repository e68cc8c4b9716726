import { closeDrawer, type DrawerTab, openDrawer, show, useUi } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen } from "./state.ts";

export const toggleOutline: Command = {
  id: "toggle-outline",
  label: { en: "Outline or canvas", zh: "大纲或画布" },
  group: "view",
  keys: ["O"],
  isEnabled: isPipelineOpen,
  run: () => show({ view: useUi.getState().view === "outline" ? "canvas" : "outline" }),
};

export const togglePalette: Command = {
  id: "toggle-palette",
  label: { en: "Show or hide node types", zh: "显示或隐藏节点库" },
  group: "view",
  keys: ["["],
  isEnabled: isPipelineOpen,
  run: () => show({ palette: !useUi.getState().palette }),
};

export const toggleInspector: Command = {
  id: "toggle-inspector",
  label: { en: "Show or hide parameters", zh: "显示或隐藏参数面板" },
  group: "view",
  keys: ["]"],
  isEnabled: isPipelineOpen,
  run: () => show({ inspector: !useUi.getState().inspector }),
};

function drawer(tab: DrawerTab, label: Command["label"], key: string): Command {
  return {
    id: `toggle-${tab}`,
    label,
    group: "view",
    keys: [key],
    isEnabled: isPipelineOpen,
    run: () => (useUi.getState().drawer === tab ? closeDrawer() : openDrawer(tab)),
  };
}

export const togglePreview = drawer("preview", { en: "Preview of records", zh: "记录预览" }, "P");
export const toggleProblems = drawer("problems", { en: "Problems", zh: "问题" }, "M");
export const toggleDeadLetters = drawer("dead-letters", { en: "Dead letters", zh: "死信" }, "X");
export const toggleSavepoints = drawer("savepoints", { en: "Savepoints", zh: "保存点" }, "S");
export const toggleLog = drawer("log", { en: "Log of the runs", zh: "运行日志" }, "R");
export const toggleDimensions = drawer("dimensions", { en: "Dimension tables", zh: "维表" }, "Y");
export const toggleTables = drawer("tables", { en: "Analytical tables", zh: "分析表" }, "B");
export const toggleTopics = drawer("topics", { en: "Topics", zh: "主题" }, "T");
