import { cycleColorScheme } from "../shell/color-scheme.ts";
import { always, type Command } from "./command.ts";

export const switchTheme: Command = {
  id: "switch-theme",
  label: { en: "Theme: light, dark, as the system", zh: "主题：浅色、深色、跟随系统" },
  group: "view",
  isEnabled: always,
  run: cycleColorScheme,
};
